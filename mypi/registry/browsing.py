"""What people look through: the projects of an index, page by page, and search across the indexes they may read.

Each question is answered from one snapshot as frozen facts. What the actor may not read is neither shown nor counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from mypi.database import db, reading
from mypi.registry import index_view, indexes, permissions
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index, Visibility
from mypi.registry.matching import anywhere, best_first, nearest, words
from mypi.registry.permissions import EVERY_PROJECT, Right
from mypi.registry.projects import Project
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus

PAGE_SIZE = 50
FEW = 500  # matches that are counted by listing them

Scope = Mapping[int, frozenset[str]]
"""Of each index, by its id, the patterns of names that may be shown."""

_project: Any = Project  # its columns; SQLAlchemy 1.4 brings no types
_index: Any = Index


class Order(StrEnum):
    """How a list of projects is ordered."""

    NEWEST = "newest"
    NAME = "name"


@dataclass(frozen=True)
class IndexFacts:
    """An index as its readers see it."""

    owner: str
    name: str
    title: str
    description: str
    visibility: Visibility

    @property
    def full_name(self) -> str:
        """The name as written: `owner/name`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True)
class Entry:
    """A line in a list of projects."""

    owner: str
    index: str
    display_name: str
    normalized_name: NormalizedName
    summary: str
    newest_version: str
    changed_at: datetime
    status: ProjectStatus


@dataclass(frozen=True)
class Listing:
    """One page of a list: its entries, how many there are on all pages, its number and the number of the last."""

    entries: tuple[Entry, ...]
    total: int
    number: int
    last: int


NOTHING = Listing((), 0, 1, 1)


@dataclass(frozen=True)
class IndexPage:
    """An index and one page of its projects."""

    index: IndexFacts
    listing: Listing
    is_empty: bool
    """Whether it has no project that the actor may read, whatever was searched for."""
    shows_events: bool
    """Whether the actor manages it, or projects in it."""
    is_managed: bool
    """Whether the actor manages all of it."""
    shown_below: tuple[str, ...] = ()
    """The other indexes that are asked for it, in order, of which the actor may know."""


def facts(index: Index) -> IndexFacts:
    """Return what readers see of an index."""
    return IndexFacts(index.owner, index.name, index.title, index.description, Visibility(index.visibility))


def index_page(actor: Actor, full_name: str, query: str, order: Order, number: int) -> IndexPage:
    """Return a page of the projects of an index; with a query those that match, the best match first.

    Raises LoginRequired, NoSuchIndex.
    """
    with reading():
        index, held = entered(actor, full_name)
        asked = index_view.asked([index])[index.full_name]
        scope = dict.fromkeys([one.id for one in asked], held)
        within = nearest(list(scope)) if len(asked) > 1 else _within(scope)
        listing = _listing(scope, words(query), order, number, within)
        is_empty = not listing.total and (not query or not _listing(scope, [], order, 1, within).total)
        # What it shows of others it shows as its own.
        entries = tuple(replace(entry, owner=index.owner, index=index.name) for entry in listing.entries)
        known = tuple(one.full_name for one in asked[1:] if permissions.may_know(actor, one.full_name))
        managed = frozenset() if actor.is_anonymous else permissions.patterns(actor, Right.MANAGE, index)
        return IndexPage(
            index=facts(index),
            listing=replace(listing, entries=entries),
            is_empty=is_empty,
            shows_events=bool(managed),
            is_managed=EVERY_PROJECT in managed,
            shown_below=known,
        )


def search(actor: Actor, query: str, number: int) -> Listing:
    """Return a page of the projects, of all indexes that the actor may read, that match; the best match first."""
    with reading():
        scope = {index.id: held for index, held in _readable(actor)}
        wanted = words(query)
        return _listing(scope, wanted, Order.NAME, number, _within(scope)) if scope and wanted else NOTHING


def readable_indexes(actor: Actor) -> tuple[IndexFacts, ...]:
    """Return the indexes of which the actor may read something, by name."""
    with reading():
        return tuple(facts(index) for index, _ in _readable(actor))


def entered(actor: Actor, full_name: str) -> tuple[Index, frozenset[str]]:
    """Return the index and the patterns of names that the actor may read in it. Raises LoginRequired, NoSuchIndex."""
    index = indexes.find(full_name)
    held = permissions.patterns(actor, Right.READ, index) if index else frozenset()
    if index and held:
        permissions.require_upstream(index)
        return index, held
    return permissions.enter(actor, full_name, Right.READ), held  # which raises what there is to say


def _readable(actor: Actor) -> list[tuple[Index, frozenset[str]]]:
    # A public index costs no question, so that a hundred of them cost nobody a hundred queries.
    every = [
        (index, frozenset({EVERY_PROJECT}) if index.is_public else permissions.patterns(actor, Right.READ, index))
        for index in indexes.everything()
    ]
    return [(index, held) for index, held in every if held]


def _listing(scope: Scope, wanted: list[str], order: Order, number: int, within: Any) -> Listing:
    conditions = [within, *(anywhere(word) for word in wanted)]
    ordering = best_first(wanted) if wanted else _ordering(order)
    if not all(EVERY_PROJECT in held for held in scope.values()):
        return _part(_permitted(scope, conditions, ordering), number)
    ordered = select(_project.id).where(*conditions).order_by(*ordering)
    if wanted:
        # What matches is found by looking at every project: once is enough where it is as little as it mostly is.
        matching = list(db.session.scalars(ordered.limit(FEW + 1)))
        if len(matching) <= FEW:
            return _part(matching, number)
    total = db.session.scalar(select(func.count()).select_from(_project).where(*conditions))
    number, last = _placed(number, total)
    chosen = list(db.session.scalars(ordered.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)))
    return Listing(_entries(chosen), total, number, last)


def _part(every: list[int], number: int) -> Listing:
    """Return a page of a list that is at hand as a whole."""
    number, last = _placed(number, len(every))
    return Listing(_entries(every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]), len(every), number, last)


def _within(scope: Scope) -> Any:
    # Of one index the database has its projects in order; of one in a list of indexes it would sort them.
    first, *others = scope
    return _project.index_id.in_([first, *others]) if others else _project.index_id == first


def _permitted(scope: Scope, conditions: list[Any], ordering: list[Any]) -> list[int]:
    """Return the ids of the projects that may be shown, in order; `permissions` alone knows what a pattern covers."""
    wanted = select(_project.id, _project.index_id, _project.normalized_name).where(*conditions).order_by(*ordering)
    rows = db.session.execute(wanted)
    return [id_ for id_, index_id, name in rows if permissions.matches(scope[index_id], name)]


def _placed(number: int, total: int) -> tuple[int, int]:
    """Return the number of the page that is shown, and that of the last one."""
    last = max(1, -(-total // PAGE_SIZE))
    return min(max(number, 1), last), last


def _entries(ids: list[int]) -> tuple[Entry, ...]:
    wanted = select(
        _project.id,
        _index.owner,
        _index.name,
        _project.display_name,
        _project.normalized_name,
        _project.summary,
        _project.newest_version,
        _project.changed_at,
        _project.status,
    ).join(_index, _index.id == _project.index_id)
    rows = db.session.execute(wanted.where(_project.id.in_(ids))) if ids else []
    found = {row.id: _entry(row) for row in rows}
    return tuple(found[id_] for id_ in ids)


def _entry(row: Any) -> Entry:
    return Entry(
        owner=row.owner,
        index=row.name,
        display_name=row.display_name,
        normalized_name=row.normalized_name,
        summary=row.summary,
        newest_version=row.newest_version,
        changed_at=row.changed_at,
        status=ProjectStatus(row.status),
    )


def _ordering(order: Order) -> list[Any]:
    if order is Order.NEWEST:
        return [_project.changed_at.desc(), _project.id.desc()]
    return [_project.normalized_name, _project.id]
