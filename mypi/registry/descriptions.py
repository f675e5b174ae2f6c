"""Descriptions of releases as safe HTML, rendered once, when a release comes to be."""

from html import escape

import readme_renderer.markdown
import readme_renderer.rst
import readme_renderer.txt

from mypi.standards.core_metadata import CoreMetadata

LONGEST = 300_000  # characters; a longer one would cost docutils many seconds, and is shown as it is


def render(core_metadata: CoreMetadata) -> tuple[str, bool]:
    """Return the description as HTML and whether it rendered as its content type says; if not, it is shown as text.

    The renderer strips everything but an allow-list of elements and attributes.
    """
    text = core_metadata.description
    if not text.strip():
        return "", True
    if len(text) > LONGEST:
        return f"<pre>{escape(text)}</pre>", True
    rendered = _rendered(text, core_metadata.description_content_type)
    return (rendered, True) if rendered is not None else (f"<pre>{escape(text)}</pre>", False)


def _rendered(text: str, content_type: str) -> str | None:
    kind, _, parameters = content_type.lower().partition(";")
    if kind.strip() == "text/markdown":
        variant = "CommonMark" if "commonmark" in parameters else "GFM"
        return readme_renderer.markdown.render(text, variant=variant)
    if kind.strip() == "text/plain":
        return readme_renderer.txt.render(text)
    return readme_renderer.rst.render(text)
