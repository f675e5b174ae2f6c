"""Readers of Simple pages: what a page says, whichever form it has."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

JSON = "application/vnd.pypi.simple.v1+json"
HTML_V1 = "application/vnd.pypi.simple.v1+html"
PIP = f"{JSON}, {HTML_V1}; q=0.1, text/html; q=0.01"
UV = f"{JSON}, {HTML_V1};q=0.2, text/html;q=0.01"
POETRY = f"{JSON}, */*;q=0.1"


@dataclass
class Anchor:
    """A link of an HTML page."""

    href: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """An HTML page: its links, and its `<meta>` by name."""

    source: str
    anchors: list[Anchor] = field(default_factory=list)
    meta: dict[str, str | None] = field(default_factory=dict)
    _open: bool = False

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self.anchors.append(Anchor(attributes.pop("href") or "", attributes))
            self._open = True
        elif tag == "meta" and "name" in attributes:
            self.meta[str(attributes["name"])] = attributes.get("content")

    def handle_endtag(self, tag: str) -> None:
        self._open = self._open and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._open:
            self.anchors[-1].text += data


def as_json(client: Any, url: str) -> Any:
    """Return the JSON at a URL."""
    answer = client.get(url, headers={"Accept": JSON})
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)


def as_html(client: Any, url: str) -> Page:
    """Return the HTML page at a URL."""
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)
