"""Several answers at one URL: which of them a request means."""

import pytest

from mypi.http.asking import INSTALLER_READS, JSON_POSTED, JSON_READ, WAYS, Asked

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"


@pytest.fixture
def app():
    app = Asked("test")
    app.add_url_rule("/a/", "page", lambda: "page")
    app.add_url_rule("/a/", "json", lambda: "json", methods=[JSON_READ], strict_slashes=False)
    app.add_url_rule("/a/", "installer", lambda: "installer", methods=[INSTALLER_READS], strict_slashes=False)
    app.add_url_rule("/a/", "form", lambda: "form", methods=["POST"])
    app.add_url_rule("/a/", "posted", lambda: "posted", methods=[JSON_POSTED])
    app.add_url_rule("/b/", "other", lambda: "other")
    return app


@pytest.mark.parametrize(
    ("headers", "answered"),
    [
        ({}, "page"),
        ({"Accept": BROWSER}, "page"),
        ({"Accept": "*/*"}, "page"),
        ({"Accept": "application/json"}, "json"),
        ({"Accept": "application/json, text/plain, */*"}, "json"),
        ({"Accept": "text/html, application/json"}, "page"),
        ({"Accept": SIMPLE_JSON}, "installer"),
        ({"User-Agent": "pip/26.3 {}"}, "installer"),
        ({"User-Agent": "uv/0.13.8"}, "installer"),
        ({"User-Agent": "Mozilla/5.0 pip/1"}, "page"),
    ],
)
def test_the_headers_tell_what_is_meant(app, headers, answered):
    assert app.test_client().get("/a/", headers=headers).text == answered


def test_a_body_of_json_is_told_from_a_form(app):
    assert app.test_client().post("/a/", json={}).text == "posted"
    assert app.test_client().post("/a/", data={"a": "b"}).text == "form"


def test_where_no_route_takes_the_way_the_method_leads(app):
    for headers in ({"Accept": "application/json"}, {"User-Agent": "pip/26.3"}):
        assert app.test_client().get("/b/", headers=headers).text == "other"


def test_no_slash_is_missing_where_the_route_says_so(app):
    assert app.test_client().get("/a", headers={"Accept": "application/json"}).text == "json"
    assert app.test_client().get("/a").status_code == 308


def test_methods_that_are_offered_are_methods_that_can_be_sent(app):
    allowed = app.test_client().options("/a/").headers["Allow"]
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
    assert all(" " in way for way in WAYS)
