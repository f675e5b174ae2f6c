"""The journal of an index: its events in the words that mirrors know, for those who may read what they are about.

Rows are read as plain columns and never all at once: an index may have had a million events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import desc, func, select

from mypi.database import db, reading
from mypi.errors import InvalidFilename, UnsupportedFileType
from mypi.registry import history, permissions
from mypi.registry.actors import Actor
from mypi.registry.events import Event, EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import EVERY_PROJECT, Right
from mypi.registry.projects import Project
from mypi.standards import filenames
from mypi.standards.names import NormalizedName

MOST_CHANGES = 100
"""Events that a feed tells of."""

MOST_ENTRIES = 50_000
"""As many as PyPI gives at once; whoever wants more asks again from the last serial."""

BATCH = 5_000  # events in one answer of the database

_event: Any = Event  # its columns; SQLAlchemy 1.4 brings no types
_project: Any = Project

ACTIONS = {
    EventKind.PROJECT_REGISTERED: ("create",),
    EventKind.PROJECT_STATUS_SET: ("set status {status}",),
    EventKind.PROJECT_DELETED: ("remove project",),
    EventKind.RELEASE_YANKED: ("yank release",),
    EventKind.RELEASE_UNYANKED: ("unyank release",),
    EventKind.RELEASE_DELETED: ("remove release",),
    EventKind.RELEASE_DOCUMENTED: ("document release",),
    EventKind.RELEASE_PROMOTED: (),
    EventKind.FILE_UPLOADED: ("add {python} file {filename}",),
    EventKind.FILE_REPLACED: ("remove file {filename}", "add {python} file {filename}"),
    EventKind.FILE_YANKED: ("yank file {filename}",),
    EventKind.FILE_UNYANKED: ("unyank file {filename}",),
    EventKind.FILE_DELETED: ("remove file {filename}",),
    EventKind.FILE_TESTED: ("test file {filename}",),
    EventKind.FILE_DAMAGED: ("withhold file {filename}",),
    EventKind.FILE_RESTORED: ("offer file {filename}",),
}
"""What the journal says of each kind of event, of a promotion for each file that came; of the others, which are about
no project, it says nothing."""

_IN_JOURNAL = [kind.value for kind in ACTIONS]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the journal. An event that did several things has several lines of one serial."""

    project: NormalizedName
    version: str
    """Empty where the whole project is meant."""
    time: datetime
    action: str
    serial: int


@dataclass(frozen=True)
class Change:
    """What one event did to a project, in the journal's words."""

    serial: int
    time: datetime
    project: NormalizedName
    version: str
    actions: tuple[str, ...]
    is_there: bool
    """Whether the project is there still."""


@dataclass(frozen=True)
class Changes:
    """What happened of late in an index, the newest first."""

    index: str
    changed_at: datetime
    """When the newest of it happened; in an index without events, when that was created."""
    items: tuple[Change, ...]


def last_serial(actor: Actor, full_name: str) -> int:
    """Return the serial of the newest line that the actor may read, or 0. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index, held = _entered(actor, full_name)
        if EVERY_PROJECT in held:
            newest = select(_event.serial).where(*_about(index)).order_by(desc(_event.serial)).limit(1)
            return db.session.scalar(newest) or 0
        newest = select(_event.project, func.max(_event.serial)).where(*_about(index)).group_by(_event.project)
        readable = (serial for project, serial in db.session.execute(newest) if permissions.matches(held, project))
        return max(readable, default=0)


def since(actor: Actor, full_name: str, serial: int) -> list[Entry]:
    """Return the lines after a serial that the actor may read, in order: `MOST_ENTRIES` at most, no event in part.

    Raises LoginRequired, NoSuchIndex.
    """
    with reading():
        index, held = _entered(actor, full_name)
        about = _about(index)
    found: list[Entry] = []
    for row in _rows(about, serial):
        if permissions.matches(held, row.project):
            entries = _entries(row)
            if len(found) + len(entries) > MOST_ENTRIES:
                break
            found += entries
    return found


def newest(actor: Actor, full_name: str) -> Changes:
    """Return the newest `MOST_CHANGES` of which the actor may read. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index, held = _entered(actor, full_name)
        rows = list(islice(history.newest_first(_about(index), held), MOST_CHANGES))
        named = select(_project.normalized_name).where(_project.index_id == index.id)
        there = set(db.session.scalars(named.where(_project.normalized_name.in_({row.project for row in rows}))))
    items = tuple(_change(row, is_there=row.project in there) for row in rows)
    return Changes(index.full_name, items[0].time if items else index.created_at, items)


def _change(row: Any, *, is_there: bool) -> Change:
    actions = tuple(entry.action for entry in _entries(row))
    return Change(row.serial, row.time, row.project, row.version, actions, is_there)


def _entered(actor: Actor, full_name: str) -> tuple[Index, frozenset[str]]:
    """Return the index, and the patterns of names that the actor may read in it."""
    index = permissions.enter_some(actor, full_name, Right.READ)
    return index, permissions.patterns(actor, Right.READ, index)


def _about(index: Index) -> list[Any]:
    return [*history.within(index), _event.kind.in_(_IN_JOURNAL)]


def _rows(about: list[Any], serial: int) -> Iterator[Any]:
    """Yield the events after a serial. They are only ever added, so that each batch may have a snapshot of its own."""
    serial = max(serial, 0)
    while serial < history.LARGEST_SERIAL:
        with reading():
            rows = db.session.execute(_batch(about, serial)).all()
        yield from rows
        serial = rows[-1].serial if len(rows) == BATCH else history.LARGEST_SERIAL


def _batch(about: list[Any], serial: int) -> Any:
    wanted = select(
        *(_event.serial, _event.time, _event.kind, _event.project, _event.version, _event.filename, _event.details)
    )
    return wanted.where(*about, _event.serial > serial).order_by(_event.serial).limit(BATCH)


def _entries(row: Any) -> list[Entry]:
    kind = EventKind(row.kind)
    actions = [("", "create")] if row.details.get("new_project") else []
    actions += [(row.version, "new release")] if row.details.get("new_release") else []
    words = {"filename": row.filename, "status": row.details.get("status", "")}
    if kind in {EventKind.FILE_UPLOADED, EventKind.FILE_REPLACED}:
        words["python"] = _python(row.filename)
    actions += [(row.version, action.format(**words)) for action in ACTIONS[kind]]
    actions += _promoted(row.details) if kind is EventKind.RELEASE_PROMOTED else []
    return [Entry(row.project, version, row.time, action, row.serial) for version, action in actions]


def _promoted(details: Any) -> list[tuple[str, str]]:
    """Return by version that the files of releases were added which another index had."""
    return [
        (release["version"], f"add {_python(filename)} file {filename}")
        for release in details["releases"]
        for filename, _ in release["files"]
    ]


def _python(filename: str) -> str:
    """Return for which Python a file is, as the journal says it; `any` where its name does not tell."""
    tags = filename.rsplit("-", 3)
    if filename.endswith(".whl") and len(tags) == 4:  # to parse it whole takes as long as all the rest
        return tags[1]
    try:
        return filenames.parse(filename).python_version or "any"
    except (InvalidFilename, UnsupportedFileType):  # of an event that was changed by hand
        return "any"
