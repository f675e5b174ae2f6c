"""Project status markers: PEP 792's table, row by row."""

import pytest

from mypi.standards.project_status import ProjectStatus


@pytest.mark.parametrize(
    ("word", "upload", "files"),
    [("active", True, True), ("archived", False, True), ("quarantined", False, False), ("deprecated", True, True)],
)
def test_each_status_allows_what_pep_792_says(word: str, upload: bool, files: bool) -> None:
    status = ProjectStatus(word)
    assert (status.allows_upload, status.offers_files) == (upload, files)


def test_there_are_no_other_statuses() -> None:
    assert {status.value for status in ProjectStatus} == {"active", "archived", "quarantined", "deprecated"}
