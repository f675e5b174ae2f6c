"""What programs are told of a project and one of its releases: the facts of the JSON API, to those who may read it.

Answered from one snapshot; the files, however many, by one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.errors import InvalidVersion, NoReleases, NoSuchRelease
from mypi.registry import ownership, project_view, releases
from mypi.registry.actors import Actor
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import versions
from mypi.standards.filenames import FileType
from mypi.standards.names import NormalizedName
from mypi.standards.project_json import DescribedProject, ReleasedFile

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


@dataclass(frozen=True)
class Standing:
    """What decides everything that is told of a project: as long as it is the same, so is the answer."""

    index: str
    project: NormalizedName
    serial: int
    owners: tuple[str, ...]


def describe(
    actor: Actor, full_name: str, name: str, version: str, *, unless: Callable[[Standing], bool]
) -> tuple[Standing, DescribedProject | None]:
    """Return a project with all its files and its newest release; with a version that release and its files alone.

    Nothing but its standing is read when `unless` says of it that this is enough. Raises LoginRequired, NoSuchIndex,
    NoSuchProject, NoSuchRelease, NoReleases.
    """
    with reading():
        index, project = project_view.entered(actor, full_name, name)
        owners = _known_owners(actor, index, project)
        standing = Standing(index.full_name, project.normalized_name, project.serial, owners)
        if unless(standing):
            return standing, None
        return standing, _described(project, version, owners)


def _known_owners(actor: Actor, index: Index, project: Project) -> tuple[str, ...]:
    # What is told of a public index is the same for everyone, and the names of accounts are not everyone's business.
    if index.is_public or actor.is_anonymous:
        return ()
    return ownership.owners(index, project.normalized_name)


def _described(project: Project, version: str, owners: tuple[str, ...]) -> DescribedProject:
    if not project.newest_version:
        raise NoReleases(project=project.display_name)
    release = _release_of(project, version or project.newest_version)
    return DescribedProject(
        name=project.display_name,
        normalized_name=project.normalized_name,
        version=release.version,
        yanked=release.yanked,
        yanked_reason=release.yanked_reason,
        core_metadata=release.core_metadata,
        versions=None if version else releases.versions_of(project),
        files=_files(project, release if version else None),
        owners=owners,
        last_serial=project.serial,
    )


def _release_of(project: Project, version: str) -> Release:
    missing = NoSuchRelease(project=project.display_name, version=version)
    try:
        identity = versions.identity(version)
    except InvalidVersion as error:
        raise missing from error
    wanted = select(_release).options(undefer(_release.core_metadata_json))
    wanted = wanted.where(_release.project_id == project.id, _release.version_identity == identity)
    release: Release | None = db.session.scalar(wanted.execution_options(populate_existing=True))
    if release is None:
        raise missing
    return release


def _files(project: Project, release: Release | None) -> tuple[ReleasedFile, ...]:
    """Return the files that are offered, of one release or of all, by name."""
    if not project.project_status.offers_files:
        return ()
    wanted = select(
        _release.version,
        _file.filename,
        _file.file_type,
        _file.python_version,
        _file.size,
        _file.md5,
        _file.sha256,
        _file.blake2b_256,
        _file.metadata_sha256,
        _file.requires_python,
        _file.comment,
        _file.yanked,
        _file.yanked_reason,
        _file.uploaded_at,
        _file.signature_sha256,
        _release.yanked.label("release_yanked"),
        _release.yanked_reason.label("release_yanked_reason"),
    ).join(_release, _release.id == _file.release_id)
    wanted = wanted.where(_release.id == release.id if release else _release.project_id == project.id)
    rows = db.session.execute(wanted.where(_file.damaged.is_(False)))
    return tuple(sorted(map(_released, rows), key=lambda file: file.filename))


def _released(row: Any) -> ReleasedFile:
    return ReleasedFile(
        version=row.version,
        filename=row.filename,
        file_type=FileType(row.file_type),
        python_version=row.python_version,
        size=row.size,
        md5=row.md5,
        sha256=row.sha256,
        blake2b_256=row.blake2b_256,
        metadata_sha256=row.metadata_sha256,
        requires_python=row.requires_python,
        comment=row.comment,
        yanked=row.yanked or row.release_yanked,
        yanked_reason=row.yanked_reason or row.release_yanked_reason,
        upload_time=row.uploaded_at,
        has_signature=row.signature_sha256 is not None,
    )
