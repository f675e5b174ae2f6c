"""A release in the devpi client's words: the core metadata, and links to what belongs to it."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from mypi.protocols.devpi import addresses
from mypi.registry.project_records import RecordedFile, RecordedRelease
from mypi.standards import names
from mypi.standards.core_metadata import CoreMetadata

OTHER_NAMES = {"provides_extra": "provides_extras", "license_files": "license_file"}
"""Fields that devpi's JSON calls otherwise than core metadata does."""


def as_json(full_name: str, same: list[RecordedRelease]) -> dict[str, Any]:
    """Return a release of an index with its links; behind the nearest stand those of bases that it hides."""
    nearest, *hidden = (_metadata(release) | {"+links": links(full_name, release)} for release in same)
    return nearest | ({"+shadowing": hidden} if hidden else {})


def links(full_name: str, release: RecordedRelease) -> list[dict[str, Any]]:
    """Return the links of a release: its files, what tests of them told, its documentation."""
    found = [_file_link(full_name, file) for file in release.files]
    found += [_result_link(full_name, file, sha256) for file in release.files for sha256 in file.results]
    if release.documentation_sha256:
        project = names.normalize(release.core_metadata.name)
        found.append({"rel": "doczip", "href": addresses.documentation(full_name, project, release.version)})
    return found


def _metadata(release: RecordedRelease) -> dict[str, Any]:
    metadata = release.core_metadata
    said = {OTHER_NAMES.get(field.name, field.name): _plain(metadata, field.name) for field in fields(metadata)}
    return {key: value for key, value in said.items() if value} | {"name": metadata.name, "version": release.version}


def _plain(metadata: CoreMetadata, name: str) -> Any:
    value = getattr(metadata, name)
    if name == "project_urls":
        return [f"{label}, {url}" for label, url in value]
    return list(value) if isinstance(value, tuple) else value


def _file_link(full_name: str, file: RecordedFile) -> dict[str, Any]:
    return {
        "rel": "releasefile",
        "href": addresses.file(full_name, file.sha256, file.filename),
        "hash_spec": f"sha256={file.sha256}",
        "hashes": {"sha256": file.sha256, "md5": file.md5},
        "log": [{"what": "upload", "who": file.uploaded_by, "when": _moment(file.uploaded_at), "dst": full_name}],
    }


def _result_link(full_name: str, file: RecordedFile, sha256: str) -> dict[str, Any]:
    # The client compares to the letter which file a result is of.
    return {
        "rel": "toxresult",
        "href": addresses.result(full_name, file.filename, sha256),
        "for_href": addresses.file(full_name, file.sha256, file.filename),
        "hash_spec": f"sha256={sha256}",
        "hashes": {"sha256": sha256},
    }


def _moment(time: datetime) -> list[int]:
    return list(time.timetuple()[:6])
