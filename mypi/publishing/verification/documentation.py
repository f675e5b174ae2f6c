"""Is the documentation in the tree that which was uploaded, page by page, and no other?"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from mypi.database import reading
from mypi.errors import InvalidArchive
from mypi.publishing.paths import IndexPaths
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification import places
from mypi.publishing.verification.differences import Difference, DifferenceKind
from mypi.publishing.verification.pages import within
from mypi.registry import documentation, indexes
from mypi.standards.archives import documentation as archive
from mypi.storage.interface import Storage


def differences(publisher: Publisher) -> Iterator[Difference]:
    """Yield what is not as it was uploaded, and what should not be served."""
    for index in places.sides(publisher):
        yield from places.settled(publisher, index.full_name, None, partial(look, publisher, index.full_name))


def look(publisher: Publisher, full_name: str) -> list[Difference]:
    """Return what is wrong with the documentation of an index as it is now."""
    index = places.find_sides(publisher, full_name)
    if index is None:
        return []
    wanted = _wanted(full_name, index.right)
    found = [
        Difference(DifferenceKind.DOCUMENTATION_STILL_SERVED, within(publisher, folder), index=full_name)
        for folder in _folders(index.right)
        if folder not in wanted
    ]
    return found + [
        Difference(DifferenceKind.DOCUMENTATION_CHANGED, within(publisher, folder), index=full_name, project=project)
        for folder, (project, sha256) in wanted.items()
        if not _is_unpacked(publisher.storage, sha256, folder)
    ]


def _wanted(full_name: str, paths: IndexPaths) -> dict[Path, tuple[str, str]]:
    with reading():
        rows = documentation.offered(indexes.get(full_name))
    return {paths.documentation(project, version, sha256): (project, sha256) for project, version, sha256 in rows}


def _folders(paths: IndexPaths) -> list[Path]:
    return [
        folder
        for folder in paths.all_documentation.glob("*/*/*")
        if not folder.name.startswith(IN_FLIGHT)  # it is being unpacked
    ]


def _is_unpacked(storage: Storage, sha256: str, folder: Path) -> bool:
    there = {Path(parent, name) for parent, _, names in os.walk(folder) for name in names}
    try:
        with storage.open(sha256) as stream:
            for page in archive.pages(stream, sha256):
                place = folder.joinpath(*page.path.split("/"))
                there.discard(place)
                if not _is_same(place, page.content):
                    return False
    except (KeyError, InvalidArchive, OSError):
        return False
    return not there


def _is_same(place: Path, pieces: Iterator[bytes]) -> bool:
    with place.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
