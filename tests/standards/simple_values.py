"""Makes values of the Simple API for tests, and hypothesis strategies that fill them with hostile text."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import ProjectEntry, ProjectList, ProjectPage, SimpleFile, one_line

HOSTILE = [
    '"><script>alert(1)</script>',
    "' onmouseover='x",
    "</a></body></html>",
    "&amp;&lt;&#34;",
    "href=http://127.0.0.1/evil-1.0.tar.gz#egg=evil",
    "--> <!-- ]]>",
    "\u2028\u202e\ufeffé漢😀",
    '\\u0000"\\',
]


def simple_file(filename: str = "pkg-1.0.tar.gz", **facts: Any) -> SimpleFile:
    """Return a legal file, other than that in the facts that are given."""
    values: dict[str, Any] = {
        "filename": filename,
        "url": f"../../packages/abc/{quote(filename, safe='')}",
        "sha256": "0123456789abcdef" * 4,
        "size": 1234,
        "upload_time": datetime(2026, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
        "requires_python": None,
        "metadata_sha256": None,
        "yanked": False,
        "yanked_reason": "",
    }
    return SimpleFile(**{**values, **facts})


def project_page(*files: SimpleFile, **facts: Any) -> ProjectPage:
    """Return a legal page of these files, other than that in the facts that are given."""
    values: dict[str, Any] = {
        "name": "pkg",
        "files": files,
        "versions": ("1.0",),
        "status": ProjectStatus.ACTIVE,
        "status_reason": "",
        "last_serial": 7,
    }
    return ProjectPage(**{**values, **facts})


lines = (st.text(max_size=40) | st.sampled_from(HOSTILE)).map(one_line)
digests = st.text("0123456789abcdef", min_size=64, max_size=64)
times = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
serials = st.integers(0, 10**12)
names = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)


@st.composite
def simple_files(draw: st.DrawFn) -> SimpleFile:
    """Draw a file with any text that a file may have."""
    filename = draw(lines.filter(lambda text: text not in ("", ".", "..") and not set(text) & set("/\\")))
    before = draw(st.sampled_from(["", "../../packages/abc/", "https://127.0.0.1:8443/f/", "/mypi/+f/"]))
    yanked = draw(st.booleans())
    return simple_file(
        filename,
        url=before + quote(filename, safe=""),
        sha256=draw(digests),
        size=draw(st.integers(0, 2**40)),
        upload_time=draw(times),
        requires_python=draw(st.none() | lines.filter(bool)),
        metadata_sha256=draw(st.none() | digests),
        yanked=yanked,
        yanked_reason=draw(lines) if yanked else "",
        provenance=draw(st.none() | st.just("https://127.0.0.1/integrity/pkg/1.0?a=1&b=2")),
        has_signature=draw(st.none() | st.booleans()),
    )


@st.composite
def project_pages(draw: st.DrawFn) -> ProjectPage:
    """Draw a page of up to four files in any status."""
    status = draw(st.sampled_from(ProjectStatus))
    files = draw(st.lists(simple_files(), max_size=4, unique_by=lambda file: file.filename))
    versions = draw(st.lists(lines.filter(bool), min_size=1, max_size=3, unique=True))
    return project_page(
        *(files if status.offers_files else ()),
        versions=tuple(versions),
        status=status,
        status_reason=draw(lines),
        last_serial=draw(serials),
    )


@st.composite
def project_lists(draw: st.DrawFn) -> ProjectList:
    """Draw a list of up to six projects."""
    entries = [
        ProjectEntry(name, name.lower().replace(".", "-").replace("_", "-"), draw(serials))
        for name in draw(st.lists(names.filter(_has_single_separators), max_size=6))
    ]
    by_name = {entry.normalized_name: entry for entry in entries}
    return ProjectList(tuple(by_name.values()), draw(serials))


def _has_single_separators(name: str) -> bool:
    return all(not (one in "-_." and two in "-_.") for one, two in pairwise(name))
