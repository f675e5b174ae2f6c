"""Projects: a named thing within an index."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import Column, ForeignKey, Integer, String, Text, UniqueConstraint, bindparam, select

from mypi import clock
from mypi.database import Model, UTCDateTime, db
from mypi.errors import NameTooSimilar, NoSuchProject
from mypi.registry.indexes import Index
from mypi.standards.names import NormalizedName, lookalike, normalize
from mypi.standards.project_status import ProjectStatus


class Project(Model):
    """A named thing within an index. Canonical, but for `serial`, which is the number of its newest event."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("index_id", "normalized_name"),
        # A list that begins with the newest reads as many rows as it shows, however many there are.
        sqlalchemy.Index(None, "index_id", "changed_at"),
        sqlalchemy.Index(None, "index_id", "created_at"),
    )

    id: int = Column(Integer, primary_key=True)
    index_id: int = Column(ForeignKey("indexes.id"), nullable=False)
    normalized_name: NormalizedName = Column(String(200), nullable=False)
    display_name: str = Column(String(200), nullable=False)
    lookalike_name: str = Column(String(200), nullable=False, index=True)
    status: str = Column(String(16), nullable=False)
    status_reason: str = Column(Text, nullable=False)
    summary: str = Column(Text, nullable=False)  # of its newest release, for lists and search
    newest_version: str = Column(String(100), nullable=False)  # '' as long as it has no file
    created_at: datetime = Column(UTCDateTime, nullable=False)
    changed_at: datetime = Column(UTCDateTime, nullable=False)
    serial: int = Column(Integer, nullable=False)

    @property
    def project_status(self) -> ProjectStatus:
        """What the project's owners say of it (PEP 792)."""
        return ProjectStatus(self.status)


class DeletedProject(Model):
    """When a project was deleted that other indexes showed: their pages are newer than any that is left says.

    Derived from the events, and kept as long as the index.
    """

    __tablename__ = "deleted_projects"

    index_id: int = Column(ForeignKey("indexes.id", ondelete="CASCADE"), primary_key=True)
    normalized_name: NormalizedName = Column(String(200), primary_key=True)
    serial: int = Column(Integer, nullable=False)
    deleted_at: datetime = Column(UTCDateTime, nullable=False)


_NAMED = select(Project).where(Project.index_id == bindparam("index"), Project.normalized_name == bindparam("name"))


def find(index: Index, name: str) -> Project | None:
    """Return the project, whichever way its name is spelt, or None. Raises InvalidProjectName."""
    project: Project | None = db.session.scalar(_NAMED, {"index": index.id, "name": normalize(name)})
    return project


def get(index: Index, name: str) -> Project:
    """Return the project. Raises InvalidProjectName, NoSuchProject."""
    if project := find(index, name):
        return project
    raise NoSuchProject(project=name, index=index.full_name)


def add(index: Index, name: str, *, refuse_lookalikes: bool) -> Project:
    """Add a project within an act. Raises InvalidProjectName, NameTooSimilar."""
    normalized = normalize(name)
    if refuse_lookalikes:
        _refuse_lookalike(index, normalized)
    now = clock.now()
    project = Project(
        index_id=index.id,
        normalized_name=normalized,
        display_name=name,
        lookalike_name=lookalike(normalized),
        status=ProjectStatus.ACTIVE.value,
        status_reason="",
        summary="",
        newest_version="",
        created_at=now,
        changed_at=now,
        serial=0,
    )
    db.session.add(project)
    db.session.flush()
    return project


def _refuse_lookalike(index: Index, name: NormalizedName) -> None:
    like = select(Project.display_name).where(Project.index_id == index.id, Project.lookalike_name == lookalike(name))
    if existing := db.session.scalar(like.limit(1)):
        raise NameTooSimilar(name=name, existing=existing)


def note_deleted(project: Project) -> None:
    """Note within an act, after its event is recorded, that a project is deleted which other indexes show."""
    deleted = DeletedProject(
        index_id=project.index_id,
        normalized_name=project.normalized_name,
        serial=project.serial,
        deleted_at=project.changed_at,
    )
    db.session.merge(deleted)
