"""GET and HEAD of Simple pages of each kind of index: types, negotiation, redirects, caching, hostile paths."""

import gzip
from itertools import product
from urllib.parse import urljoin, urlsplit

import pytest

from mypi.http import actor
from tests.protocols.simple_pages import HTML_V1, JSON, PIP, POETRY, UV, Page
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET, Peopled

INDEXES = {"default": ("/simple/", MAIN), "public": (f"/{MAIN}/+simple/", MAIN)} | {
    "authenticated": (f"/{INSIDE}/+simple/", INSIDE),
    "private": (f"/{SECRET}/+simple/", SECRET),
}


@pytest.fixture(params=sorted(INDEXES))
def place(request, peopled):
    """The client of a reader and the URL of an index that holds one project."""
    url, index = INDEXES[request.param]
    peopled.upload(builders.wheel("foo-bar", "1.0"), index=index)
    public = index == MAIN
    return peopled.client("" if public else "reader"), url, public


def both(url: str) -> tuple[str, str]:
    return url, f"{url}foo-bar/"


def test_list_and_page_answer_200_with_a_type(place):
    client, url, _ = place
    for page in both(url):
        answer = client.get(page)
        assert (answer.status_code, answer.content_type.partition(";")[0]) == (200, "text/html")


def test_who_prefers_json_gets_it_typed_exactly(place):
    client, url, _ = place
    accepts = (JSON, PIP, UV, POETRY, f"{JSON};q=0.5, text/html;q=0.5", f"{JSON}, text/html")
    for page, accept in product(both(url), accepts):
        assert client.get(page, headers={"Accept": accept}).headers["Content-Type"] == JSON


NEGOTIATED = [
    (None, "text/html"),
    ("", "text/html"),
    ("*/*", "text/html"),
    ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
    (HTML_V1, HTML_V1),
    (f"{JSON};q=0, */*", "text/html"),
    (f"{JSON};q=0.1, text/html;q=0.9", "text/html"),
    ("application/vnd.pypi.simple.latest+json", JSON),
    ("application/vnd.pypi.simple.latest+html", HTML_V1),
]


def test_every_other_wish_is_negotiated(place):
    client, url, _ = place
    for page, (accept, kind) in product(both(url), NEGOTIATED):
        headers = {} if accept is None else {"Accept": accept}
        assert client.get(page, headers=headers).content_type.partition(";")[0] == kind


def test_a_format_in_the_query_beats_accept(place):
    client, url, _ = place
    latest = "application/vnd.pypi.simple.latest+json"
    wishes = ((JSON, JSON), (HTML_V1, HTML_V1), ("text/html", "text/html"), (latest, JSON))
    for page, (wanted, kind) in product(both(url), wishes):
        answer = client.get(page, query_string={"format": wanted}, headers={"Accept": "image/png"})
        assert answer.content_type.partition(";")[0] == kind


def test_what_cannot_be_had_is_406_with_the_types_that_can(place):
    client, url, _ = place
    wishes = (({}, "image/png"), ({}, "application/json"), ({"format": "json"}, JSON), ({"format": "*/*"}, JSON))
    for page, (query, accept) in product(both(url), wishes):
        answer = client.get(page, query_string=query, headers={"Accept": accept})
        assert answer.status_code == 406
        assert JSON in answer.text
        assert "text/html" in answer.text
        assert "Accept" in answer.headers["Vary"]


def test_an_unknown_project_is_404_in_every_form(place):
    client, url, _ = place
    for accept in (None, JSON, PIP):
        answer = client.get(f"{url}nothing/", headers={"Accept": accept} if accept else {})
        assert answer.status_code == 404
        assert "Accept" in answer.headers["Vary"]


def test_a_url_without_its_slash_is_redirected_relatively_with_its_query(place):
    client, url, _ = place
    for page in both(url):
        answer = client.get(page.rstrip("/"), query_string={"format": JSON})
        assert answer.status_code == 301
        location = answer.headers["Location"]
        assert "//" not in location
        assert not location.startswith("/")
        followed = client.get(urljoin(page.rstrip("/"), location))
        assert (followed.status_code, followed.content_type) == (200, JSON)
        assert "Accept" in answer.headers["Vary"]


def test_another_spelling_of_a_name_leads_to_the_normalized_one(place):
    client, url, _ = place
    for spelling, slash in product(("Foo_Bar", "foo.bar", "FOO--BAR", "foo_-.bar"), ("/", "")):
        answer = client.get(f"{url}{spelling}{slash}")
        assert answer.status_code == 301
        assert "Accept" in answer.headers["Vary"]
        assert urljoin(f"{url}{spelling}{slash}", answer.headers["Location"]) == f"{url}foo-bar/"


def test_head_says_what_get_says(place):
    client, url, _ = place
    pages = (*both(url), f"{url}nothing/", f"{url}Foo.Bar/")
    for page, headers in product(pages, ({}, {"Accept": JSON})):
        got, headed = client.get(page, headers=headers), client.head(page, headers=headers)
        assert headed.status == got.status
        assert dict(headed.headers) == dict(got.headers)
        assert headed.data == b""


def test_a_page_has_a_strong_tag_and_is_304_to_who_has_it_also_when_gzipped(place):
    client, url, public = place
    encodings = ("identity", "gzip", "gzip, deflate, zstd")
    for page, accept, encoding in product(both(url), ("text/html", JSON), encodings):
        headers = {"Accept": accept, "Accept-Encoding": encoding}
        answer = client.get(page, headers=headers)
        tag = answer.headers["ETag"]
        assert not tag.startswith("W/")
        assert answer.headers["Cache-Control"] == ("max-age=0" if public else "private, max-age=0")
        assert "Last-Modified" not in answer.headers
        again = client.get(page, headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
        assert client.get(page, headers={**headers, "If-None-Match": '"other"'}).status_code == 200


def test_a_page_comes_gzipped_to_who_takes_it_and_is_the_same(place):
    client, url, _ = place
    for page in both(url):
        plain = client.get(page, headers={"Accept-Encoding": "identity"})
        packed = client.get(page, headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert packed.headers["ETag"] != plain.headers["ETag"]
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_answers_vary_by_what_they_depend_on_and_by_nothing_else(place):
    client, url, public = place
    expected = {"Accept", "Accept-Encoding"} | (set() if public else {"Authorization"})
    for page in both(url):
        found = {word.strip() for word in client.get(page).headers["Vary"].split(",")}
        assert found - {"Cookie"} == expected
        assert "Cookie" not in found or not public


def test_the_serial_stands_in_a_header_and_rises_with_each_event(place, peopled):
    client, url, _ = place
    for page in both(url):
        assert int(client.get(page).headers["X-PyPI-Last-Serial"]) == peopled.serial()


def test_a_page_that_changes_has_another_tag_and_serial(peopled):
    client = peopled.client()
    tags = set()
    for version in range(4):
        peopled.upload(builders.wheel("foo", f"{version}.0"))
        tags.add(client.get("/simple/foo/", headers={"Accept": JSON}).headers["ETag"])
    assert len(tags) == 4


def test_no_answer_sets_a_cookie_or_leads_to_a_login(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    for url in (f"/{SECRET}/+simple/", f"/{SECRET}/+simple/foo/", f"/{INSIDE}/+simple/", "/team/nowhere/+simple/x/"):
        for accept in ("text/html", JSON, "*/*"):
            answer = peopled.client().get(url, headers={"Accept": accept})
            assert answer.status_code == 401
            assert answer.headers["WWW-Authenticate"] == 'Basic realm="pypi"'
            assert "Set-Cookie" not in answer.headers
            assert "Location" not in answer.headers


@pytest.mark.parametrize("url", [f"/{SECRET}/+simple/", f"/{INSIDE}/+simple/foo/"])
def test_a_wrong_or_empty_password_is_401_and_not_403(peopled, url, monkeypatch):
    monkeypatch.setattr(actor, "_proven", {})
    for password in ("wrong-password", ""):
        answer = peopled.client("reader", password).get(url)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="pypi"')


def test_credentials_that_nobody_asked_for_do_not_close_a_public_index(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert peopled.client("reader", "wrong-password").get("/simple/foo/").status_code == 200


def test_a_public_index_is_read_without_the_database(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    client = peopled.client()
    url = peopled.page("foo")["files"][0]["url"].replace("../../", "/")
    (peopled.data / "mypi.sqlite").rename(peopled.data / "away.sqlite")
    for page in ("/simple/", "/simple/foo/", "/simple/Foo", url, f"{url}.metadata"):
        assert client.get(page).status_code in {200, 301}
    assert not (peopled.data / "mypi.sqlite").exists()


def test_while_there_is_no_tree_pages_are_503_with_a_time_to_wait(peopled: Peopled):
    import shutil

    peopled.upload(builders.wheel("foo", "1.0"))
    url = peopled.page("foo")["files"][0]["url"].replace("../../", "/")
    client = peopled.client("admin")
    shutil.rmtree(peopled.data / "tree")
    for page in ("/simple/", "/simple/foo/", url, f"/{SECRET}/+simple/"):
        answer = client.get(page)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert client.get("/simple/nothing/").status_code == 404
    peopled.installation.publisher.start()
    for page in ("/simple/", "/simple/foo/", url, f"/{SECRET}/+simple/"):
        assert client.get(page).status_code == 200


HOSTILE = [
    "%2e%2e/",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2f..%2fmypi.sqlite",
    "%252e%252e%252f",
    "foo%2fbar/",
    "%00/",
    "foo%00/",
    "%ff/",
    "%c0%af/",
    "%0d%0aLocation:%20http://evil.example/",
    "%5c%5cevil.example%5c/",
    "//evil.example/%2e%2e/",
    "/%2F%2F%2F%2Fetc%2Fpasswd",
    "@evil.example/",
    "http://evil.example/",
    "foo;x=y/",
    "foo%20bar/",
    ".../",
    "-/",
    "a" * 5000 + "/",
]


@pytest.mark.parametrize("prefix", ["/simple/", f"/{MAIN}/+simple/", f"/{SECRET}/+simple/", "/packages/", "/"])
def test_a_hostile_path_is_refused_and_leads_to_no_other_host(peopled, prefix):
    client = peopled.client("reader")
    for path, method in product(HOSTILE, ("GET", "HEAD")):
        for url in (prefix + path, (prefix + path).rstrip("/")):
            answer = client.open(url, method=method)
            assert answer.status_code in {301, 308, 400, 404}, (url, answer.status)
            location = answer.headers.get("Location", "")
            assert urlsplit(urljoin(f"http://localhost{url}", location)).netloc == "localhost"
            assert "\n" not in answer.status


def test_old_clients_find_what_is_there_below_the_url_they_upload_to(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    for url in ("/+simple/foo/", "/legacy/+simple/foo/", "/pypi/+simple/foo/"):
        answer = peopled.client().get(url)
        assert (answer.status_code, answer.content_type.partition(";")[0]) == (200, "text/html")
        (anchor,) = Page(answer.text).anchors
        assert anchor.text == "foo-1.0-py3-none-any.whl"
        assert peopled.client().get(urljoin(url, anchor.href)).status_code == 200
