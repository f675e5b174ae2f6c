"""Events: one recorded act each. Audit log, journal and render queue in one table.

The serial rises in the order of commits, because acts take the write lock before they read the newest one. Each event
holds the digest of the one before it, so that a history that was changed shows.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Integer, String, Text, bindparam, desc, insert, select

from mypi import clock
from mypi.database import JSONText, Model, UTCDateTime, db, reading
from mypi.registry.actors import Actor

FIRST_DIGEST = "0" * 64
CHAIN_BATCH = 1000  # events in one transaction of a look at the whole chain


class EventKind(StrEnum):
    """What was done. `docs/events.rst` tells what each means and what its details hold."""

    INDEX_CREATED = "index.created"
    INDEX_CHANGED = "index.changed"
    INDEX_DELETED = "index.deleted"
    PROJECT_REGISTERED = "project.registered"
    PROJECT_STATUS_SET = "project.status_set"
    PROJECT_DELETED = "project.deleted"
    RELEASE_YANKED = "release.yanked"
    RELEASE_UNYANKED = "release.unyanked"
    RELEASE_DOCUMENTED = "release.documented"
    RELEASE_PROMOTED = "release.promoted"
    RELEASE_DELETED = "release.deleted"
    FILE_UPLOADED = "file.uploaded"
    FILE_REPLACED = "file.replaced"
    FILE_YANKED = "file.yanked"
    FILE_UNYANKED = "file.unyanked"
    FILE_DELETED = "file.deleted"
    FILE_TESTED = "file.tested"
    FILE_DAMAGED = "file.damaged"
    FILE_RESTORED = "file.restored"
    PUBLISHER_TRUSTED = "publisher.trusted"
    PUBLISHER_DISTRUSTED = "publisher.distrusted"
    USER_ADDED = "user.added"
    USER_DELETED = "user.deleted"
    USER_GROUPS_FOLLOWED = "user.groups_followed"
    USER_VOUCHER_SET = "user.voucher_set"
    USER_PASSWORD_SET = "user.password_set"  # noqa: S105 - the name of an event
    USER_DESCRIBED = "user.described"
    GROUP_ADDED = "group.added"
    GROUP_DELETED = "group.deleted"
    GROUP_JOINED = "group.joined"
    GROUP_LEFT = "group.left"
    GRANT_GIVEN = "grant.given"
    GRANT_TAKEN = "grant.taken"
    MAINTAINER_ADDED = "maintainer.added"
    MAINTAINER_REMOVED = "maintainer.removed"
    NAME_RESERVED = "name.reserved"
    NAME_RELEASED = "name.released"
    TOKEN_CREATED = "token.created"  # noqa: S105 - the name of an event
    TOKEN_ROTATED = "token.rotated"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105


class Event(Model):
    """One recorded act. Canonical, and only ever added to."""

    __tablename__ = "events"

    serial: int = Column(Integer, primary_key=True, autoincrement=False)
    time: datetime = Column(UTCDateTime, nullable=False)
    actor: str = Column(String(128), nullable=False)
    address: str = Column(String(64), nullable=False)
    client: str = Column(String(200), nullable=False)
    kind: str = Column(String(32), nullable=False)
    index_name: str = Column(String(130), nullable=False, index=True)  # '' where the act is on no index
    project: str = Column(String(200), nullable=False, index=True)  # its normalized name, or ''
    version: str = Column(String(100), nullable=False)
    filename: str = Column(Text, nullable=False)
    details: dict[str, object] = Column(JSONText, nullable=False)
    previous_digest: str = Column(String(64), nullable=False)
    digest: str = Column(String(64), nullable=False)

    def computed_digest(self) -> str:
        """Return the sha256 over everything the event says and the digest before it."""
        said = [
            self.serial,
            self.time.isoformat(),
            self.actor,
            self.address,
            self.client,
            self.kind,
            self.index_name,
            self.project,
            self.version,
            self.filename,
            self.details,
            self.previous_digest,
        ]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


_event = Event.__table__  # type: ignore[attr-defined]  # SQLAlchemy makes it
_NEWEST_DIGEST = select(_event.c.serial, _event.c.digest).order_by(desc(_event.c.serial)).limit(1)
_NEWEST = select(Event).order_by(desc(Event.serial)).limit(1)
_SINCE = select(Event).where(Event.serial > bindparam("serial")).order_by(Event.serial)


def newest() -> Event | None:
    """Return the event with the highest serial, or None when nothing was done yet."""
    event: Event | None = db.session.scalar(_NEWEST)
    return event


def digest_of(serial: int) -> str | None:
    """Return the digest of the event with this serial, or None when there is none."""
    digest: str | None = db.session.scalar(select(Event.digest).where(Event.serial == serial))
    return digest


def since(serial: int) -> list[Event]:
    """Return the events after a serial, in order."""
    return list(db.session.scalars(_SINCE, {"serial": serial}))


def record(
    kind: EventKind,
    actor: Actor,
    *,
    index_name: str = "",
    project: str = "",
    version: str = "",
    filename: str = "",
    **details: object,
) -> Event:
    """Add the event of an act to its transaction, and return it with its serial."""
    before = db.session.execute(_NEWEST_DIGEST).first()
    event = Event(
        serial=before.serial + 1 if before else 1,
        time=clock.now(),
        actor=actor.name,
        address=actor.address[:64],
        client=actor.client[:200],
        kind=kind.value,
        index_name=index_name,
        project=project,
        version=version,
        filename=filename,
        details=details,
        previous_digest=before.digest if before else FIRST_DIGEST,
        digest="",
    )
    event.digest = event.computed_digest()
    # Not through the session: it is only ever added, and what it says is asked of it after the commit, too.
    db.session.execute(insert(_event), {column.name: getattr(event, column.name) for column in _event.columns})
    return event


def breaks_in_chain() -> Iterator[int]:
    """Yield the serial of each event that does not follow from the one before it.

    Events are only ever added, so that they can be read in many short transactions: no act waits for this.
    """
    digest, serial = FIRST_DIGEST, 0
    while batch := _facts_after(serial):
        for found, previous_digest, said_digest, computed_digest in batch:
            if (found, previous_digest, said_digest) != (serial + 1, digest, computed_digest):
                yield found
            digest, serial = said_digest, found


def _facts_after(serial: int) -> list[tuple[int, str, str, str]]:
    with reading() as session:
        links = select(Event.serial, Event.previous_digest, Event.digest).where(Event.serial > serial)
        rows = session.execute(links.order_by(Event.serial).limit(CHAIN_BATCH)).all()
        serials = [row.serial for row in rows]
        computed = _computed_digests(session, serials)
        return [(*row, computed[row.serial]) for row in rows]


def _computed_digests(session: Any, serials: list[int]) -> dict[int, str]:
    """Return the digest of what each event says; '' of one that says what no event can: a time that is none."""
    try:
        found = session.scalars(select(Event).where(Event.serial.in_(serials)))  # type: ignore[attr-defined]
        return {event.serial: event.computed_digest() for event in found}
    except (ValueError, TypeError):
        if len(serials) == 1:
            return {serials[0]: ""}
        middle = len(serials) // 2
        return _computed_digests(session, serials[:middle]) | _computed_digests(session, serials[middle:])
