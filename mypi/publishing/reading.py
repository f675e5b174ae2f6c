"""The reading side of the published tree: where a page or a file lies, for protocols and pages. Writes nothing."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from mypi.publishing.paths import CURRENT, STATE, IndexPaths, TreePaths, page_name
from mypi.publishing.rendering import list_value
from mypi.registry.indexes import Index
from mypi.registry.listed import ProjectName
from mypi.standards import simple_html, simple_json
from mypi.standards.negotiation import Representation
from mypi.standards.simple_api import API_VERSION

DIGITS = re.compile("[0-9a-f]{3}/[0-9a-f]{13}")


class PublishedTree:
    """What may be read of the tree. Words of a request that no path has in it find nothing."""

    def __init__(self, paths: TreePaths, api_version: str = API_VERSION) -> None:
        self._paths = paths
        self.api_version = api_version

    def public(self, full_name: str) -> IndexPaths | None:
        """Return the places of an index that everyone may read, or None; no database is asked."""
        try:
            paths = self._paths.public(full_name)
        except ValueError:
            return None
        return paths if paths.list_folder.is_dir() else None

    def is_there(self) -> bool:
        """Return whether there is a whole tree; in another nothing is missing, but yet to be rendered."""
        try:
            return json.loads(self._paths.mark.read_text("utf-8"))["rebuilt_to"] is None
        except (FileNotFoundError, ValueError, KeyError):
            return False

    def index(self, index: Index) -> IndexPaths:
        """Return the places of an index, for an actor who was found to be allowed."""
        return self._paths.index(index)


@dataclass(frozen=True)
class PageFile:
    """A page in one representation: where it lies, and the serial that it shows."""

    place: Path
    serial: str


def page(folder: Path, representation: Representation, *, gzipped: bool) -> PageFile:
    """Return the current state of the page in a folder; it goes when there is a newer one. Raises FileNotFoundError."""
    state = (folder / CURRENT).read_text("ascii", errors="replace")
    if not STATE.fullmatch(state):  # after a cut of power, until the page is rendered again
        raise FileNotFoundError(folder / CURRENT)
    return PageFile(folder / page_name(state, representation, gzipped=gzipped), state.partition("-")[0])


def serial(folder: Path) -> str:
    """Return the serial that the page in a folder shows. Raises FileNotFoundError when there is no page."""
    return page(folder, Representation.JSON, gzipped=False).serial


def project_folder(paths: IndexPaths, project: str) -> Path | None:
    """Return the folder of a project's page, or None for what is no normalized name."""
    try:
        return paths.project_folder(project)
    except ValueError:
        return None


def file(paths: IndexPaths, digits3: str, digits13: str, filename: str) -> Path | None:
    """Return the place of a file or of its metadata by the parts of its URL, or None when no file has such a URL."""
    if not DIGITS.fullmatch(f"{digits3}/{digits13}"):
        return None
    try:
        return paths.file(digits3 + digits13, filename)
    except ValueError:
        return None


def documentation_page(paths: IndexPaths, project: str, version: str, sha256: str, page: str) -> Path | None:
    """Return the place of a page of documentation, its `index.html` for a folder; None when there is no such page."""
    folder = paths.documentation(project, version, sha256)
    parts = (page + "index.html" if page == "" or page.endswith("/") else page).split("/")
    if any(part in {"", ".", ".."} or part.startswith(".") or "\0" in part for part in parts):
        return None
    place = folder.joinpath(*parts)
    return place if place.is_file() else None


def partial_list(readable: tuple[ProjectName, ...], representation: Representation, api_version: str) -> bytes:
    """Return a list of those projects that one reader may see: it differs from reader to reader, and so is no file."""
    value = list_value(readable, max((project.serial for project in readable), default=0), api_version)
    if representation is Representation.JSON:
        return simple_json.project_list(value)
    return simple_html.project_list(value)
