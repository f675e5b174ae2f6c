"""What people look at: a project with one of its releases, that release's files, and what the actor may do to them.

Answered from one snapshot as frozen facts, to those only who may read the project.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from mypi.database import db, reading
from mypi.errors import (
    FileDamaged,
    FileGone,
    FileWithheld,
    InvalidFilename,
    InvalidProjectName,
    InvalidVersion,
    NoSuchFile,
    NoSuchProject,
    NoSuchRelease,
    UnsupportedFileType,
)
from mypi.registry import browsing, files, permissions, projects, releases
from mypi.registry.actors import Actor
from mypi.registry.browsing import IndexFacts
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import filenames, names, versions
from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import FileType
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus

GOVERNING = (Right.YANK, Right.DELETE, Right.MANAGE)
_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


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


@dataclass(frozen=True)
class ReleasePage:
    """One release with what its first file says of it."""

    facts: ReleaseFacts
    core_metadata: CoreMetadata
    description_html: str
    files: tuple[FileFacts, ...]


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
        index, project = entered(actor, full_name, name)
        listed = _releases(project)
        version = version or project.newest_version
        return ProjectPage(
            index=browsing.facts(index),
            display_name=project.display_name,
            normalized_name=project.normalized_name,
            status=project.project_status,
            status_reason=project.status_reason,
            newest_version=project.newest_version,
            changed_at=project.changed_at,
            serial=project.serial,
            releases=listed,
            release=_release_page(project, version, listed) if version else None,
            rights=_rights(actor, index, project.normalized_name),
        )


def file_address(actor: Actor, full_name: str, name: str, filename: str) -> FileAddress:
    """Return where a file of a project is, by its name.

    Raises LoginRequired, NoSuchIndex, NoSuchProject, NoSuchFile, FileGone, FileWithheld, FileDamaged.
    """
    with reading():
        index, project = entered(actor, full_name, name)
        missing = NoSuchFile(filename=filename, index=full_name)
        try:
            filenames.parse(filename)
        except (InvalidFilename, UnsupportedFileType) as error:
            raise missing from error
        file = files.find(index, filename)
        if file is None:
            raise FileGone(filename=filename) if files.was_deleted(index, filename) else missing
        if db.session.get(Release, file.release_id).project_id != project.id:
            raise missing
        if not project.project_status.offers_files:
            raise FileWithheld(filename=filename, project=project.display_name)
        if file.damaged:
            raise FileDamaged(filename=filename)
        return FileAddress(file.sha256, file.filename)


def entered(actor: Actor, full_name: str, name: str) -> tuple[Index, Project]:
    """Return the index and the project in it, of a name however it is spelt, to an actor who may read it.

    Raises LoginRequired, NoSuchIndex, NoSuchProject.
    """
    try:
        normalized = names.normalize(name)
    except InvalidProjectName as error:
        index = permissions.enter_some(actor, full_name, Right.READ)
        raise NoSuchProject(project=name, index=index.full_name) from error
    index = permissions.enter(actor, full_name, Right.READ, normalized)
    return index, projects.get(index, name)


def _rights(actor: Actor, index: Index, project: NormalizedName) -> frozenset[Right]:
    if actor.is_anonymous:
        return frozenset()
    return frozenset(right for right in GOVERNING if permissions.allows(actor, right, index, project))


def _releases(project: Project) -> tuple[ReleaseFacts, ...]:
    counted = select(_file.release_id, func.count()).join(_release, _release.id == _file.release_id)
    counts = dict(db.session.execute(counted.where(_release.project_id == project.id).group_by(_file.release_id)).all())
    return tuple(
        ReleaseFacts(
            version=release.version,
            is_prerelease=versions.parse(release.version).is_prerelease,
            yanked=release.yanked,
            yanked_reason=release.yanked_reason,
            created_at=release.created_at,
            files=counts.get(release.id, 0),
        )
        for release in releases.of_project(project)
    )


def _release_page(project: Project, version: str, listed: tuple[ReleaseFacts, ...]) -> ReleasePage:
    try:
        identity = versions.identity(version)
    except InvalidVersion as error:
        raise NoSuchRelease(project=project.display_name, version=version) from error
    wanted = select(_release).options(undefer(_release.core_metadata_json), undefer(_release.description_html))
    wanted = wanted.where(_release.project_id == project.id, _release.version_identity == identity)
    # The list of releases has loaded the row without its long columns.
    release = db.session.scalar(wanted.execution_options(populate_existing=True))
    if release is None:
        raise NoSuchRelease(project=project.display_name, version=version)
    return ReleasePage(
        facts=next(facts for facts in listed if facts.version == release.version),
        core_metadata=release.core_metadata,
        description_html=release.description_html,
        files=tuple(_file_facts(file) for file in files.of_release(release)),
    )


def _file_facts(file: File) -> FileFacts:
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
    )
