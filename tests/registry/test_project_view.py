"""A project as people see it, on both databases: the release that is meant, the rights, the address of a file."""

import pytest

from mypi.database import writing
from mypi.errors import FileDamaged, FileGone, FileWithheld, LoginRequired, NoSuchFile, NoSuchProject, NoSuchRelease
from mypi.registry import accounts, actors, deleting, files, indexes, project_statuses, project_view, uploading, yanking
from mypi.registry.actors import Actor, nobody
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.uploading import Submission
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = ON_BOTH_DATABASES
MAIN = "team/main"
SHELL = actors.at_shell()


def upload(installation, file, actor=SHELL):
    """Upload a file and return its name."""
    incoming = installation.storage.receive()
    incoming.write(file[1])
    uploading.upload(installation.registry, actor, indexes.get(MAIN), Submission(filename=file[0], incoming=incoming))
    return file[0]


def view(version="", name="gearbox", actor=None):
    return project_view.project_page(actor or nobody(), MAIN, name, version)


def add_user(installation, name, *rights, pattern="*"):
    user = accounts.add_user(installation.registry, SHELL, name, "a-long-enough-password")
    for right in rights:
        subject = Subject(SubjectKind.USER, user=user)
        accounts.set_grant(installation.registry, SHELL, subject, right, indexes.get(MAIN), pattern, given=True)
    return Actor(user.id, user.name)


def test_without_a_version_the_newest_release_is_meant(installation):
    for version in ("1.9", "1.10", "2.0rc1"):
        upload(installation, builders.wheel("gearbox", version, summary=f"of {version}"))
    seen = view()
    assert seen.release.facts.version == "1.10"
    assert seen.release.core_metadata.summary == "of 1.10"
    assert [release.version for release in seen.releases] == ["2.0rc1", "1.10", "1.9"]
    assert [release.is_prerelease for release in seen.releases] == [True, False, False]


@pytest.mark.parametrize("spelling", ["1.10", "1.10.0", "v1.10", "01.10"])
def test_a_version_is_found_in_each_of_its_spellings(installation, spelling):
    upload(installation, builders.wheel("gearbox", "1.10"))
    assert view(spelling).release.facts.version == "1.10"


@pytest.mark.parametrize("version", ["9", "nonsense", "\x00", "1" * 5000])
def test_a_version_that_is_not_there_is_no_release(installation, version):
    upload(installation, builders.wheel("gearbox", "1.0"))
    with pytest.raises(NoSuchRelease):
        view(version)


@pytest.mark.parametrize("name", ["nothing", "-", "\x00", "é", "x" * 5000])
def test_a_name_that_is_not_there_is_no_project(installation, name):
    with pytest.raises(NoSuchProject):
        view(name=name)


def test_each_release_counts_its_own_files(installation):
    upload(installation, builders.wheel("gearbox", "1.0"))
    upload(installation, builders.sdist("gearbox", "1.0"))
    upload(installation, builders.wheel("gearbox", "1.1"))
    assert [(release.version, release.files) for release in view().releases] == [("1.1", 1), ("1.0", 2)]
    assert len(view("1.0").release.files) == 2


def test_the_rights_are_those_of_the_actor_on_this_project(installation):
    owner = add_user(installation, "ada", Right.UPLOAD)
    upload(installation, builders.wheel("gearbox", "1.0"), owner)
    assert view(actor=owner).rights == {Right.YANK, Right.DELETE, Right.MANAGE}
    assert view().rights == frozenset()
    assert view(actor=add_user(installation, "bob", Right.YANK, pattern="gear*")).rights == {Right.YANK}
    assert view(actor=add_user(installation, "eve", Right.DELETE, pattern="other")).rights == frozenset()


def test_a_view_holds_no_row_that_the_database_would_be_asked_for_again(installation):
    upload(installation, builders.wheel("gearbox", "1.0", summary="as it was"))
    seen = view()
    yanking.set_release_yanked(installation.registry, SHELL, indexes.get(MAIN), "gearbox", "1.0", yanked=True)
    assert not seen.release.facts.yanked
    assert view().release.facts.yanked


def test_a_file_is_found_by_its_name(installation):
    name, data = builders.wheel("gearbox", "1.0")
    upload(installation, (name, data))
    assert project_view.file_address(nobody(), MAIN, "Gearbox", name).filename == name


@pytest.mark.leaves_damage("a whole file is marked as damaged")
def test_a_file_that_is_not_given_out_says_why(installation):
    index = indexes.get(MAIN)
    kept = upload(installation, builders.wheel("gearbox", "1.0"))
    deleted = upload(installation, builders.wheel("gearbox", "1.1"))
    deleting.delete_file(installation.registry, SHELL, index, "gearbox", deleted)
    with pytest.raises(FileGone):
        project_view.file_address(nobody(), MAIN, "gearbox", deleted)
    with writing():
        files.get(indexes.get(MAIN), kept).damaged = True
    with pytest.raises(FileDamaged):
        project_view.file_address(nobody(), MAIN, "gearbox", kept)
    project_statuses.set_status(installation.registry, SHELL, index, "gearbox", ProjectStatus.QUARANTINED)
    with pytest.raises(FileWithheld):
        project_view.file_address(nobody(), MAIN, "gearbox", kept)


@pytest.mark.parametrize("filename", ["gearbox-2.0.tar.gz", "", "\x00", "../x.whl", "x" * 5000])
def test_a_name_that_no_file_has_finds_none(installation, filename):
    upload(installation, builders.wheel("gearbox", "1.0"))
    with pytest.raises(NoSuchFile):
        project_view.file_address(nobody(), MAIN, "gearbox", filename)


def test_a_stranger_is_asked_to_log_in_where_there_is_no_index_too(installation):
    with pytest.raises(LoginRequired):
        project_view.project_page(nobody(), "team/nothing", "gearbox")
