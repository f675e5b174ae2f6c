"""Is there anything in the tree that should not be: an index on the wrong side, a deleted file, something of others?

What is being written (`.new-…`) is nobody's business here, and folders without files show nothing to anyone.
"""

import os
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from mypi.publishing.paths import CURRENT, PAGE_FILE
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.publisher import Publisher
from mypi.publishing.tree import leads_to
from mypi.publishing.verification import places
from mypi.publishing.verification.differences import Difference, DifferenceKind
from mypi.publishing.verification.pages import within
from mypi.publishing.verification.places import Sides
from mypi.registry.served import Served
from mypi.standards import sidecars


def differences(publisher: Publisher) -> Iterator[Difference]:
    """Yield everything that should not be in the tree."""
    for index in places.sides(publisher):
        name = index.full_name
        yield from places.settled(publisher, name, None, partial(_look_at_side, publisher, name))
        yield from places.settled(publisher, name, None, partial(look, publisher, name))
    yield from places.settled(publisher, None, None, partial(look, publisher, ""))


def look(publisher: Publisher, full_name: str) -> list[Difference]:
    """Return what does not belong in the folder of an index as it is now; without a name, in none of them."""
    return _look_into(publisher, full_name) if full_name else _look_besides(publisher)


def _look_at_side(publisher: Publisher, full_name: str) -> list[Difference]:
    index = places.find_sides(publisher, full_name)
    if index is None or not any(_files_below(index.wrong.root)):
        return []
    kind = DifferenceKind.INDEX_MISPLACED if index.is_public else DifferenceKind.INDEX_EXPOSED
    return [Difference(kind, within(publisher, index.wrong.root), index=full_name)]


def _look_into(publisher: Publisher, full_name: str) -> list[Difference]:
    index = places.find_sides(publisher, full_name)
    if index is None:
        return []
    served = places.served(full_name)
    return [
        Difference(kind, within(publisher, file), index=full_name)
        for file in _files_below(index.right.root)
        if (kind := _judge(index, served, file))
    ]


def _look_besides(publisher: Publisher) -> list[Difference]:
    paths = publisher.tree.paths
    links = paths.default_links(publisher.default_index)
    own = {paths.format, paths.mark, paths.shown, paths.lock, paths.rebuild_lock, *links}
    of_indexes = {root for index in places.sides(publisher) for root in (index.right.root, index.wrong.root)}
    # Whom Apache need not ask again is no part of what is published: it comes and goes with requests.
    skipped = of_indexes | {paths.readers_key.parent}
    besides = [file for file in _files_below(paths.root, skipped) if file not in own]
    return [Difference(DifferenceKind.STRANGER, within(publisher, file)) for file in besides] + [
        Difference(DifferenceKind.DEFAULT_LOST, within(publisher, link), found=leads_to(link), expected=target)
        for link, target in links.items()
        if leads_to(link) != target
    ]


def _judge(index: Sides, served: Served, file: Path) -> DifferenceKind | None:
    match file.relative_to(index.right.root).parts:
        case ("simple", name) if is_of_page(name):
            return None
        case ("simple", project, name) if is_of_page(name) and project in served.projects:
            return None
        case ("documentation", _, _, _, *_):  # which is looked at by itself, page by page
            return None
        case ("files", digits3, digits13, name):
            return _judge_file(served, digits3 + digits13, name)
    return DifferenceKind.STRANGER


def is_of_page(name: str) -> bool:
    """Return whether a file of this name is of a page, or of a state that a newer one has replaced: `mypi gc` knows."""
    return name == CURRENT or PAGE_FILE.fullmatch(name) is not None


def _judge_file(served: Served, digits: str, name: str) -> DifferenceKind | None:
    filename, sidecar = sidecars.split(name)
    sha256, beside = served.offered.get(filename, ("", frozenset()))
    if sha256[:16] == digits and (sidecar is None or sidecar in beside):
        return None
    # A name that is offered with other bytes was replaced, and these are the old ones.
    was_ours = filename in served.withheld or filename in served.offered
    return DifferenceKind.FILE_STILL_SERVED if was_ours else DifferenceKind.STRANGER


def _files_below(folder: Path, skipped: Collection[Path] = ()) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(name for name in folders if here / name not in skipped)
        # A link to a folder is one thing, and none of ours.
        links = [name for name in folders if (here / name).is_symlink()]
        yield from (here / name for name in sorted(links + names) if not name.startswith(IN_FLIGHT))
