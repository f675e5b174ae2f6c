"""Deleting: rows go, tombstones and bytes stay, pages follow."""

import pytest

from mypi import errors
from mypi.registry import deleting
from mypi.registry.files import File, Tombstone
from mypi.registry.permissions import Grant
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from tests.support import builders

WHEEL, SDIST = builders.wheel("foo", "1.0"), builders.sdist("foo", "1.0")
NEWER = builders.wheel("foo", "2.0")


@pytest.fixture
def filled(peopled):
    for built in (WHEEL, SDIST, NEWER):
        peopled.upload(built, by="uploader")
    return peopled


def act(peopled, function, *words):
    return function(peopled.registry, peopled.actor("deleter"), peopled.index(), *words)


def served(peopled) -> set[str]:
    return {path.name for path in (peopled.data / "tree").rglob("*") if path.name in {WHEEL[0], SDIST[0], NEWER[0]}}


def test_a_deleted_file_leaves_its_release_a_tombstone_and_its_bytes(filled):
    blobs = filled.blobs()
    act(filled, deleting.delete_file, "foo", WHEEL[0])
    assert {file.filename for file in filled.rows(File)} == {SDIST[0], NEWER[0]} == served(filled)
    assert [stone.filename for stone in filled.rows(Tombstone)] == [WHEEL[0]]
    assert filled.page("foo")["versions"] == ["1.0", "2.0"]
    assert filled.blobs() == blobs


def test_a_release_without_files_stays_a_version(filled):
    act(filled, deleting.delete_file, "foo", NEWER[0])
    assert filled.page("foo")["versions"] == ["1.0", "2.0"]


def test_a_deleted_release_goes_with_its_files(filled):
    act(filled, deleting.delete_release, "foo", "1.0.0")
    assert [release.version for release in filled.rows(Release)] == ["2.0"]
    assert {stone.filename for stone in filled.rows(Tombstone)} == {WHEEL[0], SDIST[0]}
    assert served(filled) == {NEWER[0]}
    assert filled.page("foo")["versions"] == ["2.0"]
    files = filled.events()[-1].details["files"]
    assert {filename for filename, _ in files} == {WHEEL[0], SDIST[0]}


def test_when_the_newest_release_goes_the_next_is_the_newest(filled):
    act(filled, deleting.delete_release, "foo", "2.0")
    assert filled.rows(Project)[0].newest_version == "1.0"
    act(filled, deleting.delete_release, "foo", "1.0")
    assert filled.rows(Project)[0].newest_version == ""


def test_a_deleted_project_goes_with_everything_but_its_tombstones(filled):
    act(filled, deleting.delete_project, "FOO")
    assert [filled.rows(model) for model in (Project, Release, File)] == [[], [], []]
    assert {stone.filename for stone in filled.rows(Tombstone)} == {WHEEL[0], SDIST[0], NEWER[0]}
    assert filled.page("foo") is None
    assert filled.listed() == []
    assert served(filled) == set()


def test_whoever_takes_the_name_of_a_deleted_project_shares_it_with_nobody(filled):
    assert filled.rows(Grant, Grant.project_pattern == "foo")
    act(filled, deleting.delete_project, "foo")
    assert not filled.rows(Grant, Grant.project_pattern == "foo")
    filled.upload(builders.wheel("foo", "3.0"), by="uploader")
    assert len(filled.rows(Grant, Grant.project_pattern == "foo")) == 1


def test_a_name_deleted_twice_has_one_tombstone(filled):
    from tests.support.peopled import SCRATCH

    for _ in range(2):
        filled.upload(WHEEL, index=SCRATCH)
        deleting.delete_file(filled.registry, filled.actor("deleter"), filled.index(SCRATCH), "foo", WHEEL[0])
    assert len(filled.rows(Tombstone)) == 1


@pytest.mark.parametrize(
    ("function", "words", "failure"),
    [
        (deleting.delete_file, ("foo", "foo-9.tar.gz"), errors.NoSuchFile),
        (deleting.delete_file, ("bar", WHEEL[0]), errors.NoSuchProject),
        (deleting.delete_release, ("foo", "9"), errors.NoSuchRelease),
        (deleting.delete_project, ("bar",), errors.NoSuchProject),
        (deleting.delete_project, ("no name",), errors.InvalidProjectName),
    ],
)
def test_what_is_not_there_is_named_and_nothing_changes(filled, function, words, failure):
    before = filled.serial()
    with pytest.raises(failure):
        act(filled, function, *words)
    assert filled.serial() == before


def test_a_file_of_another_project_is_not_reached_through_this_one(filled):
    filename, _ = other = builders.wheel("bar", "1.0")
    filled.upload(other)
    with pytest.raises(errors.NoSuchFile):
        act(filled, deleting.delete_file, "foo", filename)
