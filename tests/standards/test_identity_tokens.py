"""What an identity token says, compared with what somebody trusts."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi.standards.identity_tokens import IdentityToken


def fits(value, pattern, **options):
    token = IdentityToken("https://issuer.example", "1", datetime.now(UTC), {"sub": value})
    return token.fits({"sub": pattern}, **options)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("a", "a"),
        ("a", "*"),
        ("ab", "a*b"),
        ("acme/widgets/.github/workflows/release.yml@refs/tags/v1", "acme/widgets/.github/workflows/release.yml@*"),
        ("aXbYc", "a*b*c"),
        (7, "7"),
        (True, "true"),
        ("a.b", "a.b"),
    ],
)
def test_it_fits(value, pattern):
    assert fits(value, pattern)


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("ab", "a"),
        ("xa", "a*"),
        ("ab", "ab*b"),
        ("aba", "ab*ba"),
        ("axb", "a.b"),
        ("a\n", "a"),
        ("", "*"),
        (None, "*"),
        (["a"], "a"),
        ({"a": 1}, "*"),
        ("A", "a"),
        ("a[b]", "a[a-z]b]"),
    ],
)
def test_it_does_not_fit(value, pattern):
    assert not fits(value, pattern)


def test_case_counts_unless_the_issuer_says_otherwise():
    assert fits("Acme/Widgets", "acme/*", any_case=True)
    assert not fits("Acme/Widgets", "acme/*")


def test_every_claim_must_be_there_and_fit():
    token = IdentityToken("https://issuer.example", "1", datetime.now(UTC), {"sub": "a", "environment": "release"})
    assert token.fits({"sub": "a", "environment": "release"})
    assert not token.fits({"sub": "a", "environment": "test"})
    assert not token.fits({"sub": "a", "ref": "*"})


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=4), st.lists(st.text("abc", max_size=3), max_size=3))
def test_what_stands_for_the_stars_makes_no_difference(parts, between):
    filled = "".join(part + (between[place] if place < len(between) else "") for place, part in enumerate(parts[:-1]))
    value = filled + parts[-1]
    assert not value or fits(value, "*".join(parts))
