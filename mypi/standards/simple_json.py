"""Writes the Simple API as JSON (PEP 691 and its successors): compact, and the same bytes for the same value.

What is absent is left out, never null: uv refuses a page with a null where it expects a value. `namespaces` alone is
null where none covers the project, as PEP 752 wants it. Keys that begin with an
underscore are the server's own; mirrors read `_last-serial`.
"""

import json
from json.encoder import encode_basestring

from mypi.standards.simple_api import API_VERSION, ProjectEntry, ProjectList, ProjectPage, SimpleFile

SEPARATOR = ","
"""What stands between two entries of a list."""


def project_list(projects: ProjectList) -> bytes:
    """Return the list of projects; each has its display name and the serial of its newest event."""
    before, after = around_projects(projects.last_serial, projects.api_version)
    return (before + SEPARATOR.join(map(project, projects.entries)) + after).encode()


def project_page(page: ProjectPage) -> bytes:
    """Return the page of one project, with `versions` (PEP 700) and `project-status` (PEP 792)."""
    before, between, after = around_versions(page)
    written = SEPARATOR.join(map(version, page.versions)), SEPARATOR.join(map(file, page.files))
    return (before + written[0] + between + written[1] + after).encode()


def around_projects(last_serial: int, api_version: str = API_VERSION) -> tuple[str, str]:
    """Return what stands before and after the entries of the list of projects."""
    return f'{{"meta":{_written(_meta(last_serial, api_version))},"projects":[', "]}"


def project(entry: ProjectEntry) -> str:
    """Return one entry of the list of projects."""
    return f'{{"name":{encode_basestring(entry.name)},"_last-serial":{entry.last_serial}}}'


def around_versions(page: ProjectPage) -> tuple[str, str, str]:
    """Return what stands before the versions, between them and the files, and after these; neither is looked at."""
    status = {"status": page.status.value}
    if page.status_reason:
        status["reason"] = page.status_reason
    meta = _meta(page.last_serial, page.api_version)
    document: dict[str, object] = {"meta": meta, "name": page.name, "project-status": status}
    if page.namespaces is not None:
        document["namespaces"] = [{"name": one.name, "owned": one.owned} for one in page.namespaces] or None
    return _written(document).removesuffix("}") + ',"versions":[', '],"files":[', "]}"


def version(version: str) -> str:
    """Return one entry of the versions of a project's page."""
    return encode_basestring(version)


def file(file: SimpleFile) -> str:
    """Return one entry of a project's page."""
    return _written(_file(file))


def _file(file: SimpleFile) -> dict[str, object]:
    entry: dict[str, object] = {
        "filename": file.filename,
        "url": file.url,
        "hashes": {"sha256": file.sha256},
        "size": file.size,
        "upload-time": file.written_upload_time,
        # An empty reason would read as "not yanked" in pip.
        "yanked": file.yanked_reason or file.yanked,
    }
    if file.requires_python is not None:
        entry["requires-python"] = file.requires_python
    if file.metadata_sha256 is not None:
        # Never the older dist-info-metadata beside it: pip 22.3 crashes on that one (PEP 714).
        entry["core-metadata"] = {"sha256": file.metadata_sha256}
    if file.has_signature is not None:
        entry["gpg-sig"] = file.has_signature
    if file.provenance is not None:
        entry["provenance"] = file.provenance
    return entry


def _meta(last_serial: int, api_version: str) -> dict[str, object]:
    return {"api-version": api_version, "_last-serial": last_serial}


def _written(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
