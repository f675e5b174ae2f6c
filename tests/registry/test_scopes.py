"""Patterns that narrow each other: what two of them cover, compared with the names themselves."""

import itertools
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi.registry import permissions, scopes

NAMES = ["".join(letters) for length in range(1, 7) for letters in itertools.product("ab", repeat=length)]
PATTERNS = st.text("ab*?", min_size=1, max_size=4)


def fitting(pattern):
    """Return the names that fit a pattern."""
    return {name for name in NAMES if fnmatchcase(name, pattern)}


@given(PATTERNS, PATTERNS)
def test_two_patterns_overlap_when_a_name_fits_both(one, other):
    assert scopes.overlap(one, other) is bool(fitting(one) & fitting(other))


@given(PATTERNS, PATTERNS)
def test_a_pattern_that_covers_another_has_all_its_names(wide, narrow):
    if scopes.covers(wide, narrow):
        assert fitting(narrow) <= fitting(wide)


@given(st.sets(PATTERNS, max_size=3), st.sets(PATTERNS, max_size=3))
def test_both_cover_just_the_names_that_each_covers(held, allowed):
    found = scopes.both(held, allowed)
    covered = [{name for name in NAMES if permissions.matches(frozenset(one), name)} for one in (found, held, allowed)]
    assert covered[0] == covered[1] & covered[2]
    assert bool(found) is any(fitting(one) & fitting(other) for one in held for other in allowed)


@pytest.mark.parametrize(
    ("held", "allowed", "expected"),
    [
        ("*", "acme-*", {"acme-*"}),
        ("acme-*", "*", {"acme-*"}),
        ("*", "*", {"*"}),
        ("foo", "acme-*", set()),
        ("acme-*", "*-core", {"acme-*&*-core"}),
    ],
)
def test_the_narrower_pattern_is_what_is_left(held, allowed, expected):
    assert scopes.both({held}, {allowed}) == expected
