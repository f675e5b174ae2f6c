"""An answer that is wrong never becomes a figure."""

import gzip
import hashlib
import json

import pytest

from benchmarks import checks, readers
from benchmarks.checks import Answer, WrongAnswer
from benchmarks.readers import Failed
from benchmarks.rounds import interleaved
from benchmarks.systems.system import JSON_TYPE, Kind, Request

PAGE = Request(80, "/simple/demo/")
NAME = "demo-1.0-py3-none-any.whl"
FILE = {"filename": NAME, "url": "../../packages/ab/demo.whl", "hashes": {"sha256": "ab"}, "core-metadata": True}


def answer(body=b"", status=200, **headers):
    """Return an answer to the request for a page."""
    return Answer(PAGE, status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


def json_page(*files, **headers):
    """Return a page of these files as JSON."""
    return answer(json.dumps({"files": files}).encode(), content_type=JSON_TYPE, **headers)


def html_page(*anchors):
    """Return a page of these anchors as HTML."""
    return answer("".join(anchors).encode(), content_type="text/html; charset=utf-8")


def test_a_page_with_exactly_the_names_is_right():
    checks.require_names(json_page(FILE), Kind.JSON, [NAME])
    page = html_page(f'<a href="x#sha256=ab">{NAME}</a>')
    checks.require_names(page, Kind.HTML, [NAME])
    with pytest.raises(WrongAnswer):
        checks.require_names(page, Kind.HTML, [NAME, "another"])


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(json_page(), id="a missing file"),
        pytest.param(json_page(FILE, FILE | {"filename": "other"}), id="a file too many"),
        pytest.param(answer(b"{}", 500, content_type=JSON_TYPE), id="a failure"),
        pytest.param(html_page(f'<a href="x">{NAME}</a>'), id="another type"),
    ],
)
def test_a_wrong_page_is_refused(page):
    with pytest.raises(WrongAnswer):
        checks.require_names(page, Kind.JSON, [NAME])


def test_a_compressed_page_is_read():
    plain = json_page(FILE)
    packed = answer(gzip.compress(plain.raw), content_type=JSON_TYPE, content_encoding="gzip")
    checks.require_names(packed, Kind.JSON_GZIP, [NAME])
    with pytest.raises(WrongAnswer):
        checks.require_names(packed, Kind.JSON_GZIP, ["another"])


def test_links_of_both_representations_are_the_same():
    anchor = f'<a href="../../packages/ab/demo.whl#sha256=ab" data-core-metadata="true">{NAME}</a>'
    assert checks.links(html_page(anchor), Kind.HTML) == checks.links(json_page(FILE), Kind.JSON)
    assert checks.links(json_page(FILE), Kind.JSON)[NAME].path == "/packages/ab/demo.whl"


def test_other_bytes_are_refused():
    checks.require_digest(answer(b"x"), hashlib.sha256(b"x").hexdigest())
    with pytest.raises(WrongAnswer):
        checks.require_digest(answer(b"y"), hashlib.sha256(b"x").hexdigest())


def test_another_part_or_the_whole_is_refused():
    checks.require_part(answer(b"bc", 206), b"abcd", 1, 2)
    for wrong in (answer(b"ab", 206), answer(b"abcd", 200)):
        with pytest.raises(WrongAnswer):
            checks.require_part(wrong, b"abcd", 1, 2)


def test_a_rate_is_read_from_what_wrk_prints_and_failures_are_no_rate():
    assert readers.parse("Requests/sec:  1234.50\nTransfer/sec: 1MB\n") == 1234.5
    for failure in ("  Non-2xx or 3xx responses: 7\n", "  Socket errors: connect 0, read 1, write 0, timeout 0\n"):
        with pytest.raises(Failed):
            readers.parse(failure + "Requests/sec:  1234.50\n")


def test_systems_are_asked_in_turn_and_one_that_fails_has_no_figure():
    asked = []

    def measure(name):
        def measured():
            asked.append(name)
            if name == "wrong":
                raise WrongAnswer("other bytes")
            return float(len(asked))

        return measured

    figures = interleaved({name: measure(name) for name in ("one", "wrong", "two")}, 3)
    assert asked == ["one", "wrong", "two", "one", "two", "one", "two"]
    assert (figures["one"].median, figures["two"].median) == (4.0, 5.0)
    assert (figures["wrong"].median, figures["wrong"].why_not) == (None, "other bytes")
