"""What is recorded of a project, release by release: what its files say of it, who uploaded each file, and when.

For those who may read the project in this index; who uploaded is told to whoever is logged in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.errors import NoSuchProject
from mypi.registry import bases, documentation, permissions, projects, results
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


def of_project(actor: Actor, full_name: str, name: str, *, own: bool) -> list[list[RecordedRelease]]:
    """Return the releases of a project that an index shows, or of its own, the newest first.

    Of each version the nearest comes first, and then those of the bases that it hides. Raises InvalidProjectName,
    LoginRequired, NoSuchIndex, NoSuchProject.
    """
    normalized = names.normalize(name)
    with reading():
        index = permissions.enter(actor, full_name, Right.READ, normalized)
        order = [index] if own else bases.asked(index)
        found = [project for one in order if (project := projects.find(one, normalized))]
        if not found:
            raise NoSuchProject(project=name, index=full_name)
        # The nearest project decides whether any file is offered.
        offered = found[0].project_status.offers_files
        by_version: dict[str, list[RecordedRelease]] = {}
        for project in found:
            for release in of(actor, project, offered=offered):
                by_version.setdefault(versions.identity(release.version), []).append(release)
        return sorted(by_version.values(), key=lambda same: versions.order(same[0].version), reverse=True)


def of(actor: Actor, project: Project, *, offered: bool) -> list[RecordedRelease]:
    """Return the releases of a project that the actor was found to be allowed to read."""
    wanted = select(_release).options(undefer(_release.core_metadata_json)).where(_release.project_id == project.id)
    found = db.session.scalars(wanted.execution_options(populate_existing=True))
    of_release = _files(actor, project) if offered else {}
    documented = documentation.of_project(project)
    return [
        RecordedRelease(
            release.version,
            release.core_metadata,
            tuple(of_release.get(release.id, ())),
            documented.get(release.version, ""),
        )
        for release in found
    ]


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
