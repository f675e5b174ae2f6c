"""Each kind of difference has a wording and an entry in docs/verification.rst."""

import re
from pathlib import Path

import pytest

from mypi.publishing.verification.differences import WORDINGS, Difference, DifferenceKind

PAGE = Path(__file__).parents[3] / "docs" / "verification.rst"


@pytest.mark.parametrize("kind", DifferenceKind)
def test_each_kind_says_something_of_what_was_found(kind):
    said = Difference(kind, "here", "what", "found", "expected").says
    assert said == WORDINGS[kind].format(what="what", found="found", expected="expected")
    assert "{" not in said


def test_every_kind_has_an_entry_in_the_documentation_and_no_other_has():
    lines = re.findall(r"^``.*$", PAGE.read_text("utf-8"), re.MULTILINE)
    documented = [kind for line in lines for kind in re.findall(r"``([^`]+)``", line)]
    assert sorted(documented) == sorted(kind.value for kind in DifferenceKind)
