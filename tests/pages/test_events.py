"""The events of an index and of the server, to those who manage them."""

import re
from urllib.parse import urljoin

import pytest
from sqlalchemy import insert

from mypi import clock
from mypi.database import writing
from mypi.registry import actors, deleting, indexes
from mypi.registry.events import Event, newest
from mypi.registry.history import PAGE_SIZE
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right
from tests.pages.site import words
from tests.support import builders
from tests.support.installations import ADMINISTRATOR
from tests.support.installations import PASSWORD as ADMINISTRATORS

PAGE = "/team/main/+events"
SERIAL = re.compile(r'<tr id="event-(\d+)">')
LINKS = re.compile(r'<a [^>]*href="([^"]*)"[^>]*>(?:Events|Older →|← Newest|Events of this server)</a>')
HOSTILE = '"><script>alert(1)</script>'


def serials(answer):
    assert answer.status_code == 200, answer.text
    return [int(serial) for serial in SERIAL.findall(answer.text)]


def links(answer):
    return [link.replace("&amp;", "&") for link in LINKS.findall(answer.text)]


@pytest.fixture
def manager(site):
    """Return the browser of somebody who manages the default index."""
    site.add_user("ada", Right.MANAGE)
    return site.logged_in("ada")


def test_an_event_says_when_who_what_and_on_what(site, manager):
    site.upload(builders.wheel("gear", "1.0"), user="ada")
    answer = manager.get(f"{PAGE}?project=gear")
    (serial,) = serials(answer)
    shown = words(answer)
    assert f"event {serial} ada" in shown
    assert "file.uploaded gear 1.0 gear-1.0-py3-none-any.whl new project: yes" in shown
    assert "sha256: " in shown


def test_who_owns_a_project_sees_its_events_only_and_the_way_there_is_on_its_page(site):
    site.wheel("gear")
    site.wheel("clutch")
    site.add_user("ben", Right.MANAGE, pattern="gear")
    browser = site.logged_in("ben")
    (link,) = links(browser.get("/package/gear/"))
    answer = browser.get(urljoin("/package/gear/", link))
    assert len(serials(answer)) == 1
    assert serials(browser.get(PAGE)) == serials(answer)
    assert "clutch" not in words(browser.get(f"{PAGE}?project=clutch"))
    assert links(browser.get("/package/clutch/")) == []


@pytest.mark.parametrize("right", [Right.READ, Right.UPLOAD, Right.YANK, Right.DELETE])
def test_who_manages_nothing_is_refused_and_shown_no_way(site, right):
    site.wheel("gear")
    site.add_user("eve", right)
    browser = site.logged_in("eve")
    assert browser.get(PAGE).status_code == 403
    assert browser.get("/+events").status_code == 403
    for page in ("/", "/package/gear/", "/+indexes"):
        assert links(browser.get(page)) == []


def test_a_stranger_is_led_to_the_form_to_log_in_and_learns_nothing(site):
    site.add_index("team/hidden", Visibility.PRIVATE)
    for page in (PAGE, "/team/hidden/+events", "/team/nowhere/+events", "/+events"):
        answer = site.get(page)
        assert (answer.status_code, "+login" in answer.headers["Location"]) == (302, True), page


def test_an_index_that_one_may_not_read_is_as_one_that_is_not_there(site, manager):
    site.add_index("team/hidden", Visibility.PRIVATE)
    hidden, absent = manager.get("/team/hidden/+events"), manager.get("/team/nowhere/+events")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert words(hidden).replace("hidden", "nowhere") == words(absent)


def test_the_page_of_an_index_leads_to_its_events(site, manager):
    (link,) = links(manager.get("/team/main/"))
    assert serials(manager.get(urljoin("/team/main/", link)))[0]


def test_administrators_see_everything_and_find_it_from_the_list_of_indexes(site):
    browser = site.logged_in(ADMINISTRATOR, ADMINISTRATORS)
    (link,) = links(browser.get("/+indexes"))
    answer = browser.get(urljoin("/+indexes", link))
    assert serials(answer)[-1] == 1
    assert "user.added" in words(answer)
    site.add_user("ada", Right.MANAGE)
    assert "user: ada" in words(browser.get("/+events?kind=user.added"))


def test_filters_narrow_and_are_kept_on_the_form(site, manager):
    site.upload(builders.wheel("gear", "1.0"), user="ada")
    site.wheel("gear", "2.0")
    answer = manager.get(f"{PAGE}?kind=file&actor=ada&project=GEAR&since=2020-01-01&until=2999-01-01")
    assert len(serials(answer)) == 1
    for kept in ('value="ada"', 'value="GEAR"', 'value="2020-01-01"', "<option selected>file</option>"):
        assert kept in answer.text
    assert "no events like this" in words(manager.get(f"{PAGE}?until=2020-01-01"))
    assert serials(manager.get(f"{PAGE}?index=team/other")) == serials(manager.get(PAGE))


@pytest.mark.parametrize("query", ["since=yesterday", "kind=theft", "project=not+a+name", "until=9999-12-31"])
def test_what_cannot_be_meant_is_refused(manager, query):
    assert manager.get(f"{PAGE}?{query}").status_code == 400


@pytest.mark.leaves_damage("events are rows that no act made")
def test_pages_follow_each_other_with_their_filters(site, manager):
    columns = dict.fromkeys(("address", "client", "version", "filename", "previous_digest", "digest"), "")
    columns |= {"time": clock.now(), "kind": "file.yanked", "index_name": "team/main", "details": {}}
    with site.opened():
        first = newest().serial + 1
        rows = [columns | {"serial": first + n, "project": "gear", "actor": "ada"} for n in range(PAGE_SIZE + 5)]
        with writing() as session:
            session.execute(insert(Event), rows)
    page = f"{PAGE}?project=gear&actor=ada"
    newest_page = manager.get(page)
    (older,) = links(newest_page)
    older_page = manager.get(urljoin(page, older))
    assert serials(newest_page) + serials(older_page) == [row["serial"] for row in reversed(rows)]
    (back,) = links(older_page)
    assert serials(manager.get(urljoin(page, back))) == serials(newest_page)


@pytest.mark.parametrize("before", ["x", "", "-1", "9" * 10, "9" * 400, "²"])
def test_a_beginning_that_is_none_is_the_newest(manager, before):
    assert serials(manager.get(f"{PAGE}?before={before}")) == serials(manager.get(PAGE))


def test_hostile_texts_come_out_as_text(site, manager):
    site.wheel("gear")
    with site.opened() as parts:
        actor = actors.Actor(None, HOSTILE, address=HOSTILE, client=HOSTILE, at_shell=True)
        deleting.delete_project(parts.registry, actor, indexes.get("team/main"), "gear")
    answer = manager.get(PAGE)
    assert HOSTILE in words(answer)
    assert "<script" not in answer.text
    assert "<script" not in manager.get(f"{PAGE}?actor={HOSTILE}").text


def test_it_is_kept_by_nobody(manager):
    assert manager.get(PAGE).headers["Cache-Control"] == "no-store"
