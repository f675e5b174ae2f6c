"""Releases: one version of a project, and what its files say of it."""

from datetime import datetime

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import deferred

from mypi import clock
from mypi.database import JSONText, Model, UTCDateTime, db
from mypi.errors import NoSuchRelease
from mypi.registry.projects import Project
from mypi.standards import versions
from mypi.standards.core_metadata import CoreMetadata


class Release(Model):
    """One version of a project. Canonical, but for `description_html`, which is rendered from the description."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("project_id", "version_identity"), Index(None, "project_id", "created_at"))

    id: int = Column(Integer, primary_key=True)
    project_id: int = Column(ForeignKey("projects.id"), nullable=False)
    version: str = Column(String(100), nullable=False)  # normalized, as PEP 440 writes it
    version_identity: str = Column(String(100), nullable=False)  # 1.0 and 1.0.0 are one release
    yanked: bool = Column(Boolean, nullable=False)
    yanked_reason: str = Column(Text, nullable=False)
    core_metadata_json: dict[str, object] = deferred(Column(JSONText, nullable=False))  # of the file uploaded first
    description_html: str = deferred(Column(Text, nullable=False))
    created_at: datetime = Column(UTCDateTime, nullable=False)

    @property
    def core_metadata(self) -> CoreMetadata:
        """What the file that was uploaded first says of the release."""
        return CoreMetadata.from_json(self.core_metadata_json)


_OF_VERSION = select(Release).where(
    Release.project_id == bindparam("project"), Release.version_identity == bindparam("identity")
)


def find(project: Project, version: str) -> Release | None:
    """Return the release of this version, in any of its spellings, or None. Raises InvalidVersion."""
    sought = {"project": project.id, "identity": versions.identity(version)}
    release: Release | None = db.session.scalar(_OF_VERSION, sought)
    return release


def get(project: Project, version: str) -> Release:
    """Return the release of this version. Raises InvalidVersion, NoSuchRelease."""
    if release := find(project, version):
        return release
    raise NoSuchRelease(project=project.display_name, version=version)


_VERSIONS = select(Release.version).where(Release.project_id == bindparam("project"))


def versions_of(project: Project) -> tuple[str, ...]:
    """Return the versions of a project, the newest last."""
    return tuple(sorted(db.session.scalars(_VERSIONS, {"project": project.id}), key=versions.order))


def of_project(project: Project) -> list[Release]:
    """Return the releases of a project, the newest version first."""
    every = db.session.scalars(select(Release).where(Release.project_id == project.id))
    return sorted(every, key=lambda release: versions.order(release.version), reverse=True)


def add(project: Project, core_metadata: CoreMetadata, description_html: str) -> Release:
    """Add a release within an act. Raises InvalidVersion."""
    release = Release(
        project_id=project.id,
        version=str(versions.parse(core_metadata.version)),
        version_identity=versions.identity(core_metadata.version),
        yanked=False,
        yanked_reason="",
        core_metadata_json=core_metadata.to_json(),
        description_html=description_html,
        created_at=clock.now(),
    )
    db.session.add(release)
    db.session.flush()
    return release


def describe(release: Release, core_metadata: CoreMetadata, description_html: str) -> None:
    """Let a release say what its only file says, within an act: what a file that is gone said holds no more."""
    release.core_metadata_json = core_metadata.to_json()
    release.description_html = description_html


def note_newest(project: Project) -> None:
    """Bring the project's newest version and summary up to its releases, within an act."""
    project.newest_version, project.summary = newest(project)


def note_added(project: Project, release: Release, *, is_new: bool) -> None:
    """Do what `note_newest` does after a file was added to a release; of the others only the newest is looked at."""
    before = project.newest_version
    if is_new and before and versions.newest([before, release.version]) == before and not get(project, before).yanked:
        return
    if is_new or release.version == before:
        project.newest_version, project.summary = release.version, release.core_metadata.summary


def newest(project: Project) -> tuple[str, str]:
    """Return version and summary of the newest release that is not yanked, or of the newest; empty without releases."""
    wanted = select(Release.version, Release.yanked).where(Release.project_id == project.id)
    yanked_by_version: dict[str, bool] = dict(db.session.execute(wanted).all())
    standing = [version for version, yanked in yanked_by_version.items() if not yanked] or list(yanked_by_version)
    version = versions.newest(standing) or ""
    return version, get(project, version).core_metadata.summary if version else ""
