"""What is new: the newest releases and projects of an index, and the newest releases of a project.

Each question is answered from one snapshot as frozen facts, to those who may read; it reads little more than it shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, and_, cast, false, func, or_, select

from mypi.database import db, reading
from mypi.registry import browsing, permissions, project_view, shown_releases
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import versions
from mypi.standards.names import NormalizedName

MOST_UPDATES = 100
MOST_PROJECTS = 40
MOST_RELEASES = 40
"""How much is told at once: as much as PyPI's feeds hold."""

BATCH = 100  # projects that are looked at together

_project: Any = Project  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


@dataclass(frozen=True)
class Novelty:
    """A release and when it came to be; or a project, by its newest release."""

    display_name: str
    normalized_name: NormalizedName
    version: str
    summary: str
    author_email: str
    time: datetime


@dataclass(frozen=True)
class News:
    """What is new in an index, or in one project of it, the newest first."""

    index: str
    items: tuple[Novelty, ...]
    project: str = ""
    """As its owners spell it; empty where the whole index is meant."""


def newest_releases(actor: Actor, full_name: str) -> News:
    """Return the newest releases of an index. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index, held = browsing.entered(actor, full_name)
        return News(index.full_name, _releases(_release.id.in_(_newest_ids(index, held)), MOST_UPDATES))


def newest_projects(actor: Actor, full_name: str) -> News:
    """Return the newest projects of an index that have a release. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index, held = browsing.entered(actor, full_name)
        newest: list[tuple[int, str]] = []
        for batch in _projects(index, held, _project.created_at):
            newest += [(row.id, versions.identity(row.newest_version)) for row in batch if row.newest_version]
            if len(newest) >= MOST_PROJECTS:
                break
        return News(index.full_name, _newest_of(newest[:MOST_PROJECTS]))


def releases_of(actor: Actor, full_name: str, name: str) -> News:
    """Return the newest releases of a project. Raises LoginRequired, NoSuchIndex, NoSuchProject."""
    with reading():
        index, found = project_view.entered(actor, full_name, name)
        ids = [release.id for release in shown_releases.of(found)]
        items = _releases(_release.id.in_(ids), MOST_RELEASES)
        return News(index.full_name, items, shown_releases.nearest_owner(found).display_name)


def _newest_of(projects: list[tuple[int, str]]) -> tuple[Novelty, ...]:
    """Return projects by the release of a version each, in this order."""
    # Each release by its own key: of a list of pairs SQLite would make a walk through all releases.
    keys = [and_(_release.project_id == id_, _release.version_identity == identity) for id_, identity in projects]
    rows = db.session.execute(_facts(_project.created_at).where(or_(false(), *keys)))
    return tuple(sorted((Novelty(*row) for row in rows), key=lambda one: one.time, reverse=True))


def _newest_ids(index: Index, held: frozenset[str]) -> list[int]:
    """Return the ids of the newest releases.

    No release is younger than the last change of its project: what changed before the oldest of those found so far came
    to be has none to add.
    """
    newest: list[tuple[datetime, int]] = []
    for batch in _projects(index, held, _project.changed_at):
        if len(newest) == MOST_UPDATES and batch and batch[0].moment < newest[-1][0]:
            break
        born = select(_release.created_at, _release.id).where(_release.project_id.in_([row.id for row in batch]))
        rows = db.session.execute(born.order_by(_release.created_at.desc(), _release.id.desc()).limit(MOST_UPDATES))
        newest = sorted([*newest, *map(tuple, rows)], reverse=True)[:MOST_UPDATES]
    return [id_ for _, id_ in newest]


def _projects(index: Index, held: frozenset[str], moment: Any) -> Iterator[list[Any]]:
    """Yield the projects that may be read in batches, those with the latest moment first."""
    wanted = select(_project.id, _project.normalized_name, _project.newest_version, moment.label("moment"))
    wanted = wanted.where(_project.index_id == index.id).order_by(moment.desc(), _project.id.desc()).limit(BATCH)
    offset, rows = 0, db.session.execute(wanted).all()
    while rows:
        yield [row for row in rows if permissions.matches(held, row.normalized_name)]
        offset += BATCH
        rows = db.session.execute(wanted.offset(offset)).all() if len(rows) == BATCH else []


def _releases(condition: Any, most: int) -> tuple[Novelty, ...]:
    newest_first = _facts(_release.created_at).order_by(_release.created_at.desc(), _release.id.desc())
    return tuple(Novelty(*row) for row in db.session.execute(newest_first.where(condition).limit(most)))


def _facts(moment: Any) -> Any:
    named = (_project.display_name, _project.normalized_name, _release.version)
    return select(*named, _said("summary"), _said("author_email"), moment).join(
        _release, _release.project_id == _project.id
    )


def _said(field: str) -> Any:
    """Return a field of a release's core metadata, without the rest of it: descriptions can be megabytes."""
    stored = _release.core_metadata_json
    if db.engine.dialect.name == "sqlite":
        found = func.json_extract(stored, f"$.{field}")
    else:
        found = cast(stored, JSON)[field].as_string()
    return func.coalesce(found, "")
