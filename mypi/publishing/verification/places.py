"""What belongs where in the tree, and whether events that wait to be rendered explain a difference."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from mypi.database import reading
from mypi.publishing.paths import IndexPaths
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification.differences import Difference
from mypi.registry import events, files, indexes
from mypi.registry.events import Event
from mypi.registry.files import File, Tombstone
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from mypi.standards.sidecars import Sidecar


@dataclass(frozen=True)
class Sides:
    """Where an index is, and where it may not be."""

    full_name: str
    is_public: bool
    right: IndexPaths
    wrong: IndexPaths


@dataclass(frozen=True)
class Served:
    """What belongs in the folder of an index, as rows have it."""

    projects: frozenset[NormalizedName]
    offered: dict[str, tuple[str, frozenset[Sidecar]]]
    """Of each file that is offered the digest, and what is beside it."""
    withheld: frozenset[str]
    """Filenames that were published once and are not offered: damaged, quarantined, deleted."""


def sides(publisher: Publisher) -> list[Sides]:
    """Return all indexes and their places."""
    paths = publisher.tree.paths
    with reading():
        return [
            Sides(index.full_name, index.is_public, paths.index(index), paths.index_unseen(index))
            for index in indexes.everything()
        ]


def find_sides(publisher: Publisher, full_name: str) -> Sides | None:
    """Return an index and its places as they are now, or None."""
    return next((found for found in sides(publisher) if found.full_name == full_name), None)


def served(full_name: str) -> Served:
    """Return what an index serves."""
    owner, _, name = full_name.partition("/")
    here = (Index.owner == owner, Index.name == name)
    beside = (File.metadata_sha256, File.provenance_sha256, File.signature_sha256)
    every_file = (
        select(File.filename, File.sha256, File.damaged, Project.status, *beside)
        .join(Index, Index.id == File.index_id)
        .join(Release, Release.id == File.release_id)
        .join(Project, Project.id == Release.project_id)
    )
    deleted = select(Tombstone.filename).join(Index, Index.id == Tombstone.index_id)
    projects = select(Project.normalized_name).join(Index, Index.id == Project.index_id)
    with reading() as session:
        rows = session.execute(every_file.where(*here)).all()
        withheld = {row.filename for row in rows if row.damaged or not ProjectStatus(row.status).offers_files}
        offered = {
            filename: (sha256, frozenset(kind for kind, found in files.sidecars(*beside).items() if found))
            for filename, sha256, _, _, *beside in rows
            if filename not in withheld
        }
        withheld |= set(session.scalars(deleted.where(*here)))
        return Served(frozenset(session.scalars(projects.where(*here))), offered, frozenset(withheld - set(offered)))


def settled(
    publisher: Publisher, full_name: str | None, project: str | None, look: Callable[[], list[Difference]]
) -> list[Difference]:
    """Return what a look at the tree finds, and finds again with the lock held and no event waiting to be rendered.

    An act commits first and renders then: in between pages are old and right, and the events after the mark say which.
    Without a name it is about the whole tree.
    """
    if not look():
        return []
    with publisher.tree.locked():
        found = look()
        mark = publisher.tree.mark()
        # Read last: whatever the look has seen of the rows is among these events, and nobody moves the mark meanwhile.
        with reading():
            waiting = events.since(mark.serial if mark else 0)
            explained = any(_concerns(event, full_name, project) for event in waiting)
    return [] if explained else found


def _concerns(event: Event, full_name: str | None, project: str | None) -> bool:
    if full_name is None:
        return event.index_name != ""
    return event.index_name == full_name and (project is None or event.project in ("", project))
