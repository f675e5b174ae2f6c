"""Documentation in the published tree: each archive unpacked into a folder of its own, which comes and goes as a whole.

A folder is unpacked beside its place and renamed. What an archive may hold was judged when it came, and is again.
"""

import logging
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from mypi.database import reading
from mypi.errors import InvalidArchive
from mypi.publishing.paths import IndexPaths
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.touched import KEEPS_BYTES, NO_OTHER_FILE
from mypi.publishing.tree import Tree, remove_folder
from mypi.registry import documentation as rows
from mypi.registry import indexes, projects
from mypi.registry.events import Event
from mypi.standards.archives import documentation
from mypi.standards.names import NormalizedName
from mypi.storage.durable import READABLE, room
from mypi.storage.interface import Storage

log = logging.getLogger("mypi")
KEEPS_DOCUMENTATION = KEEPS_BYTES | NO_OTHER_FILE


def changed(newest: Iterable[Event]) -> set[tuple[str, NormalizedName]]:
    """Return index and project of what events may have given other documentation than before."""
    return {
        (event.index_name, NormalizedName(event.project))
        for event in newest
        if event.project and event.kind not in KEEPS_DOCUMENTATION
    }


def show(tree: Tree, storage: Storage, full_name: str, name: NormalizedName) -> None:
    """Let the documentation of a project in an index be that which its rows have now. Raises DiskFull."""
    with reading():
        index = indexes.find(full_name)
        project = projects.find(index, name) if index else None
        offered = project is not None and project.project_status.offers_files
        wanted = rows.of_project(project) if project and offered else {}
        paths = tree.paths.index(index) if index else None
    if paths:
        bring_up(storage, paths, name, wanted)


def bring_up(storage: Storage, paths: IndexPaths, project: str, wanted: Mapping[str, str]) -> None:
    """Let there be the documentation of these versions, by the sha256 of their archives, and no other. Raises DiskFull.

    An archive that is not there any more, or damaged, is named in the log, and holds nobody up.
    """
    folder = paths.documentation_folder(project)
    places = {paths.documentation(project, version, sha256): sha256 for version, sha256 in wanted.items()}
    for place, sha256 in places.items():
        if not place.is_dir():
            _put(storage, place, sha256)
    for version in _folders(folder):
        for place in _folders(version):
            if place not in places:
                remove_folder(place)
        if not any(version.iterdir()):
            version.rmdir()
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()


def _put(storage: Storage, place: Path, sha256: str) -> None:
    with room():
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f"{IN_FLIGHT}{secrets.token_hex(8)}")
        try:
            unpack(storage, sha256, fresh)
            fresh.replace(place)
        except (KeyError, InvalidArchive) as error:
            log.error("the documentation in %s cannot be served: %s", place, error)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def unpack(storage: Storage, sha256: str, folder: Path) -> None:
    """Unpack an archive into a folder that is not there yet. Raises KeyError, InvalidArchive, OSError."""
    folder.mkdir()
    with storage.open(sha256) as stream:
        for page in documentation.pages(stream, sha256):
            place = folder.joinpath(*page.path.split("/"))
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                for piece in page.content:
                    file.write(piece)
                os.fchmod(file.fileno(), READABLE)


def _folders(folder: Path) -> list[Path]:
    try:
        return [Path(entry) for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        return []
