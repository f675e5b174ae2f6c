"""The acts on indexes: create one, change how it is seen."""

from typing import Any

from mypi.registry import indexes, permissions
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index, Visibility
from mypi.registry.permissions import Right


def create_index(
    registry: Registry, actor: Actor, full_name: str, visibility: Visibility, *, volatile: bool = False, title: str = ""
) -> Index:
    """Create an index. Raises InvalidValue, AlreadyExists, PermissionDenied, LoginRequired."""
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        index = indexes.add(full_name, visibility, volatile=volatile, title=title)
        under_way.record(
            EventKind.INDEX_CREATED, index=index, visibility=visibility.value, volatile=volatile, title=title
        )
    return index


def change_index(registry: Registry, actor: Actor, index: Index, **changes: Any) -> bool:
    """Change visibility, volatile, title or description; return whether that changed anything.

    Raises InvalidValue, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index)
        if "title" in changes:
            changes["title"] = indexes.checked_title(changes["title"])
        new = {name: value for name, value in changes.items() if getattr(index, name) != value}
        if not new:
            return False
        for name, value in new.items():
            setattr(index, name, value.value if isinstance(value, Visibility) else value)
        under_way.record(EventKind.INDEX_CHANGED, index=index, **new)
    return True
