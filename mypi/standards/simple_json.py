"""Writes the Simple API as JSON (PEP 691 and its successors): compact, and the same bytes for the same value.

What is absent is left out, never null: uv refuses a page with a null where it expects a value. Keys that begin with an
underscore are the server's own; mirrors read `_last-serial`.
"""

import json
from json.encoder import encode_basestring

from mypi.standards.simple_api import API_VERSION, ProjectList, ProjectPage, SimpleFile

__all__ = ["API_VERSION", "project_list", "project_page"]


def project_list(projects: ProjectList) -> bytes:
    """Return the list of projects; each has its display name and the serial of its newest event."""
    # Put together as text: with 100,000 projects a dictionary for each costs more than the writing.
    entries = ",".join(
        f'{{"name":{encode_basestring(entry.name)},"_last-serial":{entry.last_serial}}}' for entry in projects.entries
    )
    return f'{{"meta":{_written(_meta(projects.last_serial))},"projects":[{entries}]}}'.encode()


def project_page(page: ProjectPage) -> bytes:
    """Return the page of one project, with `versions` (PEP 700) and `project-status` (PEP 792)."""
    status = {"status": page.status.value}
    if page.status_reason:
        status["reason"] = page.status_reason
    document = {
        "meta": _meta(page.last_serial),
        "name": page.name,
        "project-status": status,
        "versions": page.versions,
        "files": [_file(file) for file in page.files],
    }
    return _written(document).encode()


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


def _meta(last_serial: int) -> dict[str, object]:
    return {"api-version": API_VERSION, "_last-serial": last_serial}


def _written(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
