"""What every act stands on: one transaction, exactly one event, and then the pages.

An act takes the write lock before it looks, so that what it decides on is still so when it commits. The order is bytes,
rows, pages: bytes are in storage before the transaction begins, and pages are rendered after it is durable. A crash in
between leaves an unreferenced blob (`mypi gc`) or an old but correct page (`mypi publish`), never a broken one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from mypi.database import db, writing
from mypi.errors import DatabaseBusy, DiskFull, NotYetPublished
from mypi.registry import events, tokens
from mypi.registry.actors import Actor
from mypi.registry.events import Event, EventKind
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.rules import Rules
from mypi.storage.interface import Storage


@dataclass(frozen=True)
class Registry:
    """What acts are given: where bytes are kept, the rules, and how the pages are brought up to the events."""

    storage: Storage
    rules: Rules
    publish: Callable[[int | None], None]
    """Called with the serial of an act's event when it is durable; returns when the pages show it.

    Called with None by an act that found done what it was asked for: the pages may not show that yet."""


@dataclass
class Act:
    """An act that is under way."""

    actor: Actor
    session: Any
    event: Event | None = field(default=None)

    def record(
        self, kind: EventKind, *, index: Index | None = None, project: Project | None = None, **said: Any
    ) -> Event:
        """Record the one event of this act, and move the project's serial to it."""
        if self.event:
            raise RuntimeError(f"an act leaves one event: {self.event.kind} is recorded, {kind.value} is a second")
        if self.actor.token:
            said["token"] = {"id": self.actor.token.id, "name": self.actor.token.name}
        self.event = events.record(
            kind,
            self.actor,
            index_name=index.full_name if index else "",
            project=project.normalized_name if project else "",
            **said,
        )
        if project:
            project.serial = self.event.serial
            project.changed_at = self.event.time
        return self.event


def end_snapshot() -> None:
    """Let go of what the questions so far were answered from: for whoever is about to read a body.

    It may take hours to arrive, and all that time a reader of SQLite keeps every writer from committing.
    """
    db.session.rollback()


@contextmanager
def act(registry: Registry, actor: Actor) -> Iterator[Act]:
    """Yield an act in its transaction; at the end commit it, then bring the pages up to its event.

    An act that finds nothing to change records no event and changes no row; what it found is shown when it answers,
    also where the process that did it ended before it could publish. Raises DatabaseBusy, DiskFull; NotYetPublished
    when it is durable and could not be shown.
    """
    with writing() as session:
        tokens.refuse_ended(actor)
        under_way = Act(actor=actor, session=session)
        yield under_way
        if under_way.event is None and (session.new or session.dirty or session.deleted):
            raise RuntimeError("an act that changes rows leaves an event")
    show(registry, under_way.event.serial if under_way.event else None)


def show(registry: Registry, serial: int | None = None) -> None:
    """Bring the pages up to an event, or to what was found done. Raises NotYetPublished."""
    try:
        registry.publish(serial)
    except (DatabaseBusy, DiskFull) as failure:
        raise NotYetPublished from failure
