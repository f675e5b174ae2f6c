"""The list of projects, search, the indexes and help, as strangers and as users see them."""

import re

import pytest

from mypi.registry import actors, indexes, indexing, project_statuses, registering
from mypi.registry.browsing import PAGE_SIZE
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right
from mypi.standards.project_status import ProjectStatus
from tests.pages.site import words
from tests.support import builders

NAME = re.compile(r'<a class="name" href="([^"]*)">([^<]*)</a>')


def listed(answer):
    return [name for _, name in NAME.findall(answer.text)]


def register(site, *names):
    with site.opened() as parts:
        for name in names:
            registering.register(parts.registry, actors.at_shell(), indexes.get("team/main"), name)


def test_an_empty_index_shows_the_lines_that_publish_to_it(site):
    shown = words(site.get("/"))
    assert "[distutils] index-servers = team-main [team-main] repository: http://localhost/legacy/" in shown
    assert "twine upload -r team-main dist/*" in shown
    assert "python setup.py sdist upload -r team-main" in shown
    assert "uv publish --publish-url http://localhost/legacy/ dist/*" in shown


def test_projects_are_listed_newest_first_with_version_and_summary(site):
    site.wheel("older", "1.0", summary="It was here before")
    site.wheel("newer", "2.0b1", summary="It came later")
    answer = site.get("/")
    assert listed(answer) == ["newer", "older"]
    assert "newer 2.0b1" in words(answer)
    assert "It was here before" in words(answer)


def test_a_change_brings_a_project_to_the_top(site):
    site.wheel("first")
    site.wheel("second")
    site.wheel("first", "1.1")
    assert listed(site.get("/")) == ["first", "second"]


def test_projects_can_be_listed_by_name(site):
    register(site, "mango", "Apple", "zebra")
    assert listed(site.get("/?order=name")) == ["Apple", "mango", "zebra"]


def test_a_list_goes_on_over_pages_and_shows_each_project_once(site):
    names = [f"project-{number:03}x" for number in range(PAGE_SIZE + 7)]
    register(site, *names)
    first, second = site.get("/?order=name"), site.get("/?order=name&page=2")
    assert listed(first) + listed(second) == names
    assert "Page 1 of 2" in words(first)
    assert 'rel="next" href="./?page=2&amp;order=name"' in first.text
    assert 'rel="prev"' in second.text


@pytest.mark.parametrize("number", ["0", "-1", "3", "x", "²", "9" * 6, "9" * 40])
def test_a_page_that_there_is_not_is_the_nearest_one(site, number):
    register(site, "only")
    assert listed(site.get(f"/?page={number}")) == ["only"]


def test_search_finds_words_in_names_and_summaries(site):
    site.wheel("gear-box", summary="Turns one speed into another")
    site.wheel("clutch", summary="Comes before the GEAR")
    site.wheel("wheel", summary="Turns")
    assert listed(site.get("/?q=gear")) == ["gear-box", "clutch"]
    assert listed(site.get("/?q=Gear_Box")) == ["gear-box"]
    assert listed(site.get("/?q=turns+speed")) == ["gear-box"]
    assert listed(site.get("/?q=nothing-like-it")) == []


def test_search_puts_the_name_that_was_typed_first(site):
    register(site, "a-log", "log", "logging", "blog")
    assert listed(site.get("/?q=log")) == ["log", "logging", "a-log", "blog"]


@pytest.mark.parametrize("query", ["%25", "_", "%5C", "%00", "%27", "%22%3E%3Cscript%3E", "%F0%9F%90%8D", "a" * 5000])
def test_search_takes_every_character_as_itself(site, query):
    site.wheel("plain", summary="ordinary words")
    answer = site.get(f"/?q={query}")
    assert answer.status_code == 200
    assert listed(answer) in ([], ["plain"] if query == "%00" else [])
    assert "<script" not in answer.text


def test_letters_outside_of_ascii_are_found_as_they_are_typed(site):
    site.wheel("umlaut", summary="Für Übersetzer")
    assert listed(site.get("/+search?q=Übersetzer")) == ["umlaut"]


def test_search_goes_across_the_indexes_that_a_stranger_may_read(site):
    site.add_index("team/open", Visibility.PUBLIC)
    site.add_index("team/closed", Visibility.PRIVATE)
    site.wheel("gear-one")
    site.wheel("gear-two", index="team/open")
    site.wheel("gear-three", index="team/closed")
    answer = site.get("/+search?q=gear")
    assert listed(answer) == ["gear-one", "gear-two"]
    assert "2 projects match" in words(answer)
    assert "closed" not in answer.text


def test_search_without_words_lists_nothing(site):
    register(site, "hidden-until-asked")
    assert listed(site.get("/+search?q=+")) == []


def test_the_indexes_are_those_that_the_actor_may_read(site):
    site.add_index("team/closed", Visibility.PRIVATE)
    site.add_index("team/staff", Visibility.AUTHENTICATED)
    site.add_user("ada")
    assert listed(site.get("/+indexes")) == ["root/pypi", "team/main"]
    browser = site.logged_in("ada")
    assert listed(browser.get("/+indexes")) == ["root/pypi", "team/main", "team/staff"]


def test_a_restricted_index_and_one_that_is_not_there_lead_a_stranger_to_the_same_form(site):
    site.add_index("team/closed", Visibility.PRIVATE)
    there, not_there = site.get("/team/closed/?q=x"), site.get("/team/nothing/?q=x")
    assert (there.status_code, there.location) == (302, "../../+login?next=/team/closed/?q%3Dx")
    assert (not_there.status_code, not_there.location) == (302, "../../+login?next=/team/nothing/?q%3Dx")


def test_a_user_without_the_right_is_told_what_one_is_told_of_no_index(site):
    site.add_index("team/closed", Visibility.PRIVATE)
    site.add_user("ada")
    browser = site.logged_in("ada")
    there, not_there = browser.get("/team/closed/"), browser.get("/team/nothing/")
    assert (there.status_code, not_there.status_code) == (404, 404)
    assert words(there).replace("closed", "nothing") == words(not_there)


def test_a_user_sees_the_projects_that_their_grant_covers_and_no_count_of_the_others(site):
    site.add_index("team/closed", Visibility.PRIVATE)
    for name in ("gear-one", "gear-two", "secret"):
        site.wheel(name, index="team/closed")
    site.add_user("ada", Right.READ, pattern="gear-*", index="team/closed")
    browser = site.logged_in("ada")
    assert listed(browser.get("/team/closed/?order=name")) == ["gear-one", "gear-two"]
    assert "2 projects" in words(browser.get("/team/closed/"))
    assert listed(browser.get("/+search?q=e")) == ["gear-one", "gear-two"]
    assert listed(browser.get("/team/closed/?q=secret")) == []
    assert "matches" not in words(browser.get("/team/closed/?q=secret"))


def test_the_status_of_a_project_shows_in_the_list(site):
    site.wheel("old")
    with site.opened() as parts:
        index = indexes.get("team/main")
        project_statuses.set_status(parts.registry, actors.at_shell(), index, "old", ProjectStatus.DEPRECATED)
    assert "old 1.0 deprecated" in words(site.get("/"))


def test_help_has_the_lines_of_each_client_for_this_server(site):
    shown = words(site.get("/+help", base_url="https://packages.example"))
    assert "pip install --index-url https://packages.example/simple/ PROJECT" in shown
    assert "uv add --index team-main=https://packages.example/simple/ PROJECT" in shown
    assert "poetry source add --priority=explicit team-main https://packages.example/simple/" in shown
    assert "repository: https://packages.example/legacy/" in shown


def test_help_does_not_name_an_index_that_one_may_not_know_of(site):
    with site.opened() as parts:
        index = indexes.get("team/main")
        indexing.change_index(parts.registry, actors.at_shell(), index, visibility=Visibility.PRIVATE)
    site.add_user("ada")
    site.add_user("keeper", Right.UPLOAD)
    for answer in (site.get("/+help"), site.logged_in("ada").get("/+help")):
        assert answer.status_code == 200
        assert "team" not in answer.text
        assert "/OWNER/INDEX/+simple/" in answer.text
    assert "team-main" in site.logged_in("keeper").get("/+help").text


def test_every_link_of_a_page_holds_under_a_prefix(site):
    site.wheel("gearbox")
    page = site.browser().get("/package/gearbox/", environ_overrides={"SCRIPT_NAME": "/mypi"})
    links = re.findall(r'(?:href|action)="([^"#]*)"', page.text)
    assert "../../+static/mypi.css" in links
    assert [link for link in links if link.startswith("/") or "://" in link] == []
    assert "http://localhost/mypi/simple/" in page.text


def test_a_page_sets_no_cookie_for_a_stranger(site):
    site.upload(builders.wheel("gearbox", "1.0"))
    for url in ("/", "/package/gearbox/", "/+search?q=gear", "/+help", "/+indexes", "/nothing"):
        assert "Set-Cookie" not in site.get(url).headers


def test_a_stranger_who_has_the_page_gets_304(site):
    tag = site.get("/").headers["ETag"]
    answer = site.browser().get("/", headers={"If-None-Match": tag})
    assert answer.status_code == 304
    site.wheel("gearbox")
    assert site.browser().get("/", headers={"If-None-Match": tag}).status_code == 200


def test_what_names_a_user_is_kept_by_nobody(site):
    site.add_user("ada")
    assert site.logged_in("ada").get("/").headers["Cache-Control"] == "no-store"
    assert site.get("/").headers["Cache-Control"] == "private, max-age=0"
    assert {"Cookie", "Authorization"} <= set(site.get("/").vary)


def test_every_page_has_the_policy_of_pages(site):
    for url in ("/", "/+login", "/+help", "/package/nothing/", "/no/such/page/at/all"):
        policy = site.get(url).headers["Content-Security-Policy"]
        assert "style-src 'self'" in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy


@pytest.mark.parametrize("host", ["a b", "/evil", "packages.example:8080", "[::1]:80"])
def test_lines_to_copy_name_a_host_or_none_of_what_is_none(site, host):
    shown = site.app.test_client(use_cookies=False).get("/+help", headers={"Host": host})
    assert shown.status_code in {200, 400}
    assert "evil" not in shown.text
    assert "a b/" not in shown.text
