"""GET and HEAD of the feeds: of the default index and of others, by nobody and by everybody."""

from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from mypi.registry import registering
from tests.support import builders
from tests.support.peopled import HOLDERS, INSIDE, MAIN, SECRET, at

EVERYBODY = ("", "stranger", *HOLDERS, "patterned", "member", "admin")
READERS = {MAIN: set(EVERYBODY), INSIDE: set(EVERYBODY) - {""}} | {
    SECRET: {"reader", "manager", "patterned", "member", "admin"},
}
FEEDS = ("updates.xml", "packages.xml", "project/foo-a/releases.xml")
PLACES = {"default": ("/rss/", MAIN, ""), "public": (f"/{MAIN}/+rss/", MAIN, "")} | {
    "authenticated": (f"/{INSIDE}/+rss/", INSIDE, "reader"),
    "private": (f"/{SECRET}/+rss/", SECRET, "reader"),
}


@pytest.fixture(params=sorted(PLACES))
def place(request, peopled):
    """The client of a reader, the URL below which feeds are, and the index: it has Foo_A 1.0 and 2.0, and other 1.0."""
    url, index, name = PLACES[request.param]
    for project, version in (("Foo_A", "1.0"), ("other", "1.0"), ("Foo_A", "2.0")):
        peopled.upload(builders.wheel(project, version, summary=f"{project} & {version}"), index=index)
    return peopled.client(name), url, index


def items(answer):
    """Return of each item its elements by name."""
    assert answer.status_code == 200, answer.text
    return [{child.tag: child.text for child in item} for item in ET.fromstring(answer.data).iter("item")]


def titles(answer):
    return [item["title"] for item in items(answer)]


def test_updates_are_the_newest_releases(place):
    client, url, _ = place
    answer = client.get(f"{url}updates.xml")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert titles(answer) == ["Foo_A 2.0", "other 1.0", "Foo_A 1.0"]
    assert items(answer)[0]["description"] == "Foo_A & 2.0"


def test_packages_are_the_newest_projects(place, peopled):
    client, url, index = place
    registering.register(peopled.registry, peopled.actor("shell"), peopled.index(index), "empty")
    found = items(client.get(f"{url}packages.xml"))
    assert [item["title"] for item in found] == [f"other added to {index}", f"Foo_A added to {index}"]
    assert found[1]["description"] == "Foo_A & 2.0"


def test_releases_are_those_of_the_project(place):
    client, url, _ = place
    assert titles(client.get(f"{url}project/foo-a/releases.xml")) == ["Foo_A 2.0", "Foo_A 1.0"]


def test_every_link_is_whole_and_leads_to_a_page_that_shows_it(place):
    client, url, _ = place
    for feed in FEEDS:
        answer = client.get(url + feed)
        channel = ET.fromstring(answer.data).findtext("channel/link")
        for link in [channel, *(item["link"] for item in items(answer))]:
            assert link.startswith("http://localhost/")
            assert client.get(urlsplit(link).path).status_code == 200
    found = items(client.get(f"{url}updates.xml"))
    assert "1.0" in client.get(urlsplit(found[-1]["link"]).path).text
    assert len({item["guid"] for item in found}) == 3


def test_links_are_below_base_url_where_it_is_set(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "other", base_url="http://packages.example/mypi/") as made:
        made.upload(builders.wheel("foo-a", "1.0"))
        for feed in FEEDS:
            (item,) = items(made.client().get(f"/rss/{feed}"))
            assert item["link"].startswith("http://packages.example/mypi/package/foo-a/")


def test_another_spelling_of_the_name_is_redirected_relatively(place):
    client, url, _ = place
    for spelling in ("Foo_A", "foo.a", "FOO--A"):
        asked = f"{url}project/{spelling}/releases.xml"
        answer = client.get(f"{asked}?a=b")
        assert answer.status_code == 301
        assert urljoin(asked, answer.headers["Location"]) == f"{url}project/foo-a/releases.xml?a=b"


def test_a_project_that_is_not_there_is_404(place):
    client, url, _ = place
    for name in ("nothing", "not a name", "-", "%00", "%ff"):
        assert client.get(f"{url}project/{name}/releases.xml").status_code == 404


def test_head_says_what_get_says_and_who_has_it_gets_304(place):
    client, url, index = place
    for feed in FEEDS:
        got, headed = client.get(url + feed), client.head(url + feed)
        assert (headed.status, dict(headed.headers), headed.data) == (got.status, dict(got.headers), b"")
        assert got.headers["Cache-Control"] == ("max-age=0" if index == MAIN else "private, max-age=0")
        assert ("Authorization" in got.headers.get("Vary", "")) == (index != MAIN)
        again = client.get(url + feed, headers={"If-None-Match": got.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")


def test_the_same_people_read_feeds_as_read_the_index(peopled):
    for index, readers in READERS.items():
        peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
        peopled.upload(builders.wheel("other", "1.0"), index=index)
        for name in EVERYBODY:
            expected = 200 if name in readers else 401 if name == "" else 404
            for feed in FEEDS:
                assert peopled.client(name).get(f"/{index}/+rss/{feed}").status_code == expected, (name, index, feed)


def test_who_reads_some_projects_is_told_of_these(peopled):
    for name in ("foo-a", "other"):
        peopled.upload(builders.wheel(name, "1.0"), index=SECRET)
    client = peopled.client("patterned")
    assert titles(client.get(f"/{SECRET}/+rss/updates.xml")) == ["foo-a 1.0"]
    assert titles(client.get(f"/{SECRET}/+rss/packages.xml")) == [f"foo-a added to {SECRET}"]
    assert client.get(f"/{SECRET}/+rss/project/other/releases.xml").status_code == 404


def test_an_index_that_one_may_not_read_answers_like_one_that_is_not_there(peopled):
    peopled.upload(builders.wheel("foo-a", "1.0"), index=SECRET)
    for name in ("", "stranger", "uploader"):
        for feed in FEEDS:
            hidden, absent = (peopled.client(name).get(f"/{index}/+rss/{feed}") for index in (SECRET, "team/nowhere"))
            assert (hidden.status, hidden.headers.get("WWW-Authenticate")) == (
                absent.status.replace("team/nowhere", SECRET),
                absent.headers.get("WWW-Authenticate"),
            )
            assert hidden.text == absent.text.replace("team/nowhere", SECRET)


HOSTILE = "]]> <script>alert(1)</script> &amp; \ufffe \x0b end"


def test_hostile_texts_come_out_as_text(peopled):
    extra = ['Author-email: "><script>" <a@example.org>']
    peopled.upload(builders.wheel("foo-a", "1.0", summary=HOSTILE, metadata_extra=extra))
    for feed in FEEDS:
        answer = peopled.client().get(f"/rss/{feed}")
        (item,) = items(answer)
        assert "<script>alert(1)</script>" in item["description"]
        assert "end" in item["description"]
        assert item["author"] == "a@example.org"
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_pages_lead_to_their_feeds(peopled):
    for index, prefix in ((MAIN, "/"), (SECRET, f"/{SECRET}/")):
        peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
        client = peopled.client("admin")
        for page, feeds in ((prefix, 2), (f"{prefix}{'package/' if index == MAIN else ''}foo-a/", 1)):
            lines = [line for line in client.get(page).text.splitlines() if "application/rss+xml" in line]
            assert len(lines) == feeds
            for line in lines:
                href = line.partition('href="')[2].partition('"')[0]
                assert items(client.get(urljoin(page, href)))


def test_wrong_credentials_do_not_close_a_public_index(peopled):
    peopled.upload(builders.wheel("foo-a", "1.0"))
    for feed in FEEDS:
        assert peopled.client("reader", "wrong-password").get(f"/rss/{feed}").status_code == 200
