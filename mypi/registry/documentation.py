"""Documentation of a release, as one archive; and which release of a project it is asked of when none is named."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, String, select

from mypi.database import Model, UTCDateTime, db
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import versions
from mypi.standards.project_status import ProjectStatus


class Documentation(Model):
    """The documentation of a release. Canonical. It goes with its release."""

    __tablename__ = "documentation"

    release_id: int = Column(ForeignKey("releases.id", ondelete="CASCADE"), primary_key=True)
    sha256: str = Column(String(64), nullable=False, index=True)
    size: int = Column(BigInteger, nullable=False)  # bytes
    uploaded_at: datetime = Column(UTCDateTime, nullable=False)
    uploaded_by: str = Column(String(128), nullable=False)


_project: Any = Project
_release: Any = Release  # its columns; SQLAlchemy 1.4 brings no types
_documentation: Any = Documentation


def of_release(release: Release) -> Documentation | None:
    """Return the documentation of a release, or None."""
    found: Documentation | None = db.session.get(Documentation, release.id)
    return found


def of_project(project: Project) -> dict[str, str]:
    """Return the sha256 of each release's documentation by version, the newest last."""
    wanted = select(_release.version, _documentation.sha256)
    wanted = wanted.join(_release, _release.id == _documentation.release_id).where(_release.project_id == project.id)
    return dict(sorted(db.session.execute(wanted).all(), key=lambda row: versions.order(row[0])))


def offered(index: Index) -> list[tuple[str, str, str]]:
    """Return project, version and sha256 of all documentation that an index offers."""
    wanted = select(_project.normalized_name, _release.version, _documentation.sha256, _project.status)
    wanted = wanted.join(_release, _release.id == _documentation.release_id)
    wanted = wanted.join(_project, _project.id == _release.project_id).where(_project.index_id == index.id)
    rows = db.session.execute(wanted)
    return [(name, version, sha256) for name, version, sha256, status in rows if ProjectStatus(status).offers_files]


def put(release: Release, sha256: str, size: int, when: datetime, by: str) -> None:
    """Let a release have this documentation, within an act."""
    found = of_release(release)
    if found is None:
        found = Documentation(release_id=release.id)
        db.session.add(found)
    found.sha256, found.size, found.uploaded_at, found.uploaded_by = sha256, size, when, by
    db.session.flush()
