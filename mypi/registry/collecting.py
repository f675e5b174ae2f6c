"""Collecting what nothing stands on any more: blobs without a row, receptions that were cut off, ended sessions.

It is no act, as it changes nothing that anybody can see. Rows of projects, files and events are never collected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from sqlalchemy import delete, func, select

from mypi import clock
from mypi.database import db, reading, writing
from mypi.registry.documentation import Documentation
from mypi.registry.files import File
from mypi.registry.logins import BRAKE_FORGETS, Guess, WebSession
from mypi.registry.results import TestResult
from mypi.storage.interface import Storage

REST = timedelta(days=1)
"""How long bytes are left alone: an upload keeps its blob first and commits its row then, and nothing takes a day."""

BATCH = 200  # blobs that are asked about in one transaction: acts wait that long


@dataclass(frozen=True)
class Blob:
    """A blob that no row names."""

    sha256: str
    size: int


def unreferenced(storage: Storage) -> Iterator[Blob]:
    """Yield each blob that no row names and that has rested."""
    before = (clock.now() - REST).timestamp()
    rested = (Blob(sha256, size) for sha256, size, kept_at in storage.blobs() if kept_at < before)
    while batch := list(islice(rested, BATCH)):
        with reading():
            named = _named(batch)
        yield from (blob for blob in batch if blob.sha256 not in named)


def collect(storage: Storage, blobs: Iterable[Blob]) -> Iterator[Blob]:
    """Remove blobs that still no row names, and that were not kept again since; yield those that are removed.

    Raises DatabaseBusy, DiskFull.
    """
    remaining = iter(blobs)
    while batch := list(islice(remaining, BATCH)):
        before = (clock.now() - REST).timestamp()
        # With the lock of the acts held: no row can come that names one of them. An upload that finds such a blob and
        # has no row yet made it young, and the storage looks at that in the moment of removal.
        with writing():
            named = _named(batch)
            removed = [blob for blob in batch if blob.sha256 not in named and storage.collect(blob.sha256, before)]
        yield from removed


def abandoned(storage: Storage) -> list[str]:
    """Return the receptions that were cut off, and have rested."""
    return list(storage.abandoned((clock.now() - REST).timestamp()))


def ended_logins() -> int:
    """Return the number of sessions that have ended and of guesses that are forgotten."""
    with reading() as session:
        ended = select(func.count()).select_from(WebSession).where(WebSession.expires_at < clock.now())
        forgotten = select(func.count()).select_from(Guess).where(Guess.last_at < clock.now() - BRAKE_FORGETS)
        return int(session.scalar(ended)) + int(session.scalar(forgotten))


def forget_ended_logins() -> None:
    """Remove sessions that have ended and guesses that are forgotten. Raises DatabaseBusy, DiskFull."""
    with writing() as session:
        session.execute(delete(WebSession).where(WebSession.expires_at < clock.now()))
        session.execute(delete(Guess).where(Guess.last_at < clock.now() - BRAKE_FORGETS))


def _named(blobs: list[Blob]) -> set[str]:
    digests = [blob.sha256 for blob in blobs]
    named = set()
    of_files = (File.sha256, File.metadata_sha256, File.provenance_sha256, File.signature_sha256)
    for column in (*of_files, Documentation.sha256, TestResult.sha256):
        named |= set(db.session.scalars(select(column).where(column.in_(digests))))  # type: ignore[union-attr]
    return named
