"""What an index answers: which projects it has, and which files of a project. It asks nobody's permission.

Everything is read in one snapshot and returned as frozen facts, so that nothing waits for the rendering.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, desc, or_, select

from mypi.database import db
from mypi.errors import (
    Failure,
    FileDamaged,
    FileGone,
    FileWithheld,
    InvalidFilename,
    InvalidVersion,
    NoProvenance,
    NoSuchFile,
    PagesMissing,
    UnsupportedFileType,
)
from mypi.registry import files, projects, releases
from mypi.registry.events import Event, EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import filenames, versions
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from mypi.standards.sidecars import Sidecar

CHANGES_OF_FILES = frozenset(
    {
        EventKind.FILE_UPLOADED,
        EventKind.FILE_YANKED,
        EventKind.FILE_UNYANKED,
        EventKind.RELEASE_YANKED,
        EventKind.RELEASE_UNYANKED,
    }
)
"""After these a project has the files and releases that it had, and those that the events name."""


@dataclass(frozen=True)
class ListedFile:
    """A file as the index offers it; yanked when it is itself, or when its release is."""

    filename: str
    version: str
    sha256: str
    size: int
    upload_time: datetime
    requires_python: str
    metadata_sha256: str | None
    provenance_sha256: str | None
    signature_sha256: str | None
    yanked: bool
    yanked_reason: str

    @property
    def sidecars(self) -> dict[Sidecar, str | None]:
        """The digest of what is served beside it."""
        return files.sidecars(self.metadata_sha256, self.provenance_sha256, self.signature_sha256)


@dataclass(frozen=True)
class ListedProject:
    """A project as the index offers it: its files by version, and what its owners say of it."""

    normalized_name: NormalizedName
    files: tuple[ListedFile, ...]
    withheld: tuple[ListedFile, ...]
    """Files that are there and not offered: of a quarantined project, or damaged."""
    versions: tuple[str, ...]
    status: ProjectStatus
    status_reason: str
    serial: int
    changed_at: datetime


@dataclass(frozen=True)
class ProjectName:
    """A line in the list of projects."""

    display_name: str
    normalized_name: NormalizedName
    serial: int


_NAMES = select(Project.display_name, Project.normalized_name, Project.serial)
_NAMES = _NAMES.where(Project.index_id == bindparam("index"))
_NAMES_AMONG = _NAMES.where(Project.normalized_name.in_(bindparam("among", expanding=True)))  # type: ignore[attr-defined]


def project_names(index: Index, among: Collection[str] | None = None) -> tuple[ProjectName, ...]:
    """Return all projects of the index by normalized name, or those that are there of a few."""
    if among is None:
        rows = db.session.execute(_NAMES, {"index": index.id})
    else:
        rows = db.session.execute(_NAMES_AMONG, {"index": index.id, "among": list(among)})
    # Sorted here: the databases' own orders differ by collation, and the list is the same on each.
    return tuple(sorted((ProjectName(*row) for row in rows), key=lambda project: project.normalized_name))


@dataclass(frozen=True)
class Changes:
    """What happened in an index after a serial: the newest event of it, and the projects that events are about."""

    serial: int
    changed_at: datetime
    projects: frozenset[str]


_EVENTS = select(Event.serial, Event.time, Event.project).where(Event.index_name == bindparam("index"))
_EVENTS_SINCE = _EVENTS.where(Event.serial > bindparam("serial")).order_by(Event.serial)


def changes(index: Index, since: int) -> Changes:
    """Return what happened in an index after a serial; the creation of the index is the serial 0."""
    happened = db.session.execute(_EVENTS_SINCE, {"index": index.full_name, "serial": since}).all()
    serial, changed_at = happened[-1][:2] if happened else (0, index.created_at)
    return Changes(serial, changed_at, frozenset(project for _, _, project in happened if project))


def last_change(index: Index) -> tuple[int, datetime]:
    """Return serial and time of the newest event of the index; of its creation when there is no other."""
    wanted = select(Event.serial, Event.time).where(Event.index_name == index.full_name)
    newest = db.session.execute(wanted.order_by(desc(Event.serial)).limit(1)).first()
    return tuple(newest) if newest else (0, index.created_at)


def project(index: Index, name: NormalizedName) -> ListedProject | None:
    """Return the project with its files, the newest version last, or None when the index has none of this name."""
    found = projects.find(index, name)
    return _listed(found, _files(_FILES, project=found.id), releases.versions_of(found)) if found else None


_DONE = select(Event.kind, Event.filename, Event.version).where(
    Event.index_name == bindparam("index"), Event.project == bindparam("project"), Event.serial > bindparam("serial")
)


def project_changes(index: Index, name: NormalizedName, since: int) -> ListedProject | None:
    """Return the project as `project` does, but of its files and versions only those that changed after a serial.

    None when more may have changed: then it has to be read whole.
    """
    found = projects.find(index, name)
    if found is None:
        return None
    happened = db.session.execute(_DONE, {"index": index.full_name, "project": name, "serial": since}).all()
    if not {kind for kind, _, _ in happened} <= CHANGES_OF_FILES:
        return None
    filenames = {filename for _, filename, _ in happened if filename}
    of_releases = {version for _, filename, version in happened if not filename}
    files = _files(_FILES_AMONG, project=found.id, filenames=list(filenames), releases=list(of_releases))
    if filenames - {file.filename for file, _ in files}:
        return None
    return _listed(found, files, tuple({file.version for file, _ in files}))


def _listed(found: Project, files: list[tuple[ListedFile, bool]], versions: tuple[str, ...]) -> ListedProject:
    offered = found.project_status.offers_files
    return ListedProject(
        normalized_name=found.normalized_name,
        files=tuple(file for file, damaged in files if offered and not damaged),
        withheld=tuple(file for file, damaged in files if not offered or damaged),
        versions=versions,
        status=found.project_status,
        status_reason=found.status_reason,
        serial=found.serial,
        changed_at=found.changed_at,
    )


def why_missing(index: Index, digits: str, filename: str, sidecar: Sidecar | None) -> Failure:
    """Return why a file with these digits of its sha256, or what was asked for beside it, is not offered.

    FileGone, FileWithheld, FileDamaged, NoSuchFile, or a page not yet rendered.
    """
    try:
        filenames.parse(filename)
    except (InvalidFilename, UnsupportedFileType):
        return NoSuchFile(filename=filename, index=index.full_name)
    file = files.find(index, filename)
    if file is None and files.was_deleted(index, filename):
        return FileGone(filename=filename)
    if file is None or not file.sha256.startswith(digits) or (sidecar and not file.sidecars[sidecar]):
        return NoSuchFile(filename=filename, index=index.full_name)
    if file.damaged:
        return FileDamaged(filename=filename)
    project = db.session.get(Project, db.session.get(Release, file.release_id).project_id)
    if not project.project_status.offers_files:
        return FileWithheld(filename=filename, project=project.display_name)
    return PagesMissing()


def attested_file(index: Index, project: NormalizedName, version: str, filename: str) -> str:
    """Return the sha256 of a file of this project and version that is offered and has provenance.

    Raises NoSuchFile, FileDamaged, FileWithheld, NoProvenance.
    """
    file = files.find(index, filename)
    if file is None or project_name_of(index, filename) != project or not _is_of(file, version):
        raise NoSuchFile(filename=filename, index=index.full_name)
    withheld = why_missing(index, file.sha256, filename, None)
    if not isinstance(withheld, PagesMissing):
        raise withheld
    if not file.provenance_sha256:
        raise NoProvenance(filename=filename, index=index.full_name)
    return file.sha256


def _is_of(file: File, version: str) -> bool:
    try:
        return versions.identity(db.session.get(Release, file.release_id).version) == versions.identity(version)
    except InvalidVersion:
        return False


def project_name_of(index: Index, filename: str) -> NormalizedName | None:
    """Return the project that a file belongs to, or None when the index has no such file."""
    wanted = (
        select(Project.normalized_name)
        .join(Release, Release.project_id == Project.id)
        .join(File, File.release_id == Release.id)
        .where(File.index_id == index.id, File.filename == filename)
    )
    name: NormalizedName | None = db.session.scalar(wanted)
    return name


def offered_with(sha256: str) -> list[tuple[Index, ListedFile]]:
    """Return each file with these bytes that an index offers."""
    return [
        (db.session.get(Index, found.index_id), file)
        for found in db.session.scalars(_PROJECTS_WITH, {"sha256": sha256})
        if found.project_status.offers_files
        for file, damaged in _files(_FILES_WITH, project=found.id, sha256=sha256)
        if not damaged
    ]


def offers(index: Index, filename: str, sha256: str) -> bool:
    """Return whether the index has a file of this name with these bytes."""
    wanted = select(File.id).where(File.index_id == index.id, File.filename == filename, File.sha256 == sha256)
    return db.session.scalar(wanted) is not None


_FILES = (
    select(
        File.filename,
        Release.version,
        File.sha256,
        File.size,
        File.uploaded_at,
        File.requires_python,
        File.metadata_sha256,
        File.provenance_sha256,
        File.signature_sha256,
        File.yanked,
        File.yanked_reason,
        Release.yanked,
        Release.yanked_reason,
        File.damaged,
    )
    .join(Release, Release.id == File.release_id)
    .where(Release.project_id == bindparam("project"))
)
_FILES_AMONG = _FILES.where(
    or_(
        File.filename.in_(bindparam("filenames", expanding=True)),  # type: ignore[attr-defined]
        Release.version.in_(bindparam("releases", expanding=True)),  # type: ignore[attr-defined]
    )
)


_FILES_WITH = _FILES.where(File.sha256 == bindparam("sha256"))
_PROJECTS_WITH = select(Project).join(Release, Release.project_id == Project.id)
_PROJECTS_WITH = _PROJECTS_WITH.join(File, File.release_id == Release.id).where(File.sha256 == bindparam("sha256"))


def _files(wanted: object, **sought: object) -> list[tuple[ListedFile, bool]]:
    listed = []
    for *facts, yanked, reason, release_yanked, release_reason, damaged in db.session.execute(wanted, sought):
        facts += [yanked or release_yanked, reason or release_reason]
        listed.append((ListedFile(*facts), damaged))
    return sorted(listed, key=lambda row: (versions.order(row[0].version), row[0].filename))
