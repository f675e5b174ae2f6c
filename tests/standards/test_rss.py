"""The writer of feeds: well-formed XML with the elements of RSS 2.0, whatever text is put in."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi.standards.rss import Feed, FeedItem, document
from mypi.standards.simple_api import one_line
from tests.standards.simple_values import HOSTILE, times

LINK = "https://packages.example/package/gear/1.0/"
texts = st.text(max_size=40) | st.sampled_from(
    [*HOSTILE, "]]>", "\x00\x0b\x1f", "\ud800", "\ufffe\uffff", "&#0;", "\r\n"]
)


def item(**facts):
    values = {"title": "gear 1.0", "link": LINK, "description": "", "author": "", "published": datetime.now(UTC)}
    return FeedItem(**{**values, **facts})


def read(*items, **facts):
    values = {"title": "Newest", "link": "https://packages.example/", "description": "Newest", "items": items}
    root = ET.fromstring(document(Feed(**{**values, **facts})))
    assert (root.tag, root.attrib) == ("rss", {"version": "2.0"})
    (channel,) = root
    return channel


def texts_of(element):
    return {child.tag: child.text or "" for child in element if child.tag != "item"}


@given(texts, texts, texts, texts, times)
def test_any_text_is_well_formed_and_comes_back_as_one_line(title, description, author, of_all, published):
    channel = read(item(title=title, description=description, author=author, published=published), title=of_all)
    assert texts_of(channel)["title"] == one_line(of_all)
    (found,) = channel.findall("item")
    said = texts_of(found)
    assert said.get("title", "") == one_line(title)
    assert said.get("description", "") == one_line(description)
    assert said["link"] == said["guid"] == LINK
    assert parsedate_to_datetime(said["pubDate"]) == published.replace(microsecond=0)


def test_a_channel_has_what_rss_requires():
    assert set(texts_of(read())) >= {"title", "link", "description"}


def test_items_stand_in_their_order():
    found = read(item(title="b 2.0"), item(title="a 1.0")).findall("item")
    assert [one.findtext("title") for one in found] == ["b 2.0", "a 1.0"]


def test_a_time_is_written_in_gmt():
    found = read(item(published=datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC)))
    assert found.findtext("item/pubDate") == "Tue, 03 Feb 2026 04:05:06 GMT"


@pytest.mark.parametrize(
    ("author", "written"),
    [
        ("a@example.org", "a@example.org"),
        ("Ada <a@example.org>, Bob <b@example.org>", "a@example.org, b@example.org"),
        ("Ada", None),
        ('"Lovelace, Ada" <a@example.org>', "a@example.org"),
        ("@ a@ @b", None),
        ("a@b" + "(" * 5000, "a@b"),
        ("", None),
        ("<" * 5000, None),
        ("(" * 5000, None),
    ],
)
def test_of_an_author_only_addresses_are_written(author, written):
    assert read(item(author=author)).findtext("item/author") == written
