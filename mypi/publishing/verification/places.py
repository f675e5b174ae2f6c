"""What belongs where in the tree, and whether events that wait to be rendered explain a difference."""

from collections.abc import Callable
from dataclasses import dataclass

from mypi.database import reading
from mypi.publishing.paths import IndexPaths
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification.differences import Difference
from mypi.registry import bases, events, indexes
from mypi.registry.events import Event
from mypi.registry.served import Served, everything


@dataclass(frozen=True)
class Sides:
    """Where an index is, and where it may not be."""

    full_name: str
    is_public: bool
    right: IndexPaths
    wrong: IndexPaths


def sides(publisher: Publisher) -> list[Sides]:
    """Return all indexes that have something in the tree, and their places."""
    paths = publisher.tree.paths
    with reading():
        return [
            Sides(index.full_name, index.is_public, paths.index(index), paths.index_unseen(index))
            for index in indexes.everything()
            if not index.is_mirror  # which has nothing in the tree
        ]


def find_sides(publisher: Publisher, full_name: str) -> Sides | None:
    """Return an index and its places as they are now, or None."""
    return next((found for found in sides(publisher) if found.full_name == full_name), None)


def served(full_name: str) -> Served:
    """Return what an index serves; nothing when it is no more."""
    with reading():
        index = indexes.find(full_name)
        return everything(index) if index else Served(frozenset(), {}, frozenset())


def settled(
    publisher: Publisher, full_name: str | None, project: str | None, look: Callable[[], list[Difference]]
) -> list[Difference]:
    """Return what a look at the tree finds, and finds again with the lock held and no event waiting to be rendered.

    An act commits first and renders then: in between pages are old and right, and the events after the mark say which.
    Without a name it is about the whole tree.
    """
    if not look():
        return []
    with publisher.tree.locked():
        found = look()
        mark = publisher.tree.mark()
        # Read last: whatever the look has seen of the rows is among these events, and nobody moves the mark meanwhile.
        with reading():
            waiting = events.since(mark.serial if mark else 0)
            concerned = _asked(full_name)
            explained = any(_concerns(event, concerned, project) for event in waiting)
    return [] if explained else found


def _asked(full_name: str | None) -> set[str] | None:
    """Return the names of the indexes that are asked for one; None for the whole tree."""
    if full_name is None:
        return None
    index = indexes.find(full_name)
    return {full_name, *(one.full_name for one in bases.asked(index))} if index else {full_name}


def _concerns(event: Event, names: set[str] | None, project: str | None) -> bool:
    if names is None:
        return event.index_name != ""
    return event.index_name in names and (project is None or event.project in ("", project))
