"""Bases: the indexes that an index also shows, in order; which are asked for it, and which stand above it.

The order is depth first, the nearest first, each index once. It asks nobody's permission: `indexing` does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ForeignKey, Integer, delete, select

from mypi.database import Model, db
from mypi.errors import BaseLoop
from mypi.registry.indexes import Index


class IndexBase(Model):
    """An index and one of its bases. Canonical."""

    __tablename__ = "index_bases"

    index_id: int = Column(ForeignKey("indexes.id", ondelete="CASCADE"), primary_key=True)
    base_id: int = Column(ForeignKey("indexes.id"), primary_key=True, index=True)
    position: int = Column(Integer, nullable=False)


@dataclass(frozen=True)
class Graph:
    """The bases of all indexes, by id, in order."""

    bases: Mapping[int, Sequence[int]]

    def order(self, index_id: int) -> tuple[int, ...]:
        """Return which indexes are asked for one, in the order in which they are: itself, then those that it shows."""
        asked: dict[int, None] = {}
        self._ask(index_id, asked)
        return tuple(asked)

    def above(self, index_id: int) -> frozenset[int]:
        """Return which indexes show this one, by way of others too."""
        found: set[int] = set()
        reached = {index_id}
        while reached:
            reached = {above for above, below in self.bases.items() if not reached.isdisjoint(below)} - found
            found |= reached
        return frozenset(found)

    def _ask(self, index_id: int, asked: dict[int, None]) -> None:
        if index_id not in asked:
            asked[index_id] = None
            for base in self.bases.get(index_id, ()):
                self._ask(base, asked)


_EVERY = select(IndexBase.index_id, IndexBase.base_id).order_by(IndexBase.index_id, IndexBase.position)


def graph() -> Graph:
    """Return the bases of all indexes."""
    found: dict[int, list[int]] = {}
    for index_id, base_id in db.session.execute(_EVERY):
        found.setdefault(index_id, []).append(base_id)
    return Graph(found)


def of(index: Index) -> list[Index]:
    """Return the bases of an index in order."""
    return _loaded(graph().bases.get(index.id, ()))


def asked(index: Index) -> list[Index]:
    """Return which indexes are asked for one, in the order in which they are: itself first."""
    return _loaded(graph().order(index.id))


def above(index: Index) -> list[Index]:
    """Return the indexes that show this one, by way of others too, by name."""
    return sorted(_loaded(graph().above(index.id)), key=lambda one: one.full_name)


def put(index: Index, wanted: Sequence[Index]) -> None:
    """Let an index have these bases, within an act. Raises BaseLoop."""
    showing = graph().above(index.id) | {index.id}
    for base in wanted:
        if base.id in showing:
            raise BaseLoop(index=index.full_name, base=base.full_name)
    db.session.execute(delete(IndexBase).where(IndexBase.index_id == index.id))
    for position, base in enumerate(wanted):
        db.session.add(IndexBase(index_id=index.id, base_id=base.id, position=position))
    db.session.flush()


def note_change(index: Index, serial: int) -> None:
    """Note on an index, and on those above it, which event changed what they show, within an act."""
    for one in (index, *above(index)):
        one.bases_serial = serial


def _loaded(ids: Iterable[int]) -> list[Index]:
    return [db.session.get(Index, index_id) for index_id in ids]
