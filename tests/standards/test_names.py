"""Project names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.standards import names

LEGAL = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,30}[A-Za-z0-9])?", fullmatch=True)


@given(LEGAL)
def test_normalizing_twice_changes_nothing_more(name: str) -> None:
    once = names.normalize(name)
    assert names.normalize(once) == once


@given(LEGAL, st.sampled_from(["-", "_", ".", "--", "-_.", "__"]))
def test_separators_and_letter_case_do_not_tell_names_apart(name: str, separator: str) -> None:
    assert names.normalize(f"a{separator}{name}".upper()) == names.normalize(f"A.{name}".lower())


@given(LEGAL)
def test_a_legal_name_is_returned_as_it_is_spelt(name: str) -> None:
    assert names.checked(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-a",
        "a-",
        ".a",
        "a_",
        "a b",
        "a\n",
        "a/b",
        "..",
        "ä",
        "\u212a",
        "\u017f",
        "a\0",
        "a" * 201,
        "a" * 10**6,
        "a%2f",
        "<b>",
    ],
)
def test_a_name_outside_of_the_specification_is_refused(name: str) -> None:
    with pytest.raises(errors.InvalidProjectName):
        names.checked(name)
    with pytest.raises(errors.InvalidProjectName):
        names.normalize(name)


def test_a_name_of_200_characters_is_the_longest() -> None:
    assert names.normalize("a" * names.LONGEST_NAME) == "a" * 200


@pytest.mark.parametrize(
    ("first", "second"),
    [("pillow", "pi11ow"), ("flask-login", "FlaskLogin"), ("o0o", "ooo"), ("lib", "1ib"), ("a.b", "ab")],
)
def test_names_that_people_confuse_look_alike(first: str, second: str) -> None:
    assert names.lookalike(names.normalize(first)) == names.lookalike(names.normalize(second))


def test_names_that_differ_in_other_letters_do_not_look_alike() -> None:
    assert names.lookalike(names.normalize("flask")) != names.lookalike(names.normalize("flash"))
