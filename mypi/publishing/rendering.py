"""From what an index answers to the bytes of its pages. Asks no database and writes no file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mypi.publishing.paths import CURRENT, file_url, page_name, page_state, provenance_url
from mypi.publishing.pieces import Key, Pieces, joined
from mypi.registry.listed import ListedFile, ListedProject, ProjectName
from mypi.standards import simple_html, simple_json, versions
from mypi.standards.negotiation import Representation
from mypi.standards.simple_api import (
    API_VERSION,
    Namespace,
    ProjectEntry,
    ProjectList,
    ProjectPage,
    SimpleFile,
    checked_version,
)
from mypi.storage.durable import BEYOND_DOUBT


@dataclass(frozen=True)
class RenderedPage:
    """The files of a page by name, and the modification time (nanoseconds since 1970) that they all get."""

    files: dict[str, bytes]
    modified_ns: int


def project_page(full_name: str, default_index: str, project: ListedProject, base_url: str = "") -> RenderedPage:
    """Return the page of a project of the index `full_name` in all its representations.

    Without a `base_url`, which begins with https, nothing is said of provenance.
    """
    document = ProjectDocument(full_name, default_index, project, base_url)
    return document.page(project.serial, project.changed_at, project.namespaces)


def project_list(
    names: Iterable[ProjectName], serial: int, changed_at: datetime, api_version: str = API_VERSION
) -> RenderedPage:
    """Return the list of projects in all its representations."""
    return ListDocument(names, api_version).page(serial, changed_at)


class ListDocument:
    """The list of projects of an index, in all its representations: what changes is put in or taken out."""

    def __init__(self, names: Iterable[ProjectName], api_version: str = API_VERSION) -> None:
        self._api_version = api_version
        self._html = Pieces(simple_html.SEPARATOR)
        self._json = Pieces(simple_json.SEPARATOR)
        self._names: set[str] = set()
        for name in names:
            self.put(name)

    def __len__(self) -> int:
        """Return how many projects it names."""
        return len(self._names)

    def put(self, name: ProjectName) -> None:
        """Add a project, or put it in the place of what it was before."""
        entry = _entry(name)
        self._names.add(name.normalized_name)
        self._html.put((name.normalized_name,), simple_html.project(entry))
        self._json.put((name.normalized_name,), simple_json.project(entry))

    def remove(self, normalized_name: str) -> None:
        """Take a project out; harmless when it is not there."""
        self._names.discard(normalized_name)
        self._html.remove((normalized_name,))
        self._json.remove((normalized_name,))

    def page(self, serial: int, changed_at: datetime) -> RenderedPage:
        """Return the list as it is after an event."""
        html = self._html.body(*simple_html.around_projects())
        json = self._json.body(*simple_json.around_projects(serial, self._api_version))
        return _page(html, json, serial, changed_at)


class ProjectDocument:
    """The page of a project, in all its representations: what changes is put in or taken out."""

    def __init__(self, full_name: str, default_index: str, project: ListedProject, base_url: str = "") -> None:
        self._names = full_name, default_index, base_url
        self._html = Pieces(simple_html.SEPARATOR)
        self._json = Pieces(simple_json.SEPARATOR)
        self._keys: dict[str, Key] = {}
        self._versions = Pieces(simple_json.SEPARATOR)
        self._signed: set[str] = set()
        self._project = project
        # Where one link says whether there is a signature, all do (PEP 503); where none has one, none does.
        self._says_signed = any(file.signature_sha256 for file in project.files)
        self.bring_up_to(project)

    def __len__(self) -> int:
        """Return how many files it shows."""
        return len(self._keys)

    @property
    def serial(self) -> int:
        """The event that it shows."""
        return self._project.serial

    def bring_up_to(self, project: ListedProject) -> bool:
        """Let it show a newer state of the project, of which only what has changed is told, and no version is gone.

        Returns False when every line has to be written anew, and this document is of no use any more.
        """
        self._project = project
        for file in (*project.files, *project.withheld):
            self._remove(file.filename)
        for file in project.files:
            self._put(file)
        for version in project.versions:
            self._versions.put((versions.order(version), version), simple_json.version(checked_version(version)))
        return bool(self._signed) == self._says_signed

    def _put(self, file: ListedFile) -> None:
        key = self._keys[file.filename] = (versions.order(file.version), file.filename)
        written = _simple_file(*self._names, file, signed=self._says_signed)
        self._html.put(key, simple_html.file(written))
        self._json.put(key, simple_json.file(written))
        if file.signature_sha256:
            self._signed.add(file.filename)

    def _remove(self, filename: str) -> None:
        self._signed.discard(filename)
        if key := self._keys.pop(filename, None):
            self._html.remove(key)
            self._json.remove(key)

    def page(self, serial: int, changed_at: datetime, namespaces: tuple[Namespace, ...] | None = None) -> RenderedPage:
        """Return the page as it is after an event, in an index that tells of these namespaces."""
        project = self._project
        around = ProjectPage(
            name=project.normalized_name,
            files=(),
            versions=(),
            status=project.status,
            status_reason=project.status_reason,
            last_serial=serial,
            namespaces=namespaces,
        )
        html = self._html.body(*simple_html.around_files(around))
        before, between, after = simple_json.around_versions(around)
        json = joined(before, self._versions, between, self._json, after)
        return _page(html, json, serial, changed_at)


def list_value(names: Iterable[ProjectName], serial: int, api_version: str) -> ProjectList:
    """Return the list of projects as the writers take it."""
    return ProjectList(entries=tuple(map(_entry, names)), last_serial=serial, api_version=api_version)


def _entry(name: ProjectName) -> ProjectEntry:
    return ProjectEntry(name.display_name, name.normalized_name, name.serial)


def _page(html: tuple[bytes, bytes], json: tuple[bytes, bytes], serial: int, changed_at: datetime) -> RenderedPage:
    state = page_state(serial, html[0], json[0])
    files: dict[str, bytes] = {}
    for representation, bodies in ((Representation.HTML, html), (Representation.JSON, json)):
        for gzipped, body in zip((False, True), bodies, strict=True):
            files[page_name(state, representation, gzipped=gzipped)] = body
    # The last to be renamed and the first to be read: whoever follows it finds the whole page. Without a line feed, as
    # Apache puts it together to a name as it is.
    files[CURRENT] = state.encode()
    return RenderedPage(files, _modified_ns(serial, changed_at))


def _modified_ns(serial: int, changed_at: datetime) -> int:
    # A page's ETag is made of size and modification time, here as in Apache. The seconds are near the time of the event
    # that the page shows; in the microseconds is its serial, so that no two states of a page share one, and the same
    # state has the same ETag after a rebuild and on another host.
    return int(changed_at.timestamp()) * 10**9 - BEYOND_DOUBT + serial % 10**6 * 1000


def _simple_file(full_name: str, default_index: str, base_url: str, file: ListedFile, *, signed: bool) -> SimpleFile:
    whole = provenance_url(base_url, full_name, default_index, file.sha256, file.filename)
    return SimpleFile(
        filename=file.filename,
        url=file_url(full_name, default_index, file.sha256, file.filename),
        sha256=file.sha256,
        size=file.size,
        upload_time=file.upload_time,
        requires_python=file.requires_python or None,
        metadata_sha256=file.metadata_sha256,
        yanked=file.yanked,
        yanked_reason=file.yanked_reason,
        provenance=whole if base_url and file.provenance_sha256 else None,
        has_signature=file.signature_sha256 is not None if signed else None,
    )
