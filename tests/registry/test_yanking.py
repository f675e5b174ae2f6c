"""Yanking and unyanking: rows, pages, events, and the newest version that people see."""

import pytest

from mypi import errors
from mypi.registry import yanking
from mypi.registry.files import File
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from tests.support import builders


def set_release(peopled, version, *, yanked, reason=""):
    actor, index = peopled.actor("yanker"), peopled.index()
    return yanking.set_release_yanked(peopled.registry, actor, index, "foo", version, yanked=yanked, reason=reason)


@pytest.fixture
def two_releases(peopled):
    for version in ("1.0", "2.0"):
        peopled.upload(builders.wheel("foo", version, summary=f"summary of {version}"))
    return peopled


def test_a_yanked_release_is_marked_in_its_row_and_not_in_those_of_its_files(two_releases):
    assert set_release(two_releases, "2", yanked=True, reason="  two\n lines ")
    assert [(row.version, row.yanked, row.yanked_reason) for row in two_releases.rows(Release)] == [
        ("1.0", False, ""),
        ("2.0", True, "two lines"),
    ]
    assert not any(file.yanked for file in two_releases.rows(File))
    event = two_releases.events()[-1]
    assert (event.project, event.version, event.actor) == ("foo", "2.0", "yanker")


def test_the_newest_version_is_the_newest_that_is_not_yanked(two_releases):
    for yanked, newest in ((["2.0"], "1.0"), (["1.0"], "2.0"), ([], "2.0")):
        for version in ("1.0", "2.0"):
            set_release(two_releases, version, yanked=version in yanked)
        (project,) = two_releases.rows(Project)
        assert (project.newest_version, project.summary) == (newest, f"summary of {newest}")


def test_the_reason_can_be_changed_and_goes_when_the_yank_is_undone(two_releases):
    for reason in ("first", "second"):
        assert set_release(two_releases, "1.0", yanked=True, reason=reason)
    assert not set_release(two_releases, "1.0", yanked=True, reason="second")
    assert set_release(two_releases, "1.0", yanked=False, reason="ignored")
    assert two_releases.rows(Release)[0].yanked_reason == ""


@pytest.mark.parametrize(("version", "failure"), [("3.0", errors.NoSuchRelease), ("x y", errors.InvalidVersion)])
def test_a_release_that_is_not_there_is_named(two_releases, version, failure):
    with pytest.raises(failure):
        set_release(two_releases, version, yanked=True)


def test_a_file_of_another_project_is_not_reached_through_this_one(two_releases):
    filename, _ = other = builders.wheel("bar", "1.0")
    two_releases.upload(other)
    actor, index = two_releases.actor("yanker"), two_releases.index()
    with pytest.raises(errors.NoSuchFile):
        yanking.set_file_yanked(two_releases.registry, actor, index, "foo", filename, yanked=True)
