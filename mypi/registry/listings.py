"""What the lists of projects of indexes are made of: whose projects are on each, and the newest event that it shows.

Of many indexes in a few questions. It asks nobody's permission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, or_, select

from mypi.database import db
from mypi.registry import index_view
from mypi.registry.events import Event
from mypi.registry.indexes import Index
from mypi.registry.projects import DeletedProject, Project

_event: Any = Event  # its columns; SQLAlchemy 1.4 brings no types
_index: Any = Index

Key = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Listing:
    """The list of an index: the indexes whose projects are on it, the nearest first, and the newest event of all."""

    index: str
    naming: tuple[Index, ...]
    moment: tuple[int, datetime] | None
    """None for an index that shows its own projects only: then it is that of the events about it."""

    @property
    def key(self) -> Key:
        """What makes its bytes, but for the time: the indexes by name and by the serial of their creation."""
        return tuple((one.full_name, one.created_serial) for one in self.naming)


def of(wanted: Sequence[Index]) -> list[Listing]:
    """Return the listing of each index."""
    orders = index_view.asked(wanted)
    merged = {full_name: order for full_name, order in orders.items() if len(order) > 1}
    every = list({index.id: index for order in merged.values() for index in order}.values())
    naming, newest = (_naming(every), _newest(every)) if every else (set(), {})
    return [
        Listing(
            index.full_name,
            tuple(one for one in orders[index.full_name] if one.id in naming or index.full_name not in merged),
            _moment(index, merged[index.full_name], newest) if index.full_name in merged else None,
        )
        for index in wanted
    ]


def last_change(order: Sequence[Index]) -> tuple[int, datetime]:
    """Return serial and time of the newest event of indexes; of the creation of the first when there is no other."""
    return _moment(order[0], order, _newest(order))


def _moment(index: Index, order: Sequence[Index], newest: dict[int, tuple[int, datetime]]) -> tuple[int, datetime]:
    return max((newest[one.id] for one in order if one.id in newest), default=(0, index.created_at))


def _naming(every: Sequence[Index]) -> set[int]:
    """Return the ids of the indexes that add to a list: a deleted project may be the newest that happened to a name."""
    has_projects = exists().where(Project.index_id == _index.id)
    had_projects = exists().where(DeletedProject.index_id == _index.id)
    wanted = select(_index.id).where(_index.id.in_([index.id for index in every]), or_(has_projects, had_projects))
    return set(db.session.scalars(wanted))


def _newest(every: Sequence[Index]) -> dict[int, tuple[int, datetime]]:
    """Return serial and time of the newest event of each index."""
    about = _event.index_name == _index.owner + "/" + _index.name
    newest = select(func.max(_event.serial)).where(about).correlate(Index).scalar_subquery()
    rows = db.session.execute(select(_index.id, newest).where(_index.id.in_([index.id for index in every])))
    serials = {index_id: serial for index_id, serial in rows if serial}
    times = select(_event.serial, _event.time).where(_event.serial.in_(set(serials.values())))
    moments = dict(db.session.execute(times).all())
    return {index_id: (serial, moments[serial]) for index_id, serial in serials.items()}
