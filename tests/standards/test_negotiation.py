"""Which form of a page each client gets, by the headers that clients really send."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.standards.negotiation import Representation, accepts_gzip, choose

JSON, HTML_V1, HTML = Representation.JSON, Representation.HTML_V1, Representation.HTML
V1_JSON, V1_HTML = JSON.value, HTML_V1.value
LATEST_JSON = "application/vnd.pypi.simple.latest+json"
LATEST_HTML = "application/vnd.pypi.simple.latest+html"

CLIENTS = {
    "pip, pdm, unearth": (f"{V1_JSON}, {V1_HTML}; q=0.1, text/html; q=0.01", JSON),
    "uv": (f"{V1_JSON}, {V1_HTML};q=0.2, text/html;q=0.01", JSON),
    "poetry": (f"{V1_JSON}, */*;q=0.1", JSON),
    "bandersnatch": (V1_JSON, JSON),
    "hatch, curl": ("*/*", HTML),
    "easy_install, old pip": (None, HTML),
    "pip 9 to 21": ("text/html", HTML),
    "firefox": ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", HTML),
    "chromium": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
        HTML,
    ),
    "java": ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", HTML),
}


@pytest.mark.parametrize(("accept", "expected"), CLIENTS.values(), ids=CLIENTS)
def test_a_real_client_gets_the_form_that_it_reads(accept: str | None, expected: Representation) -> None:
    assert choose(accept) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", HTML),
        (f"{V1_JSON};q=0, {V1_HTML}", HTML_V1),
        (f"{V1_JSON};q=0, */*", HTML),
        (f"text/html;q=0, {V1_JSON};q=0, */*", HTML_V1),
        ("text/html;q=0, */*", JSON),
        (f"{V1_JSON};q=0.1, text/html;q=0.9", HTML),
        (f"text/html;q=0.5, {V1_HTML};q=0.5, {V1_JSON};q=0.5", JSON),
        (f"text/html;q=0.5, {V1_HTML};q=0.5", HTML_V1),
        (f"{V1_HTML};q=0.8, */*;q=0.8", HTML_V1),
        (f"{V1_JSON};q=0.1, */*", HTML),
        (LATEST_JSON, JSON),
        (LATEST_HTML, HTML_V1),
        (f"{LATEST_JSON};q=0.2, {V1_HTML};q=0.1", JSON),
        ("application/*", JSON),
        ("text/*", HTML),
        (f"text/*, {V1_JSON}", JSON),
        (f"application/*;q=0, {V1_HTML}", HTML_V1),
        ("TEXT/HTML", HTML),
        (V1_JSON.upper(), JSON),
        (f"{V1_JSON};charset=utf-8", JSON),
        (f" {V1_JSON} ; q = 1.000 , ,;,", JSON),
    ],
)
def test_weight_then_exactness_then_json_decides(accept: str, expected: Representation) -> None:
    assert choose(accept) is expected


@pytest.mark.parametrize("junk", [";;;", ",,,", "garbage", "text/html;q=high", "/", "a b/c", "\x00\xff", ";q=0"])
def test_what_cannot_be_read_is_passed_over(junk: str) -> None:
    assert choose(junk) is HTML
    assert choose(f"{junk}, {V1_JSON}") is JSON


@pytest.mark.parametrize(
    "accept", ["image/png", "application/json", "*/*;q=0", "text/html;q=0", f"{V1_JSON};q=0.000", "text/plain, image/*"]
)
def test_a_client_that_reads_none_of_our_forms_is_told_what_there_is(accept: str) -> None:
    with pytest.raises(errors.NotAcceptable) as refused:
        choose(accept)
    assert all(representation.value in refused.value.message for representation in Representation)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (V1_JSON, JSON),
        (V1_HTML, HTML_V1),
        ("text/html", HTML),
        (LATEST_JSON, JSON),
        (LATEST_HTML, HTML_V1),
        (V1_JSON.replace("+", " "), JSON),
    ],
)
def test_the_format_in_the_query_beats_the_header(wanted: str, expected: Representation) -> None:
    for accept in (None, "image/png", *(representation.value for representation in Representation)):
        assert choose(accept, wanted) is expected


@pytest.mark.parametrize("wanted", ["", "json", "*/*", "application/json", f"{V1_JSON},text/html", f"{V1_JSON};q=1"])
def test_a_format_that_is_not_one_of_our_types_is_not_acceptable(wanted: str) -> None:
    with pytest.raises(errors.NotAcceptable):
        choose(V1_JSON, wanted)


@given(st.text() | st.lists(st.sampled_from([V1_JSON, "*/*", ",", ";", "q", "=", "0", ".5", " "])).map("".join))
def test_no_header_breaks_the_choice(header: str) -> None:
    with suppress(errors.NotAcceptable):
        assert choose(header) in Representation
    assert accepts_gzip(header) in (True, False)


@given(st.permutations([f"{V1_JSON};q=0.3", f"{V1_HTML};q=0.7", "text/html;q=0.5", "*/*;q=0.1"]))
def test_the_order_in_the_header_means_nothing(parts: list[str]) -> None:
    assert choose(",".join(parts)) is HTML_V1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("", False),
        ("gzip, deflate", True),
        ("gzip, deflate, zstd", True),
        ("gzip,deflate,br", True),
        ("identity", False),
        ("GZIP", True),
        ("x-gzip", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=0.1", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("identity;q=0, *", True),
        ("identity;q=0", False),
        ("identity;q=1, gzip;q=0.5", False),
        ("identity, gzip", True),
        ("br", False),
        ("gzipped", False),
    ],
)
def test_gzip_is_sent_to_who_takes_it_as_gladly_as_plain_bytes(header: str | None, expected: bool) -> None:
    assert accepts_gzip(header) is expected
