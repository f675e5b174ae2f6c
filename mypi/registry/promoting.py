"""The act of promoting releases: another index shows the same files, by reference, with what belongs to them.

Nothing is uploaded again: digests, upload times and what lies beside a file stay as they are. Documentation and results
of tests come along. All of the releases are promoted, or none.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import inspect, select
from sqlalchemy.orm import undefer

from mypi.database import db
from mypi.errors import FileDamaged, FilenameUsedBefore, FileWithheld, NoSuchFile, UploadsClosed
from mypi.registry import documentation, files, permissions, projects, registering, releases, results
from mypi.registry.actors import Actor
from mypi.registry.acts import Act, Registry, act
from mypi.registry.events import EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.registry.results import TestResult
from mypi.standards import names
from mypi.standards.filenames import FileType

OF_RELEASE = ("version", "version_identity", "yanked", "yanked_reason", "core_metadata_json", "description_html")
NOT_OF_FILE = {"id", "index_id", "release_id"}


@dataclass
class Promoted:
    """What of one release is in the target now that was not there before."""

    project: str
    version: str
    files: list[File] = field(default_factory=list)
    replaced: list[list[str]] = field(default_factory=list)
    """Filename and sha256 of what was there in place of such a file."""
    results: int = 0
    documentation: bool = False

    @property
    def is_something(self) -> bool:
        """Whether anything changed."""
        return bool(self.files or self.results or self.documentation)


def promote(
    registry: Registry,
    actor: Actor,
    project_name: str,
    wanted: Sequence[str],
    source: Index,
    target: Index,
    *,
    with_files: bool = True,
    with_documentation: bool = True,
) -> list[Promoted]:
    """Show releases of a project, by its name and version, of one index in another, too; return what is new there.

    Raises NoSuchProject, NoSuchRelease, NoSuchFile where a release has no file, FileExists, FilenameUsedBefore,
    SdistExists, FileWithheld, FileDamaged, UploadsClosed, NameTooSimilar, LoginRequired, PermissionDenied,
    DatabaseBusy, DiskFull. Then nothing is promoted.
    """
    with act(registry, actor) as under_way:
        done = []
        for version in wanted:
            one = _Promotion(registry, actor, source, target, project_name, version)
            done.append(one.done(with_files=with_files, with_documentation=with_documentation))
        if any(promoted.is_something for promoted in done):
            _record(under_way, source, target, one.project_there, done)
    return done


def _record(under_way: Act, source: Index, target: Index, project: Project, done: list[Promoted]) -> None:
    said = [
        {
            "version": one.version,
            "files": [[file.filename, file.sha256] for file in one.files],
            "results": one.results,
            "documentation": one.documentation,
        }
        for one in done
        if one.is_something
    ]
    releases.note_newest(project)
    version = done[0].version if len(done) == 1 else ""
    replaced = [file for one in done for file in one.replaced]
    facts = {"version": version, "source": source.full_name, "releases": said, "files": replaced or None}
    under_way.record(EventKind.RELEASE_PROMOTED, index=target, project=project, **facts)


class _Promotion:
    """One release on its way, within an act."""

    def __init__(self, registry: Registry, actor: Actor, source: Index, target: Index, name: str, version: str) -> None:
        normalized = names.normalize(name)
        permissions.require(actor, Right.READ, source, normalized)
        permissions.require(actor, Right.UPLOAD, target, normalized)
        project = projects.get(source, name)
        found = releases.get(project, version)
        whole = select(Release).options(undefer("*")).where(Release.id == found.id)
        self.release = db.session.scalar(whole.execution_options(populate_existing=True))
        self.target = target
        self.files = files.of_release(found)
        if not project.project_status.offers_files:
            raise FileWithheld(filename=f"{name} {version}", project=project.display_name)
        self.project_there = _project(registry, actor, target, project)
        self.promoted = Promoted(project.display_name, found.version)

    def done(self, *, with_files: bool, with_documentation: bool) -> Promoted:
        """Show in the target what is wanted of the release, and return what is new there."""
        if with_files and not self.files:
            raise NoSuchFile(filename=f"{self.promoted.project} {self.promoted.version}", index=self.target.full_name)
        there = releases.find(self.project_there, self.release.version) or self._release_there()
        if with_files:
            for file in self.files:
                self._show(file, there)
        if with_documentation:
            self._document(there)
        return self.promoted

    def _release_there(self) -> Release:
        facts = {name: getattr(self.release, name) for name in OF_RELEASE}
        release = Release(project_id=self.project_there.id, created_at=self.release.created_at, **facts)
        db.session.add(release)
        db.session.flush()
        return release

    def _show(self, file: File, there: Release) -> None:
        if file.damaged:
            raise FileDamaged(filename=file.filename)
        twin = _twin(self.target, file)
        if twin is None or twin.sha256 != file.sha256:
            if twin is not None:  # of a volatile index
                files.refuse_to_replace_for_another(twin, self.project_there.id)
                self.promoted.replaced.append([twin.filename, twin.sha256])
                db.session.delete(twin)
                db.session.flush()
            if file.file_type == FileType.SDIST.value:
                files.refuse_second_sdist(there)
            facts = {column.name: getattr(file, column.name) for column in inspect(File).columns}
            facts = {name: value for name, value in facts.items() if name not in NOT_OF_FILE}
            twin = File(index_id=self.target.id, release_id=there.id, **facts)
            db.session.add(twin)
            db.session.flush()
            self.promoted.files.append(twin)
        self._tell_of_tests(file, twin)

    def _tell_of_tests(self, file: File, twin: File) -> None:
        told = results.of_files([file.id, twin.id])
        known = {(one.sha256, one.uploaded_at) for one in told.get(twin.id, [])}
        for one in told.get(file.id, []):
            if (one.sha256, one.uploaded_at) not in known:
                facts = {"sha256": one.sha256, "uploaded_at": one.uploaded_at, "uploaded_by": one.uploaded_by}
                db.session.add(TestResult(file_id=twin.id, **facts))
                self.promoted.results += 1

    def _document(self, there: Release) -> None:
        here = documentation.of_release(self.release)
        before = documentation.of_release(there)
        if here and (before is None or before.sha256 != here.sha256):
            documentation.put(there, here.sha256, here.size, here.uploaded_at, here.uploaded_by)
            self.promoted.documentation = True


def _project(registry: Registry, actor: Actor, target: Index, project: Project) -> Project:
    there = projects.find(target, project.normalized_name)
    if there is None:
        return registering.found(registry, actor, target, project.display_name)
    if not there.project_status.allows_upload:
        raise UploadsClosed(project=there.display_name, status=there.status)
    return there


def _twin(target: Index, file: File) -> File | None:
    try:
        return files.existing_twin(target, file.filename, file.sha256)
    except FilenameUsedBefore:
        # What was taken out of an index may come back as it was.
        if not files.dig_up(target, file.filename, file.sha256):
            raise
        return None
