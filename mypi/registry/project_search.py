"""What programs look for in one index: projects by words in their name or summary, releases by classifiers.

Answered from one snapshot to those who may read the index; what they may not read is not found.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, and_, cast, or_, select

from mypi.database import db, reading
from mypi.registry import index_view, permissions
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.matching import LONGEST_QUERY, MOST_WORDS, best_first, in_name, in_summary, nearest
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import versions
from mypi.standards.simple_api import one_line

MOST_FOUND = 1_000
"""Projects in one answer: nobody reads on, and a program asks for the whole list."""

FIELDS = {"name": in_name, "summary": in_summary}
"""Where words are looked for, and how."""

_project: Any = Project  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


@dataclass(frozen=True)
class Found:
    """A project that was found, with its newest release."""

    display_name: str
    summary: str
    newest_version: str


def search(actor: Actor, full_name: str, asked: Mapping[str, Sequence[str]], *, every: bool) -> list[Found]:
    """Return the projects, the best match first, where of the words by field `every` one is found, or one at least.

    Projects without a release are left out. Raises LoginRequired, NoSuchIndex.
    """
    words = {field: _distinct(asked.get(field, ())) for field in FIELDS}
    conditions = [FIELDS[field](word) for field, some in words.items() for word in some]
    with reading():
        index, held = _entered(actor, full_name)
        if not conditions:
            return []
        wanted = (
            select(_project.normalized_name, _project.display_name, _project.summary, _project.newest_version)
            .where(nearest([one.id for one in index_view.asked([index])[index.full_name]]))
            .where(_project.newest_version != "")
            .where(and_(*conditions) if every else or_(*conditions))
            .order_by(*best_first(words["name"] or words["summary"]))
        )
        rows = db.session.execute(wanted)
        found = (Found(*facts) for name, *facts in rows if permissions.matches(held, name))
        return [project for _, project in zip(range(MOST_FOUND), found, strict=False)]


def classified(actor: Actor, full_name: str, classifiers: Sequence[str]) -> list[tuple[str, str]]:
    """Return display name and version of the releases that have all of these classifiers, by name and version.

    Raises LoginRequired, NoSuchIndex.
    """
    with reading():
        index, held = _entered(actor, full_name)
        if not classifiers:
            return []
        wanted = select(_project.normalized_name, _project.display_name, _release.version, _release.core_metadata_json)
        wanted = wanted.join(_project, _project.id == _release.project_id).where(_project.index_id == index.id)
        # A classifier stands in the stored text as it does in JSON; that it is one is looked at below.
        stored = cast(_release.core_metadata_json, Text)
        written = (json.dumps(classifier, ensure_ascii=False) for classifier in classifiers)
        rows = db.session.execute(wanted.where(*(stored.contains(text, autoescape=True) for text in written)))
        found = [
            (name, versions.order(version), display_name, version)
            for name, display_name, version, metadata in rows
            if permissions.matches(held, name) and set(classifiers) <= set(metadata.get("classifiers", ()))
        ]
    return [(display_name, version) for _, _, display_name, version in sorted(found)]


def _entered(actor: Actor, full_name: str) -> tuple[Index, frozenset[str]]:
    index = permissions.enter_some(actor, full_name, Right.READ)
    return index, permissions.patterns(actor, Right.READ, index)


def _distinct(texts: Sequence[str]) -> list[str]:
    """Return the first few words, each once, as they can stand in a name or a summary."""
    words = (one_line(text[:LONGEST_QUERY]) for text in texts)
    return [word for word in dict.fromkeys(words) if word][:MOST_WORDS]
