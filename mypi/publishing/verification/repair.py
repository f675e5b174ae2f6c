"""What can be made right again of what verification found. What was published is never invented: bytes that are gone
stay gone, their file is withheld until the same bytes are uploaded again.

First bytes and rows, then pages: a page is rendered from rows that are right.
"""

import shutil
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from mypi.publishing.publisher import Publisher
from mypi.publishing.tree import remove_folder
from mypi.publishing.verification import places, strangers
from mypi.publishing.verification.differences import Difference, DifferenceKind
from mypi.publishing.verification.file_repair import repair_file
from mypi.registry import calculated
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry
from mypi.standards.names import NormalizedName

OF_FILES = {
    DifferenceKind.FILE_MISSING,
    DifferenceKind.FILE_CHANGED,
    DifferenceKind.FILE_DAMAGED,
    DifferenceKind.FILE_WHOLE_AGAIN,
    DifferenceKind.FILE_ROW_CHANGED,
    DifferenceKind.METADATA_MISSING,
    DifferenceKind.METADATA_CHANGED,
    DifferenceKind.METADATA_OF_ANOTHER,
    DifferenceKind.PROVENANCE_MISSING,
    DifferenceKind.PROVENANCE_CHANGED,
    DifferenceKind.PROVENANCE_OF_ANOTHER,
    DifferenceKind.SIGNATURE_MISSING,
    DifferenceKind.SIGNATURE_CHANGED,
}
OF_SIDES = {DifferenceKind.INDEX_EXPOSED, DifferenceKind.INDEX_MISPLACED}
OF_DOCUMENTATION = {DifferenceKind.DOCUMENTATION_CHANGED, DifferenceKind.DOCUMENTATION_STILL_SERVED}
OF_STRANGERS = {DifferenceKind.STRANGER, DifferenceKind.FILE_STILL_SERVED}


def repair(publisher: Publisher, registry: Registry, actor: Actor, found: Iterable[Difference]) -> None:
    """Make right what can be. Raises DatabaseBusy, DiskFull; run again, it goes on.

    Verify again afterwards: it says what could not be repaired.
    """
    found = list(found)
    _remove_wrong_sides(publisher, found)
    # Pages come at the end, all at once: a page of many damaged files is rendered when all of them are known.
    silent = replace(registry, publish=lambda _serial: None)
    for full_name, filename in _files(found):
        repair_file(publisher, silent, actor, full_name, filename)
    for index, project in {(one.index, one.project) for one in found if one.project}:
        calculated.correct(index, project)
    publisher.start()
    _remove_documentation(publisher, found)
    for index, projects in _touched(found).items():
        publisher.render_again(index, projects)
    _remove_strangers(publisher, found)


def _files(found: list[Difference]) -> list[tuple[str, str]]:
    named = {(one.index, one.where.removeprefix(f"{one.index}: ")) for one in found if one.kind in OF_FILES}
    return sorted(named)


def _touched(found: list[Difference]) -> dict[str, set[NormalizedName]]:
    touched: dict[str, set[NormalizedName]] = defaultdict(set)
    for one in found:
        if one.index:
            touched[one.index].update({NormalizedName(one.project)} if one.project else ())
    return touched


def _remove_wrong_sides(publisher: Publisher, found: list[Difference]) -> None:
    for name in {one.index for one in found if one.kind in OF_SIDES}:
        with publisher.tree.locked():
            index = places.find_sides(publisher, name)
            if index and index.right.root.exists():
                shutil.rmtree(index.wrong.root, ignore_errors=True)
            elif index:
                publisher.tree.move(index.wrong, index.right)


def _remove_documentation(publisher: Publisher, found: list[Difference]) -> None:
    # What there should be is unpacked again with its project.
    for one in found:
        if one.kind in OF_DOCUMENTATION:
            with publisher.tree.locked():
                remove_folder(publisher.tree.paths.root / one.where)


def _remove_strangers(publisher: Publisher, found: list[Difference]) -> None:
    doomed: dict[str, set[str]] = defaultdict(set)
    for one in found:
        if one.kind in OF_STRANGERS:
            doomed[one.index].add(one.where)
    for full_name, names in doomed.items():
        with publisher.tree.locked():
            for one in strangers.look(publisher, full_name):
                if one.where in names and _could_be_ours(one.where):
                    _remove(publisher.tree.paths.root, one.where)


def _could_be_ours(where: str) -> bool:
    """Return whether the name is one that rendering gives; what a person put there stays."""
    match where.split("/"):
        case (_, _, _, "simple", name) | (_, _, _, "simple", _, name):
            return strangers.is_of_page(name)
        case (_, _, _, "files", digits3, digits13, _):
            return (len(digits3), len(digits13)) == (3, 13)
    return False


def _remove(root: Path, where: str) -> None:
    place = root / where
    with suppress(FileNotFoundError):
        place.unlink()
    for folder in list(place.relative_to(root).parents)[:-4]:
        with suppress(OSError):  # not empty
            (root / folder).rmdir()
