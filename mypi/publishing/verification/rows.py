"""Do the rows agree with each other? The database's own check, its references, the chain of events, what is calculated.

Every look is a short transaction of its own, so that acts go on meanwhile.
"""

from collections.abc import Iterator

from sqlalchemy import func, select, text

from mypi.database import reading
from mypi.publishing.verification.differences import Difference, DifferenceKind, Progress
from mypi.registry import calculated, events
from mypi.registry.projects import Project

BATCH = 50  # projects in one transaction


def differences(progress: Progress) -> Iterator[Difference]:
    """Yield what is wrong with the rows."""
    yield from _database()
    for serial in events.breaks_in_chain():
        yield Difference(DifferenceKind.EVENT_CHANGED, f"event {serial}")
    yield from _calculated(progress)


def _database() -> Iterator[Difference]:
    with reading() as session:
        if session.connection().dialect.name != "sqlite":
            return  # PostgreSQL has its own tools for its files, and never lets a reference break.
        said = list(session.scalars(text("PRAGMA integrity_check")))
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    for line in said:
        if line != "ok":
            yield Difference(DifferenceKind.DATABASE_DAMAGED, "database", found=line)
    for table, row, parent, _ in orphans:
        yield Difference(DifferenceKind.ROW_ORPHANED, f"{table}, row {row}", expected=parent)


def _calculated(progress: Progress) -> Iterator[Difference]:
    with reading() as session:
        total = session.scalar(select(func.count()).select_from(Project))
    done, last = 0, 0
    while True:
        found, next_last = calculated.outdated(last, BATCH)
        for one in found:
            where = f"{one.index}: {one.project}"
            facts = {"what": one.column, "found": one.found, "expected": one.expected}
            yield Difference(DifferenceKind.PROJECT_OUTDATED, where, **facts, index=one.index, project=one.project)
        if next_last is None:
            return
        last, done = next_last, done + BATCH
        progress("rows", min(done, total), total)
