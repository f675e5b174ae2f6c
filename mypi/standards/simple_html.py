"""Writes the Simple API as HTML (PEP 503 and its successors). Asks nobody anything; escapes everything itself.

The pages need no style and no script, so that the strictest Content-Security-Policy suits them.
"""

from html import escape

from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import API_VERSION, ProjectEntry, ProjectList, ProjectPage, SimpleFile

SEPARATOR = ""
"""What stands between two entries of a list: each ends its own line."""


def project_list(projects: ProjectList) -> bytes:
    """Return the list of projects: one anchor each, its text the display name, its target `<normalized name>/`.

    The targets are relative, because Poetry reads the name from the target and not from the text.
    """
    before, after = around_projects()
    return (before + SEPARATOR.join(map(project, projects.entries)) + after).encode()


def project_page(page: ProjectPage) -> bytes:
    """Return the page of one project: one anchor for each file, and the project's status in the head (PEP 792)."""
    before, after = around_files(page)
    return (before + SEPARATOR.join(map(file, page.files)) + after).encode()


def around_projects() -> tuple[str, str]:
    """Return what stands before and after the entries of the list of projects."""
    return _around("Projects", [], [])


def project(entry: ProjectEntry) -> str:
    """Return one entry of the list of projects."""
    return f'<a href="{escape(entry.normalized_name)}/">{escape(entry.name)}</a><br>\n'


def around_files(page: ProjectPage) -> tuple[str, str]:
    """Return what stands before and after the entries of a project's page; its own files are not looked at."""
    head = [f'<meta name="pypi:project-status" content="{page.status.value}">']
    remark = []
    if page.status_reason:
        head.append(f'<meta name="pypi:project-status-reason" content="{_free_text(page.status_reason)}">')
    if page.status is not ProjectStatus.ACTIVE:
        told = f": {_free_text(page.status_reason)}" if page.status_reason else ""
        remark.append(f"<p>This project is {page.status.value}{told}</p>")
    return _around(page.name, head, remark)


def file(file: SimpleFile) -> str:
    """Return one entry of a project's page."""
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
    return f"<a {' '.join(attributes)}>{escape(file.filename)}</a><br>\n"


def _free_text(text: str) -> str:
    # easy_install looks for href=… in the source, wherever it stands: a reason must not be able to add a link.
    return escape(text).replace("=", "&#61;")


def _around(title: str, head: list[str], remark: list[str]) -> tuple[str, str]:
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
        *remark,
        "",
    ]
    return "\n".join(lines), "</body>\n</html>\n"
