"""Failures as people see them, and that programs see none of these pages."""

import pytest

from tests.pages.site import words
from tests.support import builders


def test_a_failure_is_a_page_with_its_status_and_its_sentence(site):
    answer = site.get("/package/nothing/")
    assert answer.status_code == 404
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "404 Nothing here There is no project 'nothing' in the index 'team/main'." in words(answer)


def test_a_url_that_there_is_not_is_a_page_for_a_browser_and_text_for_the_rest(site):
    assert site.get("/no/such/place/at/all").content_type.startswith("text/html")
    assert site.browser().get("/no/such/place/at/all").content_type.startswith("text/plain")


@pytest.mark.parametrize(
    "url",
    [
        *("/simple/a/b/", "/simple/a/b", "/simple/a/b/c/", "/packages/abc/x/", "/packages/abc/x", "/pypi/gearbox/xml"),
        *("/legacy/x/y/", "/+nothing/x/", "/+nothing/x/y", "/rss/nothing.xml", "/conda/x/noarch/repodata.json"),
    ],
)
def test_a_url_of_no_protocol_is_404_and_never_the_way_to_a_login(site, url):
    answer = site.browser().get(url, headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("url", ["/simplest/x/", "/packages2/x/y/", "/a+b/c/"])
def test_an_owner_may_begin_with_a_word_of_a_protocol(site, url):
    assert site.get(url).status_code == 302


@pytest.mark.parametrize("url", ["/simple/nothing/", "/packages/abc/0123456789abc/x.whl", "/legacy/"])
def test_what_clients_ask_for_is_never_answered_by_a_page(site, url):
    assert not site.get(url).content_type.startswith("text/html; charset")


def test_the_word_of_a_request_is_escaped_in_the_page_that_refuses_it(site):
    answer = site.get("/a/b/c/d/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    assert answer.status_code == 404
    assert "<script" not in answer.text


def test_the_page_of_a_failure_asks_nobody_who_is_there(site):
    """A wrong password must not fail once more while the failure is told."""
    answer = site.browser().get("/no/such/place/at/all", headers={"Accept": "text/html"}, auth=("ada", "wrong"))
    assert answer.status_code == 404
    assert "Log in" not in words(answer)


def test_a_wrong_method_says_which_are_right(site):
    site.upload(builders.wheel("gearbox", "1.0"))
    answer = site.browser().delete("/package/gearbox/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
