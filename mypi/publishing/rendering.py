"""From what an index answers to the bytes of its pages. Asks no database and writes no file."""

import gzip
from dataclasses import dataclass
from datetime import datetime

from mypi.publishing.paths import CURRENT, file_url, page_name, page_state, provenance_url
from mypi.registry.index_view import ListedFile, ListedProject, ProjectName
from mypi.standards import simple_html, simple_json
from mypi.standards.negotiation import Representation
from mypi.standards.simple_api import ProjectEntry, ProjectList, ProjectPage, SimpleFile
from mypi.storage.durable import BEYOND_DOUBT

LEVEL = 6  # of gzip: 9 takes twice the time for two percent


@dataclass(frozen=True)
class RenderedPage:
    """The files of a page by name, and the modification time (nanoseconds since 1970) that they all get."""

    files: dict[str, bytes]
    modified_ns: int


def project_page(full_name: str, default_index: str, project: ListedProject, base_url: str = "") -> RenderedPage:
    """Return the page of a project of the index `full_name` in all its representations.

    Without a `base_url`, which begins with https, nothing is said of provenance.
    """
    # Where one link says whether there is a signature, all do (PEP 503); where none has one, none does.
    signed = any(file.signature_sha256 for file in project.files)
    files = [_simple_file(full_name, default_index, file, base_url, signed=signed) for file in project.files]
    page = ProjectPage(
        name=project.normalized_name,
        files=tuple(files),
        versions=project.versions,
        status=project.status,
        status_reason=project.status_reason,
        last_serial=project.serial,
    )
    return _page(simple_html.project_page(page), simple_json.project_page(page), project.serial, project.changed_at)


def project_list(names: tuple[ProjectName, ...], serial: int, changed_at: datetime) -> RenderedPage:
    """Return the list of projects in all its representations."""
    value = list_value(names, serial)
    return _page(simple_html.project_list(value), simple_json.project_list(value), serial, changed_at)


def list_value(names: tuple[ProjectName, ...], serial: int) -> ProjectList:
    """Return the list of projects as the writers take it."""
    entries = (ProjectEntry(name.display_name, name.normalized_name, name.serial) for name in names)
    return ProjectList(entries=tuple(entries), last_serial=serial)


def _page(html: bytes, json: bytes, serial: int, changed_at: datetime) -> RenderedPage:
    state = page_state(serial, html + json)
    files: dict[str, bytes] = {}
    for representation, body in ((Representation.HTML, html), (Representation.JSON, json)):
        files[page_name(state, representation, gzipped=False)] = body
        files[page_name(state, representation, gzipped=True)] = gzip.compress(body, LEVEL, mtime=0)
    # The last to be renamed and the first to be read: whoever follows it finds the whole page. Without a line feed, as
    # Apache puts it together to a name as it is.
    files[CURRENT] = state.encode()
    return RenderedPage(files, _modified_ns(serial, changed_at))


def _modified_ns(serial: int, changed_at: datetime) -> int:
    # A page's ETag is made of size and modification time, here as in Apache. The seconds are near the time of the event
    # that the page shows; in the microseconds is its serial, so that no two states of a page share one, and the same
    # state has the same ETag after a rebuild and on another host.
    return int(changed_at.timestamp()) * 10**9 - BEYOND_DOUBT + serial % 10**6 * 1000


def _simple_file(full_name: str, default_index: str, file: ListedFile, base_url: str, *, signed: bool) -> SimpleFile:
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
