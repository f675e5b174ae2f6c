"""What a token is good for: rights, on which indexes, on which projects, until when. Never who bears it.

A scope only narrows. What its bearer holds is `permissions`' question, asked anew each time, so that a token is never
good for more than its user is at that moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

EVERYTHING = "*"
BOTH = "&"
"""Between two patterns that a name must fit at once; no pattern that somebody gives holds this sign."""


AT = ":"
"""Between an index and a pattern of projects in it: a publisher's token may be for several indexes."""


class Purpose(StrEnum):
    """What a token is for."""

    PERSONAL = "personal"
    LOGIN = "login"  # of a program that was given the password: it stands for its user
    PUBLISHER = "publisher"  # of a trusted publisher: no user stands behind it, and it holds what its scope says


@dataclass(frozen=True)
class TokenScope:
    """A token as permissions and events know it. Its secret is not in it."""

    id: int
    name: str
    purpose: Purpose
    rights: frozenset[str]
    index_pattern: str
    """`*`, `owner/name` or `owner/*`."""
    project_patterns: frozenset[str]
    expires_at: datetime | None = None
    created_at: datetime | None = None
    """When its secret was made."""

    def allowed(self, right: str, holding_all: str, full_name: str) -> frozenset[str]:
        """Return the patterns of projects for which the token allows a right, or the one that holds all, in an index.

        `*` as the index means all there are and will be.
        """
        return self.patterns_in(full_name) if self.rights & {right, holding_all} else frozenset()

    def patterns_in(self, full_name: str) -> frozenset[str]:
        """Return the patterns of projects that are meant in an index."""
        if not fnmatchcase(full_name, self.index_pattern):
            return frozenset()
        named = [pattern.rpartition(AT) for pattern in self.project_patterns]
        return frozenset(pattern for where, _, pattern in named if where in ("", full_name))


def both(held: Iterable[str], allowed: Iterable[str]) -> frozenset[str]:
    """Return the patterns that cover what some pattern of the one and some of the other cover."""
    found = set()
    for one in held:
        for other in allowed:
            if covers(other, one):
                found.add(one)
            elif covers(one, other):
                found.add(other)
            elif overlap(one, other):
                found.add(f"{one}{BOTH}{other}")
    return frozenset(found)


def covers(wide: str, narrow: str) -> bool:
    """Return whether every name that fits `narrow` fits `wide`; where '?' makes that hard to say, no."""
    return wide == narrow or (("?" not in wide or not _is_pattern(narrow)) and fnmatchcase(narrow, wide))


def overlap(one: str, other: str) -> bool:
    """Return whether there is a name that fits both patterns."""
    # From their ends: of which rests of the one is there a name that fits this rest of the other, too?
    below = [not rest.strip(EVERYTHING) for rest in _rests(one)]
    for letter in reversed(other):
        row = [letter == EVERYTHING and below[-1]]
        for place in range(len(one) - 1, -1, -1):
            mine = one[place]
            if EVERYTHING in (mine, letter):
                # The star ends here, or takes what stands on the other side.
                fits = row[0] or below[place]
            else:
                fits = (mine == letter or "?" in (mine, letter)) and below[place + 1]
            row.insert(0, fits)
        below = row
    return below[0]


def _rests(pattern: str) -> list[str]:
    return [pattern[place:] for place in range(len(pattern) + 1)]


def _is_pattern(name: str) -> bool:
    return "*" in name or "?" in name
