"""The writer of Atom: well-formed, with the elements that RFC 4287 requires, whatever text is put in."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from mypi.standards.atom import NAMESPACE, AtomEntry, AtomFeed, document
from mypi.standards.simple_api import one_line
from tests.standards.simple_values import HOSTILE, times

ADDRESS = "https://packages.example/team/main/+events.atom"
texts = st.text(max_size=40) | st.sampled_from([*HOSTILE, "]]>", "\x00\x0b\x1f", "\ud800", "\ufffe\uffff", "\r\n", '"'])


def entry(number=1, **facts):
    values = {"title": "gear", "link": "https://packages.example/", "updated": datetime.now(UTC)}
    return AtomEntry(f"{ADDRESS}#{number}", **{**values, **facts})


def read(*entries, **facts):
    values = {"title": "Changes", "author": "team/main", "link": "https://packages.example/"}
    feed = AtomFeed(**{"address": ADDRESS, "updated": datetime.now(UTC), "entries": entries, **values, **facts})
    root = ET.fromstring(document(feed))
    assert root.tag == f"{{{NAMESPACE}}}feed"
    return root


def texts_of(element):
    """Return the text of each child by its name without namespace."""
    return {child.tag.removeprefix(f"{{{NAMESPACE}}}"): child.text or "" for child in element}


def links_of(element):
    return {link.get("rel"): link.get("href") for link in element.findall(f"{{{NAMESPACE}}}link")}


@given(texts, texts, texts, texts, times)
def test_any_text_is_well_formed_and_comes_back_as_one_line(title, of_all, author, link, updated):
    root = read(entry(title=title, link=link, updated=updated), title=of_all, author=author)
    assert texts_of(root)["title"] == one_line(of_all)
    assert root.findtext(f"{{{NAMESPACE}}}author/{{{NAMESPACE}}}name") == one_line(author)
    (found,) = root.findall(f"{{{NAMESPACE}}}entry")
    said = texts_of(found)
    assert said["title"] == one_line(title)
    assert links_of(found) == {"alternate": one_line(link)}
    assert datetime.fromisoformat(said["updated"]) == updated


def test_a_feed_and_its_entries_have_what_the_standard_requires():
    root = read(entry(7))
    assert {"id", "title", "updated", "author"} <= set(texts_of(root))
    assert links_of(root)["self"] == texts_of(root)["id"] == ADDRESS
    (found,) = root.findall(f"{{{NAMESPACE}}}entry")
    assert {"id", "title", "updated"} <= set(texts_of(found))
    assert texts_of(found)["id"] == f"{ADDRESS}#7"


def test_entries_stand_in_their_order():
    found = read(entry(2), entry(1)).findall(f"{{{NAMESPACE}}}entry")
    assert [texts_of(one)["id"].rpartition("#")[2] for one in found] == ["2", "1"]


def test_a_time_is_in_utc_with_its_z():
    assert texts_of(read(updated=datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)))["updated"] == "2026-02-03T04:05:06Z"
