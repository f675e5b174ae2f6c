"""From facts to the bytes of a page: all forms at once, and a time that no two states of it share."""

import dataclasses
import gzip
import json
import re
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies

from mypi.publishing import rendering
from mypi.registry.indexes import Index
from mypi.registry.listed import ListedFile, ListedProject, ProjectName
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus

WHEN = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
FILE = ListedFile(
    "foo-1.0.tar.gz", "1.0", "a" * 64, 10, WHEN, ">=3.8", None, None, None, yanked=False, yanked_reason=""
)
PROJECT = ListedProject(NormalizedName("foo"), (FILE,), (), ("1.0",), ProjectStatus.ACTIVE, "", 7, WHEN)
INDEX = Index(owner="team", name="main", visibility="public")


def page(project: ListedProject = PROJECT) -> rendering.RenderedPage:
    return rendering.project_page(INDEX, "team/main", project)


def test_a_page_is_written_in_each_form_with_its_twins_and_its_serial():
    files = page().files
    state = files["current.txt"].decode()
    assert re.fullmatch("7-[0-9a-f]{8}", state)
    assert list(files) == [f"{state}.{form}" for form in ("html", "html.gz", "json", "json.gz")] + ["current.txt"]
    assert gzip.decompress(files[f"{state}.html.gz"]) == files[f"{state}.html"]
    assert gzip.decompress(files[f"{state}.json.gz"]) == files[f"{state}.json"]
    assert json.loads(files[f"{state}.json"])["meta"]["_last-serial"] == 7


def test_a_page_that_says_something_else_has_another_name_also_with_the_same_serial():
    other = dataclasses.replace(PROJECT, status_reason="moved")
    assert set(page().files) & set(page(other).files) == {"current.txt"}


def test_the_same_facts_are_the_same_bytes_at_any_time():
    assert page() == page()


def test_the_time_of_a_page_is_two_seconds_before_that_of_its_event():
    assert page().modified_ns // 10**9 == int(WHEN.timestamp()) - 2


@given(strategies.integers(1, 10**6), strategies.integers(1, 10**5), strategies.integers(0, 10**6 - 1))
def test_two_states_of_a_page_have_different_times_also_in_one_second(serial, later, microsecond):
    first = dataclasses.replace(PROJECT, serial=serial, changed_at=WHEN.replace(microsecond=microsecond))
    second = dataclasses.replace(first, serial=serial + later)
    assert page(first).modified_ns != page(second).modified_ns


def test_the_time_of_a_page_has_no_part_that_apache_leaves_out_of_its_tag():
    assert page(dataclasses.replace(PROJECT, serial=123_456_789)).modified_ns % 1000 == 0


def test_a_list_is_written_in_each_form():
    names = (ProjectName("Foo", NormalizedName("foo"), 7),)
    files = rendering.project_list(names, 9, WHEN + timedelta(days=1)).files
    state = files["current.txt"].decode()
    listed = json.loads(files[f"{state}.json"])
    assert listed["projects"] == [{"name": "Foo", "_last-serial": 7}]
    assert listed["meta"]["_last-serial"] == 9
    assert b'<a href="foo/">Foo</a>' in files[f"{state}.html"]
