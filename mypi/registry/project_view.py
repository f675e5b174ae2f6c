"""What people look at: a project with one of its releases, that release's files, and what the actor may do to them.

Answered from one snapshot as frozen facts, to those only who may read the project.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.errors import InvalidProjectName, NoSuchFile, NoSuchProject, PagesMissing
from mypi.registry import browsing, file_view, index_view, indexes, permissions, shown_releases
from mypi.registry.actors import Actor
from mypi.registry.browsing import IndexFacts
from mypi.registry.files import File
from mypi.registry.index_view import Shown
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.releases import Release
from mypi.standards import names, versions
from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import FileType
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus

GOVERNING = (Right.YANK, Right.DELETE, Right.MANAGE)
_release: Any = Release  # its columns; SQLAlchemy 1.4 brings no types


@dataclass(frozen=True)
class ReleaseFacts:
    """A line in the list of releases."""

    version: str
    is_prerelease: bool
    yanked: bool
    yanked_reason: str
    created_at: datetime
    files: int


@dataclass(frozen=True)
class FileFacts:
    """A distribution file as its page shows it."""

    filename: str
    file_type: FileType
    python_version: str
    requires_python: str
    size: int
    sha256: str
    md5: str
    blake2b_256: str
    comment: str
    yanked: bool
    """Whether it is yanked by itself; a yanked release yanks its files without this mark."""
    yanked_reason: str
    damaged: bool
    uploaded_at: datetime
    uploaded_by: str
    attested: bool
    """Whether there is provenance of it."""
    signed: bool
    origin: str = ""
    """The base that it is from; empty for a file of this very index."""


@dataclass(frozen=True)
class ReleasePage:
    """One release with what its first file says of it."""

    facts: ReleaseFacts
    core_metadata: CoreMetadata
    description_html: str
    files: tuple[FileFacts, ...]
    is_own: bool = True
    """Whether the release is in this very index."""
    may_be_promoted: bool = False
    """Whether the actor may upload this project to another index, too."""


@dataclass(frozen=True)
class ProjectPage:
    """A project, all its releases by line, and one of them in full: None as long as it has none."""

    index: IndexFacts
    display_name: str
    normalized_name: NormalizedName
    status: ProjectStatus
    status_reason: str
    newest_version: str
    changed_at: datetime
    serial: int
    releases: tuple[ReleaseFacts, ...]
    release: ReleasePage | None
    rights: frozenset[Right]
    """What the actor may do beyond reading."""


@dataclass(frozen=True)
class FileAddress:
    """What the lasting URL of a file is made of."""

    sha256: str
    filename: str


def project_page(actor: Actor, full_name: str, name: str, version: str = "") -> ProjectPage:
    """Return a project with the release of this version, without one with its newest.

    Raises LoginRequired, NoSuchIndex, NoSuchProject, NoSuchRelease.
    """
    with reading():
        index, found = entered(actor, full_name, name)
        nearest, newest = shown_releases.nearest_owner(found), shown_releases.newest_version(found)
        listed = _releases(found)
        version = version or newest
        return ProjectPage(
            index=browsing.facts(index),
            display_name=nearest.display_name,
            normalized_name=found.name,
            status=nearest.project_status,
            status_reason=nearest.status_reason,
            newest_version=newest,
            changed_at=found.changed_at,
            serial=found.serial,
            releases=listed,
            release=_release_page(actor, index, found, version, listed) if version else None,
            rights=_rights(actor, index, found.name) if nearest.index_id == index.id else frozenset(),
        )


def file_address(actor: Actor, full_name: str, name: str, filename: str) -> FileAddress:
    """Return where a file of a project is, by its name.

    Raises LoginRequired, NoSuchIndex, NoSuchProject, NoSuchFile, FileGone, FileWithheld, FileDamaged.
    """
    with reading():
        index, found = entered(actor, full_name, name)
        file = file_view.find(index, filename) if filename.isprintable() else None
        if file and file_view.project_of(file).normalized_name != found.name:
            raise NoSuchFile(filename=filename, index=full_name)
        failure = file_view.why_missing(index, file.sha256 if file else "", filename, None)
        if file is None or not isinstance(failure, PagesMissing):
            raise failure
        return FileAddress(file.sha256, file.filename)


def entered(actor: Actor, full_name: str, name: str) -> tuple[Index, Shown]:
    """Return the index and what it shows of a project, of a name however it is spelt, to an actor who may read it.

    Raises LoginRequired, NoSuchIndex, NoSuchProject.
    """
    try:
        normalized = names.normalize(name)
    except InvalidProjectName as error:
        index = permissions.enter_some(actor, full_name, Right.READ)
        raise NoSuchProject(project=name, index=index.full_name) from error
    index = permissions.enter(actor, full_name, Right.READ, normalized)
    if found := index_view.shown([index], normalized).get(index.full_name):
        return index, found
    raise NoSuchProject(project=name, index=index.full_name)


def _rights(actor: Actor, index: Index, project: NormalizedName) -> frozenset[Right]:
    if actor.is_anonymous:
        return frozenset()
    return frozenset(right for right in GOVERNING if permissions.allows(actor, right, index, project))


def _releases(found: Shown) -> tuple[ReleaseFacts, ...]:
    counts = shown_releases.counts(found)
    return tuple(
        ReleaseFacts(
            version=release.version,
            is_prerelease=versions.parse(release.version).is_prerelease,
            yanked=release.yanked,
            yanked_reason=release.yanked_reason,
            created_at=release.created_at,
            files=counts[release.version_identity],
        )
        for release in shown_releases.of(found)
    )


def _release_page(
    actor: Actor, index: Index, found: Shown, version: str, listed: tuple[ReleaseFacts, ...]
) -> ReleasePage:
    long_columns = undefer(_release.core_metadata_json), undefer(_release.description_html)
    release = shown_releases.get(found, version, *long_columns)
    own = {owner.id for owner in found.projects if owner.index_id == index.id}
    return ReleasePage(
        facts=next(facts for facts in listed if facts.version == release.version),
        core_metadata=release.core_metadata,
        description_html=release.description_html,
        files=tuple(_file_facts(file, _origin(actor, index, file)) for file in shown_releases.files_of(found, release)),
        is_own=release.project_id in own,
        may_be_promoted=release.project_id in own and _uploads_elsewhere(actor, index, found.name),
    )


def _uploads_elsewhere(actor: Actor, index: Index, project: NormalizedName) -> bool:
    return not actor.is_anonymous and any(
        permissions.allows(actor, Right.UPLOAD, other, project)
        for other in indexes.everything()
        if other.id != index.id and not other.is_mirror
    )


def _origin(actor: Actor, index: Index, file: File) -> str:
    """Return the name of the base that a file is from, as far as the actor may know it; '' for a file of the index."""
    if file.index_id == index.id:
        return ""
    base: str = db.session.get(Index, file.index_id).full_name
    return base if permissions.may_know(actor, base) else "another index"


def _file_facts(file: File, origin: str) -> FileFacts:
    return FileFacts(
        filename=file.filename,
        file_type=FileType(file.file_type),
        python_version=file.python_version,
        requires_python=file.requires_python,
        size=file.size,
        sha256=file.sha256,
        md5=file.md5,
        blake2b_256=file.blake2b_256,
        comment=file.comment,
        yanked=file.yanked,
        yanked_reason=file.yanked_reason,
        damaged=file.damaged,
        uploaded_at=file.uploaded_at,
        uploaded_by=file.uploaded_by,
        attested=file.provenance_sha256 is not None,
        signed=file.signature_sha256 is not None,
        origin=origin,
    )
