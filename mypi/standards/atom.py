"""Writes feeds as Atom. A pure function: it asks nobody anything and escapes everything itself.

Specification: RFC 4287, "The Atom Syndication Format".
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from mypi.standards.simple_api import one_line

CONTENT_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """One entry. Its id is what readers know it by: a URL that never means anything else."""

    id: str
    title: str
    link: str
    updated: datetime
    """Aware of its zone."""


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed, the newest entry first."""

    address: str
    """Its own URL, which is also its id."""
    title: str
    author: str
    """Whose feed it is; the entries name nobody."""
    link: str
    updated: datetime
    entries: tuple[AtomEntry, ...]


def document(feed: AtomFeed) -> bytes:
    """Return a feed as bytes of UTF-8."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="{NAMESPACE}">',
        *_described(feed.address, feed.title, feed.link, feed.updated),
        f'<link rel="self" href={quoteattr(one_line(feed.address))}/>',
        f"<author>{_element('name', feed.author)}</author>",
        *map(_entry, feed.entries),
        "</feed>",
        "",
    ]
    return "\n".join(lines).encode()


def _entry(entry: AtomEntry) -> str:
    return "\n".join(["<entry>", *_described(entry.id, entry.title, entry.link, entry.updated), "</entry>"])


def _described(identity: str, title: str, link: str, updated: datetime) -> list[str]:
    """Return the elements that a feed and an entry share (sections 4.1.1 and 4.1.2)."""
    return [
        _element("id", identity),
        _element("title", title),
        f'<link rel="alternate" type="text/html" href={quoteattr(one_line(link))}/>',
        _element("updated", updated.astimezone(UTC).isoformat().replace("+00:00", "Z")),
    ]


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(one_line(text))}</{name}>"
