"""Writes what an index knows of a project and one of its releases as the JSON API of PyPI has it. Asks nobody anything.

No standard describes it: keys and types are those that bandersnatch, Poetry and scripts read. The bytes are ASCII, so
that whatever somebody wrote into their metadata can be written.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import FileType
from mypi.standards.names import NormalizedName

UNCOUNTED = -1
"""Downloads: PyPI stopped to count them in this place and left the keys."""


@dataclass(frozen=True, slots=True)
class ReleasedFile:
    """A file that is offered, and the release that it is of."""

    version: str
    filename: str
    file_type: FileType
    python_version: str
    size: int
    md5: str
    sha256: str
    blake2b_256: str
    metadata_sha256: str | None
    requires_python: str
    comment: str
    yanked: bool
    yanked_reason: str
    upload_time: datetime
    """In UTC, aware of it."""
    has_signature: bool
    """Whether `<url>.asc` is served."""


@dataclass(frozen=True, slots=True)
class DescribedProject:
    """A project, and the one release that `info` and `urls` are of."""

    name: str
    """As its owners spell it."""
    normalized_name: NormalizedName
    version: str
    yanked: bool
    yanked_reason: str
    core_metadata: CoreMetadata
    versions: tuple[str, ...] | None
    """Every version, the oldest first; None where only one release was asked for."""
    files: tuple[ReleasedFile, ...]
    """Of all these versions, or of the one release."""
    owners: tuple[str, ...]
    last_serial: int


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are, as whole addresses: of the project's page, of its release's page, and of each file."""

    project: str
    release: str
    file: Callable[[ReleasedFile], str]


def document(project: DescribedProject, addresses: Addresses) -> bytes:
    """Return the JSON of a project; `releases` is there only where all versions were asked for, as on PyPI."""
    by_version: dict[str, list[dict[str, object]]] = {version: [] for version in project.versions or [project.version]}
    for file in project.files:
        by_version[file.version].append(_file(file, addresses.file(file)))
    value: dict[str, object] = {
        "info": _info(project, addresses),
        "last_serial": project.last_serial,
        "ownership": {"organization": None, "roles": [{"role": "Owner", "user": name} for name in project.owners]},
        "urls": by_version[project.version],
        "vulnerabilities": [],
    }
    if project.versions is not None:
        value["releases"] = by_version
    return json.dumps(value, separators=(",", ":"), sort_keys=False).encode("ascii")


def sizes(largest: Mapping[str, int], total: int) -> bytes:
    """Return the JSON of how many bytes the largest projects have, and all."""
    value = {"top_packages": {name: {"size": size} for name, size in largest.items()}, "total_packages_size": total}
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _info(project: DescribedProject, addresses: Addresses) -> dict[str, object]:
    said = project.core_metadata
    yanked, reason = _yanked(project)
    return {
        "author": said.author,
        "author_email": said.author_email,
        "bugtrack_url": None,
        "classifiers": list(said.classifiers),
        "description": said.description,
        "description_content_type": said.description_content_type or None,
        "docs_url": None,
        "download_url": said.download_url,
        "downloads": {"last_day": UNCOUNTED, "last_month": UNCOUNTED, "last_week": UNCOUNTED},
        "dynamic": _list(said.dynamic),
        "home_page": said.home_page,
        "keywords": ",".join(said.keywords),
        "license": said.license,
        "license_expression": said.license_expression or None,
        "license_files": _list(said.license_files),
        "maintainer": said.maintainer,
        "maintainer_email": said.maintainer_email,
        "name": project.name,
        "package_url": addresses.project,
        "platform": ",".join(said.platforms),
        "project_url": addresses.project,
        "project_urls": dict(said.project_urls) or None,
        "provides_extra": _list(said.provides_extra),
        "release_url": addresses.release,
        "requires_dist": _list(said.requires_dist),
        "requires_python": said.requires_python or None,
        "summary": said.summary,
        "version": project.version,
        "yanked": yanked,
        "yanked_reason": reason or None,
    }


def _yanked(project: DescribedProject) -> tuple[bool, str]:
    """Return whether the release is yanked, by itself or because each of its files is, and why."""
    of_release = [file for file in project.files if file.version == project.version]
    if project.yanked or not of_release:
        return project.yanked, project.yanked_reason
    reasons = [file.yanked_reason for file in of_release if file.yanked_reason]
    yanked = all(file.yanked for file in of_release)
    return yanked, reasons[0] if yanked and reasons else ""


def _file(file: ReleasedFile, url: str) -> dict[str, object]:
    uploaded = file.upload_time.astimezone(UTC).replace(tzinfo=None)
    return {
        "comment_text": file.comment,
        "core-metadata": {"sha256": file.metadata_sha256} if file.metadata_sha256 else False,
        "digests": {"blake2b_256": file.blake2b_256, "md5": file.md5, "sha256": file.sha256},
        "downloads": UNCOUNTED,
        "filename": file.filename,
        "has_sig": file.has_signature,
        "md5_digest": file.md5,
        "packagetype": file.file_type.value,
        "python_version": file.python_version,
        "requires_python": file.requires_python or None,
        "size": file.size,
        "upload_time": uploaded.isoformat(timespec="seconds"),
        "upload_time_iso_8601": uploaded.isoformat(timespec="microseconds") + "Z",
        "url": url,
        "yanked": file.yanked,
        "yanked_reason": file.yanked_reason or None,
    }


def _list(values: Iterable[str]) -> list[str] | None:
    return list(values) or None
