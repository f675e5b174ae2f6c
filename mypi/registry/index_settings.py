"""What an index is set to, as those see it who may read it: for clients that show and change settings by name."""

from dataclasses import dataclass

from mypi.database import reading
from mypi.registry import bases, index_view, indexes, permissions, uploaders
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right


@dataclass(frozen=True)
class IndexSettings:
    """An index with all that can be chosen of it."""

    owner: str
    name: str
    kind: str
    visibility: str
    volatile: bool
    title: str
    description: str
    bases: tuple[str, ...]
    uploaders: tuple[str, ...]
    """Whom the right to upload everything was given to on this index: `user:alice`, `group:crew`, `everyone`…; empty
    for who is not logged in, as the names of accounts are not everyone's business."""

    @property
    def full_name(self) -> str:
        """The name as written: `owner/name`."""
        return f"{self.owner}/{self.name}"


def of_index(actor: Actor, full_name: str) -> IndexSettings:
    """Return what an index is set to. Raises LoginRequired, NoSuchIndex."""
    with reading():
        return _settings(actor, permissions.enter_some(actor, full_name, Right.READ, content=False))


def readable(actor: Actor, owner: str = "") -> list[IndexSettings]:
    """Return the indexes, of one owner or of all, of which the actor may read something, by name."""
    with reading():
        return [
            _settings(actor, index)
            for index in indexes.everything()
            if (not owner or index.owner == owner) and permissions.patterns(actor, Right.READ, index)
        ]


def own_projects(actor: Actor, full_name: str) -> list[str]:
    """Return the projects in this very index that the actor may read. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index = permissions.enter_some(actor, full_name, Right.READ, content=False)
        held = permissions.patterns(actor, Right.READ, index)
        listed = index_view.names_in([index])
        return [name.display_name for name in listed if permissions.matches(held, name.normalized_name)]


def _settings(actor: Actor, index: Index) -> IndexSettings:
    return IndexSettings(
        owner=index.owner,
        name=index.name,
        kind=index.kind,
        visibility=index.visibility,
        volatile=index.volatile,
        title=index.title,
        description=index.description,
        bases=tuple(base.full_name for base in bases.of(index) if permissions.may_know(actor, base.full_name)),
        uploaders=() if actor.is_anonymous else tuple(map(str, uploaders.of_index(index))),
    )
