"""Versions: legality, identity, order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.standards import versions

LEGAL = st.builds(
    lambda epoch, release, pre, post, dev, local: f"{epoch}{'.'.join(map(str, release))}{pre}{post}{dev}{local}",
    st.sampled_from(["", "", "1!"]),
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    st.sampled_from(["", "", "a1", "b2", "rc3"]),
    st.sampled_from(["", "", ".post1"]),
    st.sampled_from(["", "", ".dev4"]),
    st.sampled_from(["", "", "+cu121", "+abc.1"]),
)

IN_ORDER = [
    "not-a-version",
    "1.0.dev1",
    "1.0a1.dev2",
    "1.0a1",
    "1.0b1",
    "1.0rc1",
    "1.0",
    "1.0+local.1",
    "1.0.post1",
    "1.1.dev1",
    "1.10",
    "2.0",
    "1!0.1",
]


@given(LEGAL)
def test_zeros_at_the_end_do_not_make_another_release(version: str) -> None:
    plain = versions.parse(version)
    longer = str(plain).replace(plain.base_version, plain.base_version + ".0", 1)
    assert versions.identity(longer) == versions.identity(version)


@given(LEGAL, LEGAL)
def test_two_versions_have_one_identity_exactly_when_they_are_equal(first: str, second: str) -> None:
    assert (versions.identity(first) == versions.identity(second)) == (versions.parse(first) == versions.parse(second))


@given(st.lists(LEGAL | st.text(max_size=8), max_size=12))
def test_any_texts_can_be_sorted_and_legacy_ones_come_first(texts: list[str]) -> None:
    ranks = [versions.order(text)[0] for text in sorted(texts, key=versions.order)]
    assert ranks == sorted(ranks)


@given(st.permutations(IN_ORDER))
def test_versions_sort_as_the_specification_orders_them(shuffled: list[str]) -> None:
    assert sorted(shuffled, key=versions.order) == IN_ORDER


@pytest.mark.parametrize(
    ("first", "second"), [("1.0", "1.0.0"), ("1.0c1", "1.0rc1"), ("1.0-1", "1.0.post1"), ("V1.0", "1")]
)
def test_two_spellings_are_one_release(first: str, second: str) -> None:
    assert versions.identity(first) == versions.identity(second)


@pytest.mark.parametrize(
    "version", ["", "x", "1.0\n", " 1.0", "1.0 ", "1..0", "١.٠", "1" * 101, "9" * 100_000, "1.0-dev-r1", "../1"]
)
def test_what_is_not_a_version_is_refused(version: str) -> None:
    with pytest.raises(errors.InvalidVersion):
        versions.parse(version)
    with pytest.raises(errors.InvalidVersion):
        versions.identity(version)


@pytest.mark.parametrize(
    ("given_versions", "expected"),
    [
        (["1.0", "2.0rc1", "0.9"], "1.0"),
        (["2.0rc1", "2.0b1"], "2.0rc1"),
        (["1.0", "1.0.post1", "1.1.dev1"], "1.0.post1"),
        (["1.9", "1.10"], "1.10"),
        (["legacy", "0.1a1"], "0.1a1"),
        (["legacy"], "legacy"),
        ([], None),
    ],
)
def test_the_newest_is_the_highest_final_version_and_else_the_highest(
    given_versions: list[str], expected: str | None
) -> None:
    assert versions.newest(given_versions) == expected


def test_spellings_of_one_release_are_the_same_and_what_is_no_version_is_the_same_as_nothing():
    assert versions.are_same("1.0", "1")
    assert not versions.are_same("1.0", "1.1")
    assert not versions.are_same("not a version", "not a version")
