"""Do tree, rows and blobs agree? Every difference is named; nothing is changed here (`repair` does that).

It may run while the server does: short transactions, no lock while it compares, and each difference looked at again.
"""

import time
from collections.abc import Iterator

from mypi import clock
from mypi.database import reading
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification import documentation, file_bytes, pages, rows, strangers
from mypi.publishing.verification.differences import Difference, DifferenceKind, Progress, unheard
from mypi.registry import events

PATIENCE = 10.0  # seconds for which an act may be between its commit and its pages
PAUSE = 0.1  # seconds between two looks at the mark

__all__ = ["Difference", "DifferenceKind", "Progress", "differences", "unheard"]


def differences(
    publisher: Publisher, progress: Progress = unheard, *, patience: float = PATIENCE
) -> Iterator[Difference]:
    """Yield everything in which tree, rows and blobs disagree.

    Raises DatabaseBusy, and DiskFull when the lock of the tree cannot be had.
    """
    yield from rows.differences(progress)
    yield from file_bytes.differences(publisher.storage, progress)
    unfinished = list(_standing(publisher, patience))
    yield from unfinished
    if not any(difference.kind is not DifferenceKind.TREE_BEHIND for difference in unfinished):
        yield from pages.differences(publisher, progress)
        yield from documentation.differences(publisher)
        yield from strangers.differences(publisher)


def _standing(publisher: Publisher, patience: float) -> Iterator[Difference]:
    mark = publisher.tree.mark()
    if mark is None:
        yield Difference(DifferenceKind.TREE_MISSING, "tree")
    elif mark.rebuilt_to is not None:
        yield Difference(DifferenceKind.TREE_UNFINISHED, "tree")
    elif mark.default_index != publisher.default_index:
        facts = {"found": mark.default_index, "expected": publisher.default_index}
        yield Difference(DifferenceKind.TREE_OF_ANOTHER_DEFAULT, "tree", **facts)
    elif mark.base_url not in (None, publisher.base_url):
        facts = {"found": mark.base_url or "", "expected": publisher.base_url}
        yield Difference(DifferenceKind.TREE_OF_ANOTHER_ADDRESS, "tree", **facts)
    elif mark.api_version != publisher.api_version:
        facts = {"found": mark.api_version, "expected": publisher.api_version}
        yield Difference(DifferenceKind.TREE_OF_ANOTHER_VERSION, "tree", **facts)
    else:
        yield from _behind(publisher, patience)


def _behind(publisher: Publisher, patience: float) -> Iterator[Difference]:
    with reading():
        newest = events.newest()
        serial = newest.serial if newest else 0
    end = clock.monotonic() + patience
    while (shown := _shown(publisher)) < serial:
        if clock.monotonic() >= end:
            yield Difference(DifferenceKind.TREE_BEHIND, "tree", found=str(shown), expected=str(serial))
            return
        time.sleep(PAUSE)


def _shown(publisher: Publisher) -> int:
    mark = publisher.tree.mark()
    return mark.serial if mark else 0
