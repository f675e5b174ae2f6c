"""Results of tests: kept beside the file, listed with its release, gone with it."""

from urllib.parse import urljoin, urlsplit

import pytest

from mypi.registry import issuing
from mypi.registry.permissions import Right
from tests.protocols.devpi.asked import Client
from tests.support import builders
from tests.support.peopled import SCRATCH, SECRET

REPORT = {"host": "here", "platform": "linux", "testenvs": {"py": {"setup": [], "test": []}}}


@pytest.fixture
def url(peopled):
    """The path of a file that is there."""
    peopled.upload(builders.wheel("foo", "1.0"), index=SCRATCH)
    (link,) = Client(peopled).result(f"/{SCRATCH}/foo", "projectconfig")["1.0"]["+links"]
    return urlsplit(link["href"]).path


def links(peopled, rel: str) -> list[dict[str, str]]:
    said = Client(peopled).result(f"/{SCRATCH}/foo", "projectconfig")
    return [link for release in said.values() for link in release["+links"] if link["rel"] == rel]


def test_a_result_is_read_again_as_it_was_sent(peopled, url):
    answer = Client(peopled, "reader")("POST", url, REPORT)
    assert (answer.status_code, answer.json["type"]) == (200, "toxresultpath")
    (file,), (result,) = links(peopled, "releasefile"), links(peopled, "toxresult")
    assert result["for_href"] == file["href"]
    assert result["href"] == answer.json["result"]
    read = peopled.client().get(urlsplit(result["href"]).path)
    assert (read.status_code, read.json) == (200, REPORT)
    assert [event.kind for event in peopled.events()][-1] == "file.tested"


def test_nobody_who_is_not_logged_in_tells_of_tests(peopled, url):
    assert Client(peopled)("POST", url, REPORT).status_code == 401
    assert links(peopled, "toxresult") == []


def test_whoever_may_not_read_the_file_neither_tells_of_it_nor_reads_what_is_told(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    (link,) = Client(peopled, "manager").result(f"/{SECRET}/foo", "projectconfig")["1.0"]["+links"]
    path = urlsplit(link["href"]).path
    result = urlsplit(Client(peopled, "reader")("POST", path, REPORT).json["result"]).path
    for name in ("", "stranger"):
        assert Client(peopled, name)("POST", path, REPORT).status_code == (404 if name else 401)
        assert Client(peopled, name)("GET", result).status_code in {403, 404}


@pytest.mark.parametrize("body", ["text", [1], 5])
def test_what_is_no_object_is_no_result(peopled, url, body):
    assert Client(peopled, "reader")("POST", url, body).status_code == 400


def test_a_file_that_is_not_there_has_no_results(peopled, url):
    assert Client(peopled, "reader")("POST", url.replace("foo-1.0", "foo-2.0"), REPORT).status_code == 404
    digits = url.split("/")[-2]
    assert Client(peopled, "reader")("POST", url.replace(digits, "0" * 13), REPORT).status_code == 404


def test_results_go_with_their_file(peopled, url):
    result = urlsplit(Client(peopled, "reader")("POST", url, REPORT).json["result"]).path
    assert Client(peopled, "deleter")("DELETE", url).status_code == 200
    assert Client(peopled)("GET", result).status_code == 404


def test_a_page_is_never_out_of_date_so_that_refreshing_it_leads_to_it(peopled, url):
    assert url
    answer = peopled.client().post(f"/{SCRATCH}/+simple/foo/refresh")
    page = urljoin(f"/{SCRATCH}/+simple/foo/refresh", answer.headers["Location"])
    assert (answer.status_code, page) == (302, f"/{SCRATCH}/+simple/foo/")
    assert peopled.client().get(page).status_code == 200


def test_a_token_that_is_only_for_reading_tells_of_no_tests(peopled, url):
    for number, (rights, index, status) in enumerate(
        [([Right.READ], "*", 403), ([Right.READ, Right.UPLOAD], SECRET, 403), ([Right.READ, Right.UPLOAD], "*", 200)]
    ):
        scope = {"rights": rights, "index_pattern": index}
        _, secret = issuing.create_token(peopled.registry, peopled.actor("shell"), "reader", str(number), **scope)
        assert Client(peopled, "reader", secret)("POST", url, REPORT).status_code == status
    assert len(links(peopled, "toxresult")) == 1
