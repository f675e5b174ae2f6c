"""Everything that belongs in the folder of an index, as rows have it: of the whole index, in two questions.

And which projects there are, for whoever goes through all of them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from mypi.database import db
from mypi.registry import files, index_view
from mypi.registry.files import File, Tombstone
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from mypi.standards.sidecars import Sidecar

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_project: Any = Project
_stone: Any = Tombstone


@dataclass(frozen=True)
class Served:
    """What belongs in the folder of an index."""

    projects: frozenset[NormalizedName]
    offered: dict[str, tuple[str, frozenset[Sidecar]]]
    """Of each file that is offered the digest, and what is beside it."""
    withheld: frozenset[str]
    """Filenames that were published once and are not offered: damaged, quarantined, deleted."""


def everything(index: Index) -> Served:
    """Return what an index serves: of each filename the nearest file, of projects that nobody nearer withholds."""
    order = [one.id for one in index_view.asked([index])[index.full_name]]
    statuses = _statuses(order)
    offered: dict[str, tuple[str, frozenset[Sidecar]]] = {}
    withheld: set[str] = set()
    for row in sorted(_rows(order), key=lambda row: order.index(row.index_id)):
        if row.filename in offered or row.filename in withheld:
            continue
        nearest, own = statuses[row.normalized_name][0], ProjectStatus(row.status)
        if row.damaged or not (nearest.offers_files and own.offers_files):
            withheld.add(row.filename)
            continue
        beside = files.sidecars(row.metadata_sha256, row.provenance_sha256, row.signature_sha256)
        offered[row.filename] = row.sha256, frozenset(kind for kind, found in beside.items() if found)
    deleted = db.session.scalars(select(_stone.filename).where(_stone.index_id.in_(order)))
    return Served(frozenset(statuses), offered, frozenset((withheld | set(deleted)) - set(offered)))


def _statuses(order: list[int]) -> dict[NormalizedName, list[ProjectStatus]]:
    """Return the status of each project in each index that has it, the nearest first."""
    wanted = select(_project.index_id, _project.normalized_name, _project.status).where(_project.index_id.in_(order))
    found: dict[NormalizedName, list[ProjectStatus]] = {}
    for _, name, status in sorted(db.session.execute(wanted), key=lambda row: order.index(row.index_id)):
        found.setdefault(name, []).append(ProjectStatus(status))
    return found


def _rows(order: list[int]) -> Any:
    facts = (_file.index_id, _file.filename, _file.sha256, _file.damaged, _project.status, _project.normalized_name)
    beside = (_file.metadata_sha256, _file.provenance_sha256, _file.signature_sha256)
    wanted = select(*facts, *beside).join(Release, Release.id == _file.release_id)
    wanted = wanted.join(Project, _project.id == Release.project_id)
    return db.session.execute(wanted.where(_file.index_id.in_(order)))


def projects_after(project_id: int) -> tuple[int, list[tuple[int, str, NormalizedName]]]:
    """Return how many projects there are in all indexes, and id, index and name of those after one of them, by id."""
    wanted = select(Project.id, Index.owner, Index.name, Project.normalized_name)
    wanted = wanted.join(Index, Index.id == Project.index_id).where(Project.id > project_id).order_by(Project.id)
    found = [(id_, f"{owner}/{index}", name) for id_, owner, index, name in db.session.execute(wanted)]
    return db.session.scalar(select(func.count()).select_from(Project)), found
