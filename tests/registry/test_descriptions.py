"""Descriptions become HTML that can do no harm; what does not render is shown as text."""

from html.parser import HTMLParser

import pytest

from mypi.registry import descriptions
from mypi.standards.core_metadata import CoreMetadata

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[a](javascript:alert(1))",
    "<a href='javascript:alert(1)'>a</a>",
    "<iframe src='https://evil.example'></iframe>",
    "<style>body{display:none}</style>",
    "<form action='https://evil.example'><input name=a></form>",
    '<div style="position:fixed">over</div>',
    ".. raw:: html\n\n   <script>alert(1)</script>\n",
    ".. include:: /etc/passwd\n",
    "`a <javascript:alert(1)>`_",
]


class Elements(HTMLParser):
    """The tags and attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    @classmethod
    def of(cls, html: str) -> tuple[set[str], list[tuple[str, str]]]:
        read = cls()
        read.feed(html)
        return read.tags, read.attributes


def render(text: str, content_type: str) -> tuple[str, bool]:
    metadata = CoreMetadata("2.1", "foo", "1.0", description=text, description_content_type=content_type)
    return descriptions.render(metadata)


@pytest.mark.parametrize(
    ("content_type", "text", "piece"),
    [
        ("text/markdown", "# Title\n\n*word*", "<em>word</em>"),
        ("text/markdown; variant=CommonMark", "**word**", "<strong>word</strong>"),
        ("text/x-rst", "Title\n=====\n\n*word*", "<em>word</em>"),
        ("", "*word*", "<em>word</em>"),
        ("text/plain", "*word* <b>", "&lt;b&gt;"),
        ("TEXT/MARKDOWN; charset=UTF-8", "*word*", "<em>word</em>"),
    ],
)
def test_a_description_is_rendered_as_its_type_says(content_type, text, piece):
    html, renders = render(text, content_type)
    assert renders
    assert piece in html


@pytest.mark.parametrize("content_type", ["text/markdown", "text/x-rst", "text/plain", "", "application/x-unknown"])
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_acts_survives(content_type, text):
    html, _ = render(text, content_type)
    tags, attributes = Elements.of(html)
    assert not tags & {"script", "iframe", "style", "form", "button", "object", "embed", "meta", "link", "base"}
    # A box of a task list cannot be filled in.
    assert "input" not in tags or attributes == [("disabled", "")]
    assert not [name for name, _ in attributes if name.startswith("on") or name in {"style", "srcdoc", "formaction"}]
    assert not [value for _, value in attributes if value.strip().lower().startswith("javascript")]
    assert "root:x:0:0" not in html


def test_what_does_not_render_is_shown_as_text_and_said():
    html, renders = render(".. code::\n  :bad:\n", "text/x-rst")
    assert (html, renders) == ("<pre>.. code::\n  :bad:\n</pre>", False)


@pytest.mark.parametrize("text", ["", " \n "])
def test_no_description_is_no_html(text):
    assert render(text, "text/markdown") == ("", True)


def test_a_very_long_description_is_shown_as_text_without_much_work():
    html, renders = render("*" * (descriptions.LONGEST + 1), "text/x-rst")
    assert renders
    assert html.startswith("<pre>***")
