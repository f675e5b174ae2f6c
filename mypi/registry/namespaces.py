"""Namespaces: what a page tells of the reserved prefixes that cover its project (PEP 752), and what changes that.

Only where the setting is on; it asks nobody's permission, and names none of the holders. What is reserved holds in all
indexes above as well, and is told there, too.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import desc, select

from mypi.database import db
from mypi.registry import index_view, ownership, reserved_names
from mypi.registry.events import Event, EventKind
from mypi.registry.index_view import Shown
from mypi.registry.indexes import Index
from mypi.registry.reserved_names import BELOW, ReservedName
from mypi.standards.names import NormalizedName
from mypi.standards.simple_api import Namespace

RESERVING = frozenset({EventKind.NAME_RESERVED.value, EventKind.NAME_RELEASED.value})
OWNING = frozenset(
    {
        EventKind.GRANT_GIVEN.value,
        EventKind.GRANT_TAKEN.value,
        EventKind.GROUP_DELETED.value,
        EventKind.GROUP_JOINED.value,
        EventKind.GROUP_LEFT.value,
        EventKind.USER_ADDED.value,
        EventKind.USER_DELETED.value,
        EventKind.USER_GROUPS_FOLLOWED.value,
    }
)
"""After these others may own projects, or hold prefixes."""

_event: Any = Event  # its columns; SQLAlchemy 1.4 brings no types


def shown(wanted: Sequence[Index], name: NormalizedName) -> dict[str, Shown]:
    """Return what `index_view.shown` does, with the namespaces and no older than the newest event about these."""
    found = index_view.shown(wanted, name)
    orders = index_view.asked([index for index in wanted if index.full_name in found])
    return {full_name: _with_namespaces(one, orders[full_name]) for full_name, one in found.items()}


def _with_namespaces(found: Shown, order: Sequence[Index]) -> Shown:
    covering = [one for one in reserved_names.prefixes_in(order) if reserved_names.covers(one.pattern, found.name)]
    moments = [(found.serial, found.changed_at), *_newest(order, found.name, owners_count=bool(covering))]
    serial, changed_at = max(moments)
    return replace(found, serial=serial, changed_at=changed_at, namespaces=_told(found, order, covering))


def _told(found: Shown, order: Sequence[Index], covering: Iterable[ReservedName]) -> tuple[Namespace, ...]:
    """Return each prefix once; what several indexes reserve is owned by whom all of them keep it for."""
    by_pattern: dict[str, list[ReservedName]] = {}
    for one in covering:
        by_pattern.setdefault(one.pattern, []).append(one)
    if not by_pattern:
        return ()
    nearest = next(index for index in order if index.full_name == found.owners[0][0])
    owners = ownership.owners(nearest, found.name)
    return tuple(
        Namespace(pattern.removesuffix(BELOW), all(reserved_names.is_held_by(one, owners) for one in reserved))
        for pattern, reserved in sorted(by_pattern.items())
    )


def _newest(order: Sequence[Index], name: NormalizedName, *, owners_count: bool) -> Iterable[tuple[int, datetime]]:
    """Yield serial and time of the newest events that changed what there is to tell of a project."""
    names = [index.full_name for index in order]
    # None of these events is about a project: that leaves few of them to look at.
    happened = select(_event.serial, _event.time, _event.details).where(_event.project == "")
    happened = happened.order_by(desc(_event.serial))
    reserving = happened.where(_event.kind.in_(RESERVING), _event.index_name.in_(names))
    for serial, time, details in db.session.execute(reserving):
        if reserved_names.covers(details["pattern"], name):
            yield serial, time
            break
    if owners_count:
        owning = happened.where(_event.kind.in_(OWNING), _event.index_name.in_(["", *names]))
        for serial, time, _ in db.session.execute(owning.limit(1)):
            yield serial, time


def touched_by(event: Event, index: Index) -> list[NormalizedName]:
    """Return the projects of which an index may have something else to tell after an event that counts in it."""
    patterns: list[str] = []
    if event.kind in RESERVING:
        patterns = [str(event.details["pattern"])]
    elif event.kind in OWNING:
        order = index_view.asked([index])[index.full_name]
        patterns = [one.pattern for one in reserved_names.prefixes_in(order)]
    if not any(pattern.endswith(BELOW) for pattern in patterns):
        return []
    names = [project.normalized_name for project in index_view.project_names(index)]
    return [name for name in names if any(reserved_names.covers(pattern, name) for pattern in patterns)]
