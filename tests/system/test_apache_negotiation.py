"""What apache/mypi.conf decides about a page, the application decides in the same way. What it leaves open it may."""

import re
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mypi.errors import NotAcceptable
from mypi.standards.negotiation import Representation, accepts_gzip, choose
from tests.standards.test_negotiation import CLIENTS, LATEST_JSON, V1_HTML, V1_JSON
from tests.support.apache import ROOT

PLACE = "simple/demo/"


@cache
def expression(name: str) -> re.Pattern[str]:
    """Return a regular expression of the site by its name."""
    text = (ROOT / "apache" / "mypi.conf").read_text()
    (found,) = re.findall(rf'(?m)^Define {name} "(.*)"$', text)
    return re.compile(found, re.ASCII)


def by_apache(accept: str) -> set[Representation]:
    """Return which of its rules let a request pass that has this Accept header."""
    rules = {"MYPI_JSON": Representation.JSON, "MYPI_HTML": Representation.HTML}
    return {form for name, form in rules.items() if expression(name).search(f"{PLACE} {accept}")}


def gzip_by_apache(accept_encoding: str) -> bool | None:
    """Return which twin Apache sends, None where it leaves that to the application."""
    found = expression("MYPI_GZIP").search(f"{accept_encoding}#.gz")
    return bool(found[1]) if found else None


WORDS = [
    V1_JSON,
    V1_HTML,
    LATEST_JSON,
    "text/html",
    "TEXT/HTML",
    "*/*",
    "*",
    "text/*",
    "application/*",
    "x/y",
    "text/html2",
]
SIGNS = [",", ", ", ";q=0", ";q=0.5", "; q=1", ";", " ", "\t", "\xa0", "", "q", "#", "\x85", ";level=1"]
CODINGS = ["gzip", "GZIP", "x-gzip", "gzipped", "identity", "br", "deflate", "zstd", "*", "my gzip", "gz"]


def headers(words: list[str]) -> st.SearchStrategy[str]:
    """Return headers of these words, right and wrong ones, and any other text that a request can hold."""
    made = st.lists(st.sampled_from(words + SIGNS), max_size=9).map("".join)
    return made | st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30)


@given(headers(WORDS))
@example(f"{V1_JSON}, {V1_JSON};q=0")
@example(f"{LATEST_JSON}, {V1_JSON.upper()};q=0")
@example("text/html, TEXT/HTML;q=0.1, */*")
def test_a_form_that_apache_decides_on_is_the_one_that_is_negotiated(accept):
    for form in by_apache(accept.strip(" \t")):
        try:
            assert choose(accept) is form
        except NotAcceptable:
            pytest.fail(f"Apache sends {form} to who takes neither")


@given(headers(CODINGS))
@example("gzip;q=0")
@example("\xa0gzip")
@example("#.gz")
@example("identity#.gz")
def test_a_twin_that_apache_decides_on_is_the_one_that_is_negotiated(accept_encoding):
    assert gzip_by_apache(accept_encoding) in {None, accepts_gzip(accept_encoding)}


@pytest.mark.parametrize("name", CLIENTS)
def test_what_real_clients_send_is_decided_by_apache(name):
    accept, expected = CLIENTS[name]
    assert by_apache(accept or "") == {expected}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip, deflate", True),
        ("gzip, deflate, br, zstd", True),
        ("identity", False),
        ("", False),
        ("br;q=1.0, *", None),
    ],
)
def test_what_real_clients_send_of_encodings_is_decided_by_apache(header, expected):
    assert gzip_by_apache(header) is expected
