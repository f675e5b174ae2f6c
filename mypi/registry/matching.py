"""How the words that somebody looks for are found in names and summaries, and which match is the best.

Conditions and orders of statements; who may see what is found is not asked here.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, true
from sqlalchemy.orm import aliased

from mypi.registry.projects import Project
from mypi.standards.simple_api import one_line

LONGEST_QUERY = 200  # characters, as a project's name
MOST_WORDS = 8  # each is looked for in two columns

_project: Any = Project  # its columns; SQLAlchemy 1.4 brings no types


def nearest(index_ids: Sequence[int]) -> Any:
    """Return the condition that a project is in one of these indexes, and in none of those before it."""
    nearer = aliased(Project)
    same: Any = nearer.normalized_name == _project.normalized_name
    return or_(
        *(
            and_(
                _project.index_id == index_id,
                ~exists().where(nearer.index_id.in_(index_ids[:distance]), same) if distance else true(),
            )
            for distance, index_id in enumerate(index_ids)
        )
    )


def words(query: str) -> list[str]:
    """Return the words that are looked for."""
    return one_line(query[:LONGEST_QUERY]).split()[:MOST_WORDS]


def anywhere(word: str) -> Any:
    """Return the condition that a word stands in the name or in the summary."""
    return or_(in_name(word), in_summary(word))


def in_name(word: str) -> Any:
    """Return the condition that a word stands in the name, however it is spelt."""
    return _project.normalized_name.contains(_as_name(word), autoescape=True)


def in_summary(word: str) -> Any:
    """Return the condition that a word stands in the summary."""
    lowered = func.lower(_project.summary).contains(word.lower(), autoescape=True)
    if word.isascii():
        return lowered
    # SQLite lowers ASCII only: other letters are found as they are typed.
    return or_(lowered, _project.summary.contains(word, autoescape=True))


def best_first(wanted: list[str]) -> list[Any]:
    """Order by how the name matches: it is the query, begins with it, contains it; last, what only the summary says."""
    whole = _as_name("-".join(wanted))
    rank = case(
        (_project.normalized_name == whole, 0),
        (_project.normalized_name.startswith(whole, autoescape=True), 1),
        (_project.normalized_name.contains(whole, autoescape=True), 2),
        else_=3,
    )
    return [rank, _project.normalized_name, _project.id]


def _as_name(word: str) -> str:
    """Return a word as normalized names spell it; a piece of a name is found too, hence no check."""
    return re.sub(r"[-_.]+", "-", word).lower()
