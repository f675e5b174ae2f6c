"""Writes feeds as RSS 2.0. A pure function: it asks nobody anything and escapes everything itself.

Specification: the RSS board's "RSS 2.0"; the text is XML 1.0, which has no way to hold most control characters.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from mypi.standards.simple_api import one_line

LONGEST_AUTHOR = 1000
"""Characters of addresses that are looked through; a real list of maintainers has less than 300."""

_ADDRESS = re.compile(r"[\w.+%=-]{1,64}@[\w.-]{1,255}", re.ASCII)


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One item. Its link is what readers know it by."""

    title: str
    link: str
    description: str
    author: str
    """As core metadata has it: names and addresses, of which the addresses are written."""
    published: datetime
    """Aware of its zone."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, the newest item first."""

    title: str
    link: str
    description: str
    items: tuple[FeedItem, ...]


def document(feed: Feed) -> bytes:
    """Return a feed as bytes of UTF-8."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<rss version="2.0">',
        "<channel>",
        *(_element(name, text) for name, text in _channel(feed)),
        *map(_item, feed.items),
        "</channel>",
        "</rss>",
        "",
    ]
    return "\n".join(lines).encode()


def _channel(feed: Feed) -> list[tuple[str, str]]:
    return [("title", feed.title), ("link", feed.link), ("description", feed.description), ("language", "en")]


def _item(item: FeedItem) -> str:
    elements = [
        ("title", item.title),
        ("link", item.link),
        ("guid", item.link),
        ("description", item.description),
        ("author", _addresses(item.author)),
        ("pubDate", format_datetime(item.published.astimezone(UTC), usegmt=True)),
    ]
    return "\n".join(["<item>", *(_element(name, text) for name, text in elements if text), "</item>"])


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(one_line(text))}</{name}>"


def _addresses(author: str) -> str:
    """Return what looks like an address in a text that somebody wrote: names are as they please, often with commas."""
    return ", ".join(_ADDRESS.findall(author[:LONGEST_AUTHOR]))
