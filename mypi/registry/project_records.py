"""What is recorded of a project, release by release: what its files say of it, who uploaded each file, and when.

For those who may read the project in this index; who uploaded is told to whoever is logged in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.registry import documentation, permissions, projects, results
from mypi.registry.actors import Actor
from mypi.registry.files import File
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import names, versions
from mypi.standards.core_metadata import CoreMetadata

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


@dataclass(frozen=True)
class RecordedFile:
    """A file that is offered; `uploaded_by` is empty for who may not know names of accounts."""

    filename: str
    sha256: str
    md5: str
    uploaded_at: datetime
    uploaded_by: str
    results: tuple[str, ...]
    """The sha256 of each result of tests that were run on it, the oldest first."""


@dataclass(frozen=True)
class RecordedRelease:
    """A release of a project in one index."""

    version: str
    core_metadata: CoreMetadata
    files: tuple[RecordedFile, ...]
    documentation_sha256: str
    """Empty where it has none."""


def of_project(actor: Actor, full_name: str, name: str) -> list[RecordedRelease]:
    """Return the releases of a project, the newest first.

    Raises InvalidProjectName, LoginRequired, NoSuchIndex, NoSuchProject.
    """
    with reading():
        index = permissions.enter(actor, full_name, Right.READ, names.normalize(name))
        return of(actor, projects.get(index, name))


def of(actor: Actor, project: Project) -> list[RecordedRelease]:
    """Return the releases of a project that the actor was found to be allowed to read."""
    wanted = select(_release).options(undefer(_release.core_metadata_json)).where(_release.project_id == project.id)
    found = db.session.scalars(wanted.execution_options(populate_existing=True))
    of_release = _files(actor, project)
    documented = documentation.of_project(project)
    recorded = [
        RecordedRelease(
            release.version,
            release.core_metadata,
            tuple(of_release.get(release.id, ())),
            documented.get(release.version, ""),
        )
        for release in found
    ]
    return sorted(recorded, key=lambda release: versions.order(release.version), reverse=True)


def _files(actor: Actor, project: Project) -> dict[int, list[RecordedFile]]:
    if not project.project_status.offers_files:
        return {}
    wanted = select(_file).join(_release, _release.id == _file.release_id)
    wanted = wanted.where(_release.project_id == project.id, _file.damaged.is_(False)).order_by(_file.filename)
    listed: dict[int, list[RecordedFile]] = {}
    found = list(db.session.scalars(wanted))
    tested = results.of_files([file.id for file in found])
    for file in found:
        who = "" if actor.is_anonymous else file.uploaded_by
        sha256s = tuple(result.sha256 for result in tested.get(file.id, ()))
        recorded = RecordedFile(file.filename, file.sha256, file.md5, file.uploaded_at, who, sha256s)
        listed.setdefault(file.release_id, []).append(recorded)
    return listed
