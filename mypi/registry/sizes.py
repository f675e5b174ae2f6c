"""How much room projects take: the largest of an index, and all of it, of what the actor may read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from mypi.database import db, reading
from mypi.registry import browsing, listings, permissions
from mypi.registry.actors import Actor
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release

MOST_PROJECTS = 100

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_project: Any = Project
_release: Any = Release


@dataclass(frozen=True)
class Standing:
    """What decides every number: as long as it is the same, so are they."""

    index: str
    serial: int
    held: tuple[str, ...]
    """The patterns of names that the actor may read."""


@dataclass(frozen=True)
class Sizes:
    """Bytes of the files of the largest projects, the largest first, and of all."""

    largest: dict[str, int]
    total: int


def measure(actor: Actor, full_name: str, *, unless: Callable[[Standing], bool]) -> tuple[Standing, Sizes | None]:
    """Return the sizes of an index, unless its standing is enough. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index, held = browsing.entered(actor, full_name)
        serial, _ = listings.last_change([index])
        standing = Standing(index.full_name, serial, tuple(sorted(held)))
        return standing, None if unless(standing) else _sizes(index, held)


def _sizes(index: Index, held: frozenset[str]) -> Sizes:
    size = func.sum(_file.size)
    wanted = (
        select(_project.display_name, _project.normalized_name, size)
        .join(_release, _release.project_id == _project.id)
        .join(_file, _file.release_id == _release.id)
        .where(_project.index_id == index.id)
        .group_by(_project.id, _project.display_name, _project.normalized_name)
        .order_by(size.desc(), _project.normalized_name)
    )
    # PostgreSQL sums up to a decimal.
    sizes = {name: int(sum_) for name, key, sum_ in db.session.execute(wanted) if permissions.matches(held, key)}
    return Sizes(dict(list(sizes.items())[:MOST_PROJECTS]), sum(sizes.values()))
