"""Registering takes a name before the first file comes, and setting a status says how a project stands."""

import pytest

from mypi import errors
from mypi.registry import project_statuses, registering
from mypi.registry.permissions import Grant
from mypi.registry.projects import Project
from mypi.standards.project_status import ProjectStatus
from tests.support import builders


def register(peopled, name, by="uploader"):
    return registering.register(peopled.registry, peopled.actor(by), peopled.index(), name)


def test_a_registered_name_is_a_project_without_files_that_its_founder_owns(peopled):
    assert register(peopled, "Foo_Bar") is True
    (project,) = peopled.rows(Project)
    assert (project.display_name, project.normalized_name, project.newest_version) == ("Foo_Bar", "foo-bar", "")
    assert peopled.page("foo-bar")["files"] == []
    assert [grant.right for grant in peopled.rows(Grant, Grant.project_pattern == "foo-bar")] == ["manage"]


def test_a_name_that_is_there_is_registered_already_in_every_spelling(peopled):
    register(peopled, "Foo_Bar")
    assert register(peopled, "foo.bar") is False
    assert peopled.rows(Project)[0].display_name == "Foo_Bar"


@pytest.mark.parametrize("name", ["", "a b", "-x", "x-", "ü", "x" * 201, "a/b", "x\n"])
def test_what_is_no_name_is_refused(peopled, name):
    with pytest.raises(errors.InvalidProjectName):
        register(peopled, name)
    assert peopled.rows(Project) == []


def test_a_lookalike_is_refused_and_a_closed_project_is_not_registered_again(peopled):
    register(peopled, "loop")
    with pytest.raises(errors.NameTooSimilar):
        register(peopled, "100p")
    project_statuses.set_status(
        peopled.registry, peopled.actor("manager"), peopled.index(), "loop", ProjectStatus.ARCHIVED
    )
    with pytest.raises(errors.UploadsClosed):
        register(peopled, "loop")


def test_a_status_is_kept_with_its_reason_on_one_line_and_with_the_one_before(peopled):
    register(peopled, "foo")
    words = (peopled.registry, peopled.actor("manager"), peopled.index(), "foo")
    assert project_statuses.set_status(*words, ProjectStatus.DEPRECATED, " use\nbar ") is True
    assert project_statuses.set_status(*words, ProjectStatus.DEPRECATED, "use bar") is False
    (project,) = peopled.rows(Project)
    assert (project.status, project.status_reason) == ("deprecated", "use bar")
    assert peopled.events()[-1].details == {"status": "deprecated", "status_before": "active", "reason": "use bar"}


def test_a_deprecated_project_takes_uploads(peopled):
    register(peopled, "foo")
    words = (peopled.registry, peopled.actor("manager"), peopled.index(), "foo")
    project_statuses.set_status(*words, ProjectStatus.DEPRECATED)
    assert peopled.upload(builders.wheel("foo", "1.0"), by="uploader") is True
