"""What an index answers: its projects, their files, and why a file is not given."""

from mypi import errors
from mypi.database import reading
from mypi.registry import deleting, file_view, index_view, listings, project_statuses
from mypi.registry.files import File
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.peopled import SECRET
from tests.support.withholding import withhold

WHEEL = builders.wheel("foo", "1.0")


def why(peopled, filename=WHEEL[0]):
    """Return the failure that is answered for the URL of a file."""
    sha256 = next((file.sha256 for file in peopled.rows(File) if file.filename == filename), "0" * 64)
    with reading():
        return type(file_view.why_missing(peopled.index(), sha256[:16], filename, None))


def test_projects_come_by_normalized_name(peopled):
    for name in ("zeta", "Alpha", "b_C"):
        peopled.upload(builders.wheel(name, "1.0"))
    peopled.upload(builders.wheel("hidden", "1.0"), index=SECRET)
    with reading():
        names = index_view.project_names(peopled.index())
    assert [(name.display_name, name.normalized_name) for name in names] == [
        ("Alpha", "alpha"),
        ("b_C", "b-c"),
        ("zeta", "zeta"),
    ]


def test_files_of_a_project_come_by_version_and_then_by_name(peopled):
    for built in (builders.wheel("foo", "10.0"), builders.sdist("foo", "9.0"), builders.wheel("foo", "9.0")):
        peopled.upload(built)
    with reading():
        project = index_view.project(peopled.index(), "foo")
    assert [(file.version, file.filename) for file in project.files] == [
        ("9.0", "foo-9.0-py3-none-any.whl"),
        ("9.0", "foo-9.0.tar.gz"),
        ("10.0", "foo-10.0-py3-none-any.whl"),
    ]


def test_a_project_of_another_index_is_not_there(peopled):
    peopled.upload(WHEEL, index=SECRET)
    with reading():
        assert index_view.project(peopled.index(), "foo") is None
        assert file_view.project_name_of(peopled.index(), WHEEL[0]) is None
        assert file_view.project_name_of(peopled.index(SECRET), WHEEL[0]) == "foo"


def test_the_last_change_of_an_index_is_its_newest_event(peopled):
    with reading():
        created = listings.last_change([peopled.index()])
    peopled.upload(WHEEL, index=SECRET)
    with reading():
        assert listings.last_change([peopled.index()]) == created
        assert listings.last_change([peopled.index(SECRET)])[0] == peopled.serial()


def test_why_a_file_is_not_given_is_told_apart(peopled):
    shell = peopled.actor("shell")
    assert why(peopled) is errors.NoSuchFile
    peopled.upload(WHEEL)
    project_statuses.set_status(peopled.registry, shell, peopled.index(), "foo", ProjectStatus.QUARANTINED)
    assert why(peopled) is errors.FileWithheld
    project_statuses.set_status(peopled.registry, shell, peopled.index(), "foo", ProjectStatus.ACTIVE)
    withhold(peopled.registry, shell, peopled.index(), WHEEL[0])
    assert why(peopled) is errors.FileDamaged
    deleting.delete_file(peopled.registry, shell, peopled.index(), "foo", WHEEL[0])
    assert why(peopled) is errors.FileGone


def test_a_damaged_file_is_withheld_and_given_again_when_its_bytes_come_again(peopled):
    peopled.upload(WHEEL)
    withhold(peopled.registry, peopled.actor("shell"), peopled.index(), WHEEL[0])
    assert peopled.page("foo")["files"] == []
    assert peopled.upload(WHEEL) is True
    assert len(peopled.page("foo")["files"]) == 1
    assert peopled.events()[-1].kind == "file.restored"
