"""The history: events as people look through them, filtered, the newest first, or as they come.

Rows are read as plain columns and never all at once: there may have been millions. Nothing is ever changed here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select

from mypi.database import db, reading
from mypi.registry import indexes, permissions
from mypi.registry.actors import Actor
from mypi.registry.event_filters import Filter
from mypi.registry.events import Event
from mypi.registry.indexes import Index
from mypi.registry.permissions import EVERY_PROJECT, Right

PAGE_SIZE = 100
BATCH = 1_000  # events in one answer of the database
NEWEST_BATCH = 2 * PAGE_SIZE  # where mostly one page is wanted
MOST_NAMED = 500  # projects that one statement names
LARGEST_SERIAL = 2**31 - 1  # what the column holds

_event: Any = Event  # its columns; SQLAlchemy 1.4 brings no types
_SAID = (
    *(_event.serial, _event.time, _event.actor, _event.address, _event.client, _event.kind),
    *(_event.index_name, _event.project, _event.version, _event.filename, _event.details),
)


@dataclass(frozen=True)
class EventFacts:
    """An event as people read it."""

    serial: int
    time: datetime
    actor: str
    token: str
    """The name of the token with which the actor came; empty where it was none."""
    address: str
    client: str
    kind: str
    index: str
    project: str
    version: str
    filename: str
    details: dict[str, Any]

    @property
    def said(self) -> tuple[tuple[str, str], ...]:
        """Return the details that say something, in words."""
        told = {name: value for name, value in self.details.items() if value not in (None, "", False, [])}
        return tuple((name.replace("_", " "), _words(value)) for name, value in told.items() if name != "token")


@dataclass(frozen=True)
class EventPage:
    """A page of a list of events, the newest first."""

    events: tuple[EventFacts, ...]
    before: int | None
    """The serial before which the next page begins, where there is one."""


def of_index(actor: Actor, full_name: str, wanted: Filter, before: int | None = None) -> EventPage:
    """Return a page of the events of an index: all to who manages it, to others those of the projects that they manage.

    Raises LoginRequired, PermissionDenied, NoSuchIndex, InvalidProjectName, InvalidValue.
    """
    with reading():
        index = permissions.enter_some(actor, full_name, Right.MANAGE)
        held = permissions.patterns(actor, Right.MANAGE, index)
        conditions = [*within(index), *wanted.conditions()]
        return _page(actor, newest_first(conditions, held, before))


def of_server(actor: Actor, wanted: Filter, before: int | None = None) -> EventPage:
    """Return a page of all events, for administrators.

    Raises LoginRequired, PermissionDenied, InvalidProjectName, InvalidValue.
    """
    with reading():
        permissions.require_administrator(actor)
        return _page(actor, newest_first(wanted.conditions(), frozenset({EVERY_PROJECT}), before))


def within(index: Index) -> list[Any]:
    """Return what the events of an index fulfil; those of another that had its name before are none of them."""
    return [_event.index_name == index.full_name, _event.serial >= index.created_serial]


def newest(wanted: Filter, most: int) -> list[EventFacts]:
    """Return the newest events in the order of their serials. It does not ask who wants to know: it is for the shell.

    Raises InvalidProjectName, InvalidValue.
    """
    with reading():
        rows = db.session.execute(_part(wanted.conditions()).order_by(_event.serial.desc()).limit(most)).all()
    return [_facts(row) for row in reversed(rows)]


def after(wanted: Filter, serial: int) -> Iterator[EventFacts]:
    """Yield the events after a serial in order. As `newest`, it does not ask who wants to know.

    Events are only ever added, so that each batch may have a snapshot of its own.
    """
    conditions = wanted.conditions()
    while True:
        with reading():
            part = _part([*conditions, _event.serial > serial]).order_by(_event.serial).limit(BATCH)
            rows = db.session.execute(part).all()
        yield from map(_facts, rows)
        if len(rows) < BATCH:
            return
        serial = rows[-1].serial


def newest_first(conditions: list[Any], held: frozenset[str], before: int | None = None) -> Iterator[Any]:
    """Yield the rows of events before a serial that patterns of projects cover, the newest first.

    To be called in the transaction of a question.
    """
    serial = LARGEST_SERIAL if before is None else min(max(before, 0), LARGEST_SERIAL)
    limited = [*conditions, *_about(conditions, held)]
    while True:
        part = _part([*limited, _event.serial < serial]).order_by(_event.serial.desc()).limit(NEWEST_BATCH)
        rows = db.session.execute(part).all()
        yield from (row for row in rows if permissions.matches(held, row.project or None))
        if len(rows) < NEWEST_BATCH:
            return
        serial = rows[-1].serial


def _about(conditions: list[Any], held: frozenset[str]) -> list[Any]:
    """Return what spares the database the events of other projects than those that patterns cover.

    Where they cover very many, nothing: then the newest events hold enough of them.
    """
    if EVERY_PROJECT in held:
        return []
    named = held
    if any(set("*?") & set(pattern) for pattern in held):
        every = db.session.scalars(select(_event.project).where(*conditions).distinct())
        named = frozenset(project for project in every if permissions.matches(held, project or None))
    return [_event.project.in_(sorted(named))] if len(named) <= MOST_NAMED else []


def _part(conditions: list[Any]) -> Any:
    return select(*_SAID).where(*conditions)


def _page(actor: Actor, rows: Iterator[Any]) -> EventPage:
    found = [_facts(row) for row in islice(rows, PAGE_SIZE + 1)]
    named = {name for event in found for name in _index_names(event.details)}
    hidden = {name for name in named if indexes.find(name) and not permissions.may_know(actor, name)}
    shown = tuple(replace(event, details=_without(hidden, event.details)) for event in found[:PAGE_SIZE])
    return EventPage(shown, shown[-1].serial if len(found) > PAGE_SIZE else None)


def _index_names(value: Any) -> Iterator[str]:
    """Yield what may be the names of indexes in details: bases, for example."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9._-]+/[a-z0-9._-]+", value):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _index_names(one)


def _without(hidden: set[str], value: Any) -> Any:
    """Return details in which indexes are not named of which one may not know."""
    if isinstance(value, dict):
        return {name: _without(hidden, one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without(hidden, one) for one in value]
    return "another index" if isinstance(value, str) and value in hidden else value


def _facts(row: Any) -> EventFacts:
    details = row.details if isinstance(row.details, dict) else {}
    token = details.get("token")
    name = token.get("name", "") if isinstance(token, dict) else ""
    return EventFacts(
        serial=row.serial,
        time=row.time,
        actor=row.actor,
        token=str(name),
        address=row.address,
        client=row.client,
        kind=row.kind,
        index=row.index_name,
        project=row.project,
        version=row.version,
        filename=row.filename,
        details=details,
    )


def _words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return "yes" if value is True else str(value)
