"""GET and HEAD of the Atom feed of an index: what happened, for those who may read of it."""

from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import pytest

from mypi.registry import deleting, journal, yanking
from mypi.standards.atom import NAMESPACE
from tests.protocols.test_feeds import EVERYBODY, READERS
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET, at

ATOM = {"a": NAMESPACE}
SECRETS = ("shell:", "192.0.2.1", "admin", "because of a hole")


def address(index=MAIN):
    return f"/{index}/+events.atom"


def entries(answer):
    """Return id, title and link of each entry."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    found = ET.fromstring(answer.data).findall("a:entry", ATOM)
    return [
        (one.findtext("a:id", "", ATOM), one.findtext("a:title", "", ATOM), one.find("a:link", ATOM).get("href"))
        for one in found
    ]


def titles(answer):
    return [title for _, title, _ in entries(answer)]


def a_life(peopled, index=MAIN):
    """Let things happen to two projects, of which one is gone in the end."""
    shell, where = peopled.actor("shell"), peopled.index(index)
    for name in ("Foo_A", "other"):
        peopled.upload(builders.wheel(name, "1.0"), index=index)
    yanked = {"yanked": True, "reason": "because of a hole"}
    yanking.set_release_yanked(peopled.registry, shell, where, "foo-a", "1.0", **yanked)
    deleting.delete_project(peopled.registry, shell, where, "other")


def test_what_happened_is_told_with_the_newest_first_and_names_nobody(peopled):
    a_life(peopled)
    answer = peopled.client().get(address())
    assert titles(answer) == [
        "other: remove project",
        "foo-a 1.0: yank release",
        "other 1.0: create, new release, add py3 file other-1.0-py3-none-any.whl",
        "foo-a 1.0: create, new release, add py3 file foo_a-1.0-py3-none-any.whl",
    ]
    assert not [word for word in SECRETS if word in answer.text]


def test_each_entry_has_an_id_of_its_own_and_a_link_that_leads_to_a_page(peopled):
    a_life(peopled)
    client = peopled.client()
    found = entries(client.get(address()))
    assert [id_ for id_, _, _ in found] == [f"http://localhost{address()}#{peopled.serial() - n}" for n in range(4)]
    for _, _, link in found:
        assert client.get(urlsplit(link).path).status_code == 200
    assert found[1][2] == "http://localhost/package/foo-a/"


def test_addresses_are_below_base_url_where_it_is_set(peopled_template, tmp_path):
    base = "http://packages.example/mypi/"
    with at(peopled_template, tmp_path / "other", base_url=base) as made:
        made.upload(builders.wheel("foo-a", "1.0"))
        answer = made.client().get(address())
        assert [link for _, _, link in entries(answer)] == [f"{base}package/foo-a/"]
        assert ET.fromstring(answer.data).findtext("a:id", "", ATOM) == f"{base}team/main/+events.atom"


def test_an_index_in_which_nothing_happened_has_an_empty_feed(peopled):
    answer = peopled.client().get(address())
    assert entries(answer) == []
    assert ET.fromstring(answer.data).findtext("a:updated", "", ATOM)


def test_no_more_is_told_than_the_newest(peopled, monkeypatch):
    monkeypatch.setattr(journal, "MOST_CHANGES", 2)
    a_life(peopled)
    assert titles(peopled.client().get(address())) == ["other: remove project", "foo-a 1.0: yank release"]


@pytest.mark.parametrize("index", [MAIN, INSIDE, SECRET])
def test_the_same_people_read_it_as_read_the_index(peopled, index):
    peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
    for name in EVERYBODY:
        expected = 200 if name in READERS[index] else 401 if name == "" else 404
        assert peopled.client(name).get(address(index)).status_code == expected, name
        absent = peopled.client(name).get(address("team/nowhere"))
        if expected != 200:
            hidden = peopled.client(name).get(address(index))
            assert hidden.text.replace(index, "team/nowhere") == absent.text


def test_who_reads_some_projects_is_told_of_these(peopled):
    a_life(peopled, SECRET)
    found = titles(peopled.client("patterned").get(address(SECRET)))
    assert [title.partition(" ")[0] for title in found] == ["foo-a", "foo-a"]


@pytest.mark.parametrize("index", [MAIN, SECRET])
def test_head_says_what_get_says_and_who_has_it_gets_304(peopled, index):
    peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
    client = peopled.client("reader")
    got, headed = client.get(address(index)), client.head(address(index))
    assert (headed.status_code, headed.data) == (200, b"")
    assert {name: headed.headers[name] for name in ("ETag", "Content-Length", "Cache-Control")} == {
        name: got.headers[name] for name in ("ETag", "Content-Length", "Cache-Control")
    }
    assert got.headers["Cache-Control"] == ("max-age=0" if index == MAIN else "private, max-age=0")
    again = client.get(address(index), headers={"If-None-Match": got.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("index", "page"), [(MAIN, "/"), (SECRET, f"/{SECRET}/")])
def test_the_page_of_an_index_leads_to_it(peopled, index, page):
    peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
    client = peopled.client("reader")
    (line,) = [line for line in client.get(page).text.splitlines() if "application/atom+xml" in line]
    href = line.partition('href="')[2].partition('"')[0]
    assert len(entries(client.get(urljoin(page, href)))) == 1
