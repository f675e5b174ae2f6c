"""What programs are told of a project and one of its releases: the facts of the JSON API, to those who may read it.

Answered from one snapshot; the files, however many, by one query.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.errors import NoReleases
from mypi.registry import ownership, project_view, shown_releases
from mypi.registry.actors import Actor
from mypi.registry.files import File
from mypi.registry.index_view import Shown
from mypi.registry.indexes import Index
from mypi.registry.releases import Release
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
        index, found = project_view.entered(actor, full_name, name)
        owners = _known_owners(actor, index, found.name)
        standing = Standing(index.full_name, found.name, found.serial, owners)
        if unless(standing):
            return standing, None
        return standing, _described(found, version, owners)


def _known_owners(actor: Actor, index: Index, project: NormalizedName) -> tuple[str, ...]:
    # What is told of a public index is the same for everyone, and the names of accounts are not everyone's business.
    if index.is_public or actor.is_anonymous:
        return ()
    return ownership.owners(index, project)


def _described(found: Shown, version: str, owners: tuple[str, ...]) -> DescribedProject:
    nearest, newest = shown_releases.nearest_owner(found), shown_releases.newest_version(found)
    if not newest:
        raise NoReleases(project=nearest.display_name)
    release = shown_releases.get(found, version or newest, undefer(_release.core_metadata_json))
    return DescribedProject(
        name=nearest.display_name,
        normalized_name=found.name,
        version=release.version,
        yanked=release.yanked,
        yanked_reason=release.yanked_reason,
        core_metadata=release.core_metadata,
        versions=None if version else tuple(one.version for one in reversed(shown_releases.of(found))),
        files=_files(found, release if version else None),
        owners=owners,
        last_serial=found.serial,
    )


def _files(found: Shown, release: Release | None) -> tuple[ReleasedFile, ...]:
    """Return the files that are offered, of one release or of all, by name."""
    offering = shown_releases.offering(found)
    wanted = select(
        _release.project_id,
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
        _file.damaged,
        _release.yanked.label("release_yanked"),
        _release.yanked_reason.label("release_yanked_reason"),
    ).join(_release, _release.id == _file.release_id)
    wanted = wanted.where(_release.project_id.in_([owner.id for owner in found.projects]))
    if release:
        wanted = wanted.where(_release.version_identity == release.version_identity)
    rows = shown_releases.nearest(found, db.session.execute(wanted))
    offered = (row for row in rows if row.project_id in offering and not row.damaged)
    return tuple(sorted(map(_released, offered), key=lambda file: file.filename))


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
