"""Calculated columns: what follows from other rows, and is kept beside them because lists and search need it."""

from dataclasses import dataclass

from sqlalchemy import func, select

from mypi.database import db, reading, writing
from mypi.registry import indexes, projects, releases
from mypi.registry.events import Event
from mypi.registry.indexes import Index
from mypi.registry.projects import Project


@dataclass(frozen=True)
class Outdated:
    """A calculated column of a project that is not what it should be."""

    index: str
    project: str
    column: str
    found: str
    expected: str


def outdated(after_project_id: int, limit: int) -> tuple[list[Outdated], int | None]:
    """Return the outdated columns of the next few projects by id, and the id of the last of them; None at the end."""
    with reading() as session:
        wanted = select(Project, Index).join(Index, Index.id == Project.index_id)
        wanted = wanted.where(Project.id > after_project_id).order_by(Project.id).limit(limit)
        rows = session.execute(wanted).all()
        found = [outdated for project, index in rows for outdated in _of_project(index, project)]
        return found, rows[-1].Project.id if rows else None


def correct(full_name: str, project_name: str) -> None:
    """Set the calculated columns of a project to what follows from the other rows. Raises DatabaseBusy, DiskFull.

    It is no act: it changes nothing that anybody did.
    """
    with writing():
        project = projects.get(indexes.get(full_name), project_name)
        releases.note_newest(project)
        if event := _newest_event(full_name, project):
            project.serial, project.changed_at = event.serial, event.time


def _of_project(index: Index, project: Project) -> list[Outdated]:
    version, summary = releases.newest(project)
    event = _newest_event(index.full_name, project)
    columns = {
        "newest_version": (project.newest_version, version),
        "summary": (project.summary, summary),
        "serial": (project.serial, event.serial if event else project.serial),
        "changed_at": (project.changed_at, event.time if event else project.changed_at),
    }
    return [
        Outdated(index.full_name, project.normalized_name, column, str(found), str(expected))
        for column, (found, expected) in columns.items()
        if found != expected
    ]


def _newest_event(full_name: str, project: Project) -> Event | None:
    newest = select(func.max(Event.serial))
    newest = newest.where(Event.index_name == full_name, Event.project == project.normalized_name)
    event: Event | None = db.session.get(Event, db.session.scalar(newest) or 0)
    return event
