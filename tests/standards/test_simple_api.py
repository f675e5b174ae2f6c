"""The values of the Simple API: which of them cannot be made."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import Namespace, ProjectEntry, ProjectList, one_line
from tests.standards.simple_values import project_page, simple_file


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("filename", ""),
        ("filename", "a/b.tar.gz"),
        ("filename", "a\nb.tar.gz"),
        ("url", "https://127.0.0.1/other-1.0.tar.gz"),
        ("url", "javascript:pkg-1.0.tar.gz"),
        ("url", "javascript:/pkg-1.0.tar.gz"),
        ("url", "//127.0.0.1/pkg-1.0.tar.gz"),
        ("url", "https:/pkg-1.0.tar.gz"),
        ("url", "a b/pkg-1.0.tar.gz"),
        ("url", "é/pkg-1.0.tar.gz"),
        ("url", "pkg-1.0.tar.gz#"),
        ("url", "pkg-1.0.tar.gz#sha256=0"),
        ("url", "pkg-1.0.tar.gz\n"),
        ("sha256", "ABCDEF0123456789" * 4),
        ("sha256", "0" * 63),
        ("sha256", "0" * 64 + "\n"),
        ("size", -1),
        ("size", True),
        ("size", 1.5),
        ("upload_time", datetime(2026, 1, 1)),  # noqa: DTZ001
        ("upload_time", datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))),
        ("requires_python", ""),
        ("requires_python", ">=3\r\nX: y"),
        ("metadata_sha256", ""),
        ("metadata_sha256", "true"),
        ("yanked_reason", "for no yanked file"),
        ("provenance", "http://127.0.0.1/p"),
        ("provenance", "/integrity/p"),
    ],
)
def test_a_file_with_an_illegal_value_cannot_be_made(field: str, value: object) -> None:
    facts: dict[str, Any] = {field: value}
    with pytest.raises(ValueError, match=f"illegal {field}"):
        simple_file(**facts)


@pytest.mark.parametrize("reason", ["two\nlines", " room", "nul\0", "\ud800", "\uffff"])
def test_a_reason_is_one_line_that_html_can_hold(reason: str) -> None:
    with pytest.raises(ValueError, match="illegal yanked_reason"):
        simple_file(yanked=True, yanked_reason=reason)
    with pytest.raises(ValueError, match="illegal status_reason"):
        project_page(status_reason=reason)
    assert simple_file(yanked=True, yanked_reason=one_line(reason)).yanked


@given(st.text())
def test_one_line_leaves_one_line_alone(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert len(line.splitlines()) <= 1
    assert line.encode().decode() == line


@pytest.mark.parametrize(
    ("filename", "last"),
    [("pkg-1!2.0+local.tar.gz", "pkg-1!2.0+local.tar.gz"), ("pkg-1!2.0+local.tar.gz", "pkg-1%212.0%2Blocal.tar.gz")],
)
def test_an_epoch_and_a_local_version_may_be_written_raw_or_escaped(filename: str, last: str) -> None:
    assert simple_file(filename, url=f"../../packages/abc/{last}").filename == filename


@pytest.mark.parametrize("name", ["Pkg", "a_b", "a--b", "-a", "", "a\n"])
def test_a_page_has_a_normalized_name(name: str) -> None:
    with pytest.raises(ValueError, match="illegal name"):
        project_page(name=name)


def test_a_page_names_each_file_and_each_version_once() -> None:
    with pytest.raises(ValueError, match="illegal files"):
        project_page(simple_file(), simple_file())
    with pytest.raises(ValueError, match="illegal versions"):
        project_page(versions=("1.0", "1.0"))
    with pytest.raises(ValueError, match="illegal versions"):
        project_page(simple_file(), versions=())


def test_a_quarantined_project_offers_no_files_but_may_keep_its_versions() -> None:
    with pytest.raises(ValueError, match="illegal files"):
        project_page(simple_file(), status=ProjectStatus.QUARANTINED)
    assert project_page(status=ProjectStatus.QUARANTINED).versions == ("1.0",)


@pytest.mark.parametrize(
    ("name", "normalized"), [("A.B", "a.b"), ("A.B", "a_b"), ("<b>", "<b>"), ("a b", "a-b"), ("é", "é"), ("a-", "a-")]
)
def test_an_entry_has_a_legal_name_and_the_same_normalized(name: str, normalized: str) -> None:
    with pytest.raises(ValueError, match="illegal n"):
        ProjectEntry(name, normalized, 1)


def test_a_list_has_each_project_once() -> None:
    with pytest.raises(ValueError, match="illegal entries"):
        ProjectList((ProjectEntry("A.b", "a-b", 1), ProjectEntry("a_B", "a-b", 2)), 2)


@pytest.mark.parametrize(
    ("time", "written"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05.000006Z"),
        (datetime(2026, 1, 2, tzinfo=timezone(timedelta(0), "GMT")), "2026-01-02T00:00:00Z"),
    ],
)
def test_an_upload_time_is_written_as_pep_700_has_it(time: datetime, written: str) -> None:
    assert simple_file(upload_time=time).written_upload_time == written


@pytest.mark.parametrize("name", ["other", "pk", "pkg-one", ""])
def test_a_namespace_that_does_not_cover_the_project_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="illegal namespaces"):
        project_page(simple_file(), namespaces=(Namespace(name, owned=True),))
