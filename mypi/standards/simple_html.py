"""Writes the Simple API as HTML (PEP 503 and its successors). Asks nobody anything; escapes everything itself.

The pages need no style and no script, so that the strictest Content-Security-Policy suits them.
"""

from html import escape

from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import API_VERSION, ProjectList, ProjectPage, SimpleFile

__all__ = ["API_VERSION", "project_list", "project_page"]


def project_list(projects: ProjectList) -> bytes:
    """Return the list of projects: one anchor each, its text the display name, its target `<normalized name>/`.

    The targets are relative, because Poetry reads the name from the target and not from the text.
    """
    anchors = [f'<a href="{escape(entry.normalized_name)}/">{escape(entry.name)}</a><br>' for entry in projects.entries]
    return _document("Projects", [], anchors)


def project_page(page: ProjectPage) -> bytes:
    """Return the page of one project: one anchor for each file, and the project's status in the head (PEP 792)."""
    head = [f'<meta name="pypi:project-status" content="{page.status.value}">']
    remark = []
    if page.status_reason:
        head.append(f'<meta name="pypi:project-status-reason" content="{_free_text(page.status_reason)}">')
    if page.status is not ProjectStatus.ACTIVE:
        told = f": {_free_text(page.status_reason)}" if page.status_reason else ""
        remark.append(f"<p>This project is {page.status.value}{told}</p>")
    return _document(page.name, head, [*remark, *map(_anchor, page.files)])


def _anchor(file: SimpleFile) -> str:
    attributes = [f'href="{escape(file.url)}#sha256={file.sha256}"']
    if file.requires_python is not None:
        attributes.append(f'data-requires-python="{escape(file.requires_python)}"')
    if file.metadata_sha256 is not None:
        # pip before 22.3 and uv read the older of the two names; they have to agree (PEP 714).
        attributes += [
            f'data-{name}="sha256={file.metadata_sha256}"' for name in ("core-metadata", "dist-info-metadata")
        ]
    if file.yanked:
        # pip takes an attribute without a value for "not yanked"; an empty one it understands.
        attributes.append(f'data-yanked="{_free_text(file.yanked_reason)}"')
    if file.has_signature is not None:
        attributes.append(f'data-gpg-sig="{"true" if file.has_signature else "false"}"')
    if file.provenance is not None:
        attributes.append(f'data-provenance="{escape(file.provenance)}"')
    # No specification has these two; uv reads them, and without a time its --exclude-newer finds nothing old enough.
    attributes += [f'data-size="{file.size}"', f'data-upload-time="{file.written_upload_time}"']
    return f"<a {' '.join(attributes)}>{escape(file.filename)}</a><br>"


def _free_text(text: str) -> str:
    # easy_install looks for href=… in the source, wherever it stands: a reason must not be able to add a link.
    return escape(text).replace("=", "&#61;")


def _document(title: str, head: list[str], body: list[str]) -> bytes:
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta name="pypi:repository-version" content="{API_VERSION}">',
        *head,
        '<meta name="viewport" content="width=device-width">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{escape(title)}</title>",
        "</head>",
        "<body>",
        f"<h1>{escape(title)}</h1>",
        *body,
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode()
