"""Both writers of the Simple API, read back with the standard library and with another project's reader."""

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urldefrag, urlsplit

import pypi_simple
import pytest
from hypothesis import given

from mypi.standards import simple_html, simple_json
from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import Namespace, ProjectEntry, ProjectList, ProjectPage, SimpleFile
from tests.standards.simple_values import HOSTILE, project_lists, project_page, project_pages, simple_file

BASE = "http://127.0.0.1/simple/pkg/"
UPLOAD_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


class Reader(HTMLParser):
    """Collects the anchors with their texts, the metas of the head, and the names of all elements."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.anchors: list[tuple[dict[str, str | None], str]] = []
        self.metas: dict[str | None, str | None] = {}
        self.elements: list[str] = []
        self.doctypes: list[str] = []
        self.feed(html.decode())
        self.close()

    def handle_decl(self, decl: str) -> None:
        self.doctypes.append(decl)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs)
        self.elements.append(tag)
        if tag == "meta":
            assert "body" not in self.elements
            self.metas[dict(attrs).get("name")] = dict(attrs).get("content")
        if tag == "a":
            self.anchors.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "a" and self.anchors and data.strip("\n"):
            attributes, text = self.anchors[-1]
            self.anchors[-1] = attributes, text + data


def read_json(page: ProjectPage) -> dict[str, Any]:
    document = json.loads(simple_json.project_page(page))
    assert isinstance(document, dict)
    return document


def one_file(file: SimpleFile) -> tuple[dict[str, str | None], dict[str, Any]]:
    """Return the file's anchor and its JSON object."""
    page = project_page(file)
    ((attributes, _),) = Reader(simple_html.project_page(page)).anchors
    (entry,) = read_json(page)["files"]
    return attributes, entry


def as_json(attributes: dict[str, str | None], text: str) -> dict[str, Any]:
    """Return what an anchor says, in the words of the JSON form."""
    url, digest = urldefrag(attributes["href"] or "")
    entry: dict[str, Any] = {
        "filename": text,
        "url": url,
        "hashes": dict([digest.split("=")]),
        "size": int(attributes["data-size"] or ""),
        "upload-time": attributes["data-upload-time"],
        "yanked": attributes.get("data-yanked") or "data-yanked" in attributes,
    }
    if "data-core-metadata" in attributes:
        entry["core-metadata"] = dict([(attributes["data-core-metadata"] or "").split("=")])
    if "data-gpg-sig" in attributes:
        entry["gpg-sig"] = {"true": True, "false": False}[attributes["data-gpg-sig"] or ""]
    plain = {"data-requires-python": "requires-python", "data-provenance": "provenance"}
    return entry | {key: attributes[name] for name, key in plain.items() if name in attributes}


@given(project_pages())
def test_html_and_json_say_the_same_of_every_file_whatever_the_text(page: ProjectPage) -> None:
    html = Reader(simple_html.project_page(page))
    document = read_json(page)
    assert [as_json(*anchor) for anchor in html.anchors] == document["files"]
    status = {"status": html.metas["pypi:project-status"]}
    if "pypi:project-status-reason" in html.metas:
        status["reason"] = html.metas["pypi:project-status-reason"]
    assert status == document["project-status"]
    assert html.metas["pypi:repository-version"] == document["meta"]["api-version"] == "1.4"


@given(project_pages())
def test_json_gives_back_the_value_that_was_written(page: ProjectPage) -> None:
    document = read_json(page)
    files = tuple(
        SimpleFile(
            filename=entry["filename"],
            url=entry["url"],
            sha256=entry["hashes"]["sha256"],
            size=entry["size"],
            upload_time=datetime.fromisoformat(entry["upload-time"]),
            requires_python=entry.get("requires-python"),
            metadata_sha256=entry.get("core-metadata", {}).get("sha256"),
            yanked=bool(entry["yanked"]),
            yanked_reason=entry["yanked"] if isinstance(entry["yanked"], str) else "",
            provenance=entry.get("provenance"),
            has_signature=entry.get("gpg-sig"),
        )
        for entry in document["files"]
    )
    status = document["project-status"]
    assert page == ProjectPage(
        name=document["name"],
        files=files,
        versions=tuple(document["versions"]),
        status=ProjectStatus(status["status"]),
        status_reason=status.get("reason", ""),
        last_serial=document["meta"]["_last-serial"],
    )


@given(project_pages())
def test_another_projects_reader_finds_the_same_in_both(page: ProjectPage) -> None:
    from_html = pypi_simple.ProjectPage.from_html("pkg", simple_html.project_page(page), BASE)
    from_json = pypi_simple.ProjectPage.from_json_data(read_json(page), BASE)
    assert [seen(package) for package in from_html.packages] == [seen(package) for package in from_json.packages]
    assert [package.filename for package in from_json.packages] == [file.filename for file in page.files]
    assert from_html.status == from_json.status == pypi_simple.ProjectStatus(page.status.value)


def seen(package: pypi_simple.DistributionPackage) -> tuple[object, ...]:
    return (
        package.filename,
        package.url,
        package.digests,
        package.requires_python,
        package.has_sig,
        package.is_yanked,
        package.yanked_reason or "",
        package.metadata_digests or {},
        package.provenance_url,
    )


@given(project_pages())
def test_the_last_part_of_each_address_is_the_text_of_its_anchor(page: ProjectPage) -> None:
    for attributes, text in Reader(simple_html.project_page(page)).anchors:
        assert unquote(urlsplit(attributes["href"] or "").path.rpartition("/")[2]) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_link(text: str) -> None:
    quiet = project_page(simple_file(yanked=True, requires_python=">=3"), status=ProjectStatus.DEPRECATED)
    file = simple_file(yanked=True, yanked_reason=text.strip("\u2028"), requires_python=text.strip("\u2028"))
    loud = project_page(file, status=ProjectStatus.DEPRECATED, status_reason=text.strip("\u2028"))
    page = Reader(simple_html.project_page(loud))
    assert [name for name in page.elements if name != "meta"] == [
        name for name in Reader(simple_html.project_page(quiet)).elements if name != "meta"
    ]
    ((attributes, _),) = page.anchors
    assert attributes["data-yanked"] == attributes["data-requires-python"] == text.strip("\u2028")


def test_a_reason_cannot_add_a_link_for_a_client_that_looks_for_href_in_the_source() -> None:
    reason = "href=http://127.0.0.1/evil-1.0.tar.gz"
    page = project_page(
        simple_file(yanked=True, yanked_reason=reason), status=ProjectStatus.ARCHIVED, status_reason=reason
    )
    # This is the pattern of easy_install and of pip 1.5.
    found = re.findall(r"href\s*=\s*['\"]?([^'\"> ]+)", simple_html.project_page(page).decode(), re.IGNORECASE)
    assert [urldefrag(link)[0] for link in found] == [page.files[0].url]


def test_every_sign_that_html_reads_is_escaped_in_attributes() -> None:
    html = simple_html.project_page(
        project_page(simple_file(requires_python=">=3.8,<4", yanked=True, yanked_reason='&"'))
    )
    assert b'data-requires-python="&gt;=3.8,&lt;4"' in html
    assert b'data-yanked="&amp;&quot;"' in html


def test_html_is_a_document_with_title_and_heading_and_nothing_that_a_strict_policy_forbids() -> None:
    for html in (simple_html.project_page(project_page(simple_file())), simple_html.project_list(ProjectList((), 0))):
        assert html.startswith(b"<!DOCTYPE html>\n")
        page = Reader(html)
        assert page.doctypes == ["DOCTYPE html"]
        assert page.elements[:2] == ["html", "head"]
        assert {"title", "body", "h1"} <= set(page.elements)
        assert not {"script", "style", "link", "img", "iframe", "base", "form"} & set(page.elements)
        assert not {"pypi:tracks", "pypi:alternate-locations"} & set(page.metas)


def test_namespaces_are_told_in_json_of_version_1_5_and_null_where_there_are_none() -> None:
    untold, none, some = (
        project_page(simple_file(), namespaces=told) for told in (None, (), (Namespace("pkg", owned=True),))
    )
    assert read_json(untold)["meta"]["api-version"] == "1.4"
    assert "namespaces" not in read_json(untold)
    assert [read_json(page)["meta"]["api-version"] for page in (none, some)] == ["1.5", "1.5"]
    assert read_json(none)["namespaces"] is None
    assert read_json(some)["namespaces"] == [{"name": "pkg", "owned": True}]
    assert simple_html.project_page(untold) == simple_html.project_page(some)


def test_a_file_yanked_without_reason_has_an_empty_attribute_in_html_and_true_in_json() -> None:
    page = project_page(simple_file(yanked=True))
    assert b'data-yanked=""' in simple_html.project_page(page)
    assert read_json(page)["files"][0]["yanked"] is True


def test_a_file_that_is_not_yanked_has_no_attribute_in_html_and_false_in_json() -> None:
    attributes, entry = one_file(simple_file())
    assert "data-yanked" not in attributes
    assert entry["yanked"] is False


def test_metadata_has_both_names_in_html_and_only_the_newer_in_json() -> None:
    attributes, entry = one_file(simple_file(metadata_sha256="ab" * 32))
    assert attributes["data-core-metadata"] == attributes["data-dist-info-metadata"] == "sha256=" + "ab" * 32
    assert entry["core-metadata"] == {"sha256": "ab" * 32}
    assert not {"dist-info-metadata", "data-dist-info-metadata"} & set(entry)


def test_sha256_is_the_only_digest() -> None:
    attributes, entry = one_file(simple_file())
    assert attributes["href"] == f"{simple_file().url}#sha256={simple_file().sha256}"
    assert entry["hashes"] == {"sha256": simple_file().sha256}


@given(project_pages())
def test_json_holds_no_null_and_what_is_mandatory(page: ProjectPage) -> None:
    body = simple_json.project_page(page)
    document = json.loads(body, object_pairs_hook=without_null_or_double)
    for entry in document["files"]:
        assert {"filename", "url", "hashes", "size", "upload-time", "yanked"} <= set(entry)
        assert UPLOAD_TIME.fullmatch(entry["upload-time"])
        assert entry["yanked"] in (True, False) or entry["yanked"]
    assert len(set(document["versions"])) == len(document["versions"])
    assert "namespaces" not in document


def without_null_or_double(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert None not in [value for _, value in pairs]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@given(project_pages())
def test_the_same_value_is_written_in_the_same_bytes_and_json_without_a_spare_one(page: ProjectPage) -> None:
    body = simple_json.project_page(page)
    assert body == simple_json.project_page(page)
    assert simple_html.project_page(page) == simple_html.project_page(page)
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()


@given(project_lists())
def test_both_lists_name_the_same_projects_in_the_same_order(projects: ProjectList) -> None:
    document = json.loads(simple_json.project_list(projects))
    anchors = Reader(simple_html.project_list(projects)).anchors
    names = [entry.name for entry in projects.entries]
    assert [text for _, text in anchors] == [project["name"] for project in document["projects"]] == names
    assert [attributes["href"] for attributes, _ in anchors] == [f"{e.normalized_name}/" for e in projects.entries]
    assert [project["_last-serial"] for project in document["projects"]] == [e.last_serial for e in projects.entries]
    assert document["meta"] == {"api-version": "1.4", "_last-serial": projects.last_serial}


@given(project_lists())
def test_another_projects_reader_finds_the_same_projects_in_both_lists(projects: ProjectList) -> None:
    from_html = pypi_simple.IndexPage.from_html(simple_html.project_list(projects))
    from_json = pypi_simple.IndexPage.from_json_data(json.loads(simple_json.project_list(projects)))
    assert from_html.projects == from_json.projects == [entry.name for entry in projects.entries]
    assert from_html.repository_version == from_json.repository_version == "1.4"


def test_the_list_is_compact_and_says_the_display_name() -> None:
    projects = ProjectList((ProjectEntry("Foo.Bar", "foo-bar", 3),), 9)
    assert simple_json.project_list(projects) == (
        b'{"meta":{"api-version":"1.4","_last-serial":9},"projects":[{"name":"Foo.Bar","_last-serial":3}]}'
    )
    assert b'<a href="foo-bar/">Foo.Bar</a>' in simple_html.project_list(projects)


def test_times_are_written_in_utc() -> None:
    _, entry = one_file(simple_file(upload_time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)))
    assert entry["upload-time"] == "2026-01-02T03:04:05Z"
