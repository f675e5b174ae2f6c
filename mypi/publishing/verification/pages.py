"""Is the published tree what rendering gives now? Pages byte for byte, files by their bytes, and nothing besides them.

It looks without the lock, and once more with it before it calls anything a difference.
"""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from mypi.database import reading
from mypi.publishing import rendering
from mypi.publishing.paths import CURRENT, IndexPaths
from mypi.publishing.publisher import Publisher
from mypi.publishing.rendering import RenderedPage
from mypi.publishing.verification import places
from mypi.publishing.verification.differences import Difference, DifferenceKind, Progress
from mypi.registry import index_view, indexes, listings
from mypi.registry.listed import ListedFile
from mypi.standards.names import NormalizedName


def differences(publisher: Publisher, progress: Progress) -> Iterator[Difference]:
    """Yield every page and every file of the tree that is not what it should be."""
    for index in places.sides(publisher):
        full_name = index.full_name
        yield from places.settled(publisher, full_name, None, partial(_look_at_list, publisher, full_name))
        names = sorted(places.served(full_name).projects)
        for done, name in enumerate(names, 1):
            look = partial(_look_at_project, publisher, full_name, name)
            yield from places.settled(publisher, full_name, name, look)
            progress(f"pages of {full_name}", done, len(names))


def _look_at_list(publisher: Publisher, full_name: str) -> list[Difference]:
    with reading():
        index = indexes.find(full_name)
        if index is None:
            return []
        paths = publisher.tree.paths.index(index)
        names = index_view.project_names(index)
        serial, changed_at = listings.last_change(index_view.asked([index])[full_name])
    page = rendering.project_list(names, serial, changed_at, publisher.api_version)
    return list(_compare_page(publisher, full_name, "", paths.list_folder, page))


def _look_at_project(publisher: Publisher, full_name: str, name: NormalizedName) -> list[Difference]:
    with reading():
        index = indexes.find(full_name)
        found = publisher.shown([index], name).get(full_name) if index else None
        if index is None or found is None:
            return []
        project = index_view.listed(found)
        paths = publisher.tree.paths.index(index)
    page = rendering.project_page(full_name, publisher.default_index, project, publisher.base_url)
    different = list(_compare_page(publisher, full_name, name, paths.project_folder(name), page))
    for file in project.files:
        different += _compare_links(publisher, paths, file, full_name, name)
    return different


def _compare_page(
    publisher: Publisher, full_name: str, project: str, folder: Path, page: RenderedPage
) -> Iterator[Difference]:
    # Backwards: when another state is current, that is the difference, and not each file of the one that should be.
    for name, body in reversed(page.files.items()):
        kind = _judge_page(folder / name, body, page.modified_ns)
        if kind:
            yield Difference(kind, within(publisher, folder / name), index=full_name, project=project)
            if name == CURRENT:
                return


def _judge_page(place: Path, body: bytes, modified_ns: int) -> DifferenceKind | None:
    try:
        if place.read_bytes() != body:
            return DifferenceKind.PAGE_CHANGED
        return None if place.stat().st_mtime_ns == modified_ns else DifferenceKind.PAGE_TIME_CHANGED
    except FileNotFoundError:
        return DifferenceKind.PAGE_MISSING
    except OSError:
        return DifferenceKind.PAGE_CHANGED


def _compare_links(
    publisher: Publisher, paths: IndexPaths, file: ListedFile, full_name: str, project: str
) -> Iterator[Difference]:
    links = [(paths.file(file.sha256, file.filename), file.sha256)]
    for sidecar, sha256 in file.sidecars.items():
        if sha256:
            links.append((paths.beside(file.sha256, file.filename, sidecar), sha256))
    for place, sha256 in links:
        kind = _judge_link(place, publisher.storage.path(sha256), sha256)
        if kind:
            yield Difference(kind, within(publisher, place), index=full_name, project=project)


def _judge_link(place: Path, blob: Path | None, sha256: str) -> DifferenceKind | None:
    try:
        if blob is not None and blob.exists() and place.samefile(blob):
            return None  # Its bytes were looked at where they are stored.
        with place.open("rb") as stream:
            same = hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return DifferenceKind.LINK_MISSING
    except OSError:
        return DifferenceKind.LINK_CHANGED
    return None if same else DifferenceKind.LINK_CHANGED


def within(publisher: Publisher, place: Path) -> str:
    """Return a place of the tree as a path below it."""
    return place.relative_to(publisher.tree.paths.root).as_posix()
