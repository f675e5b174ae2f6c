"""`mypi status`: the status of a project by its command."""

import pytest

from mypi.registry.events import EventKind
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.integrity import check


@pytest.fixture
def run(peopled):
    peopled.upload(builders.wheel("demo", "1.0"))
    return CommandLine(peopled.settings)


@pytest.mark.parametrize("status", [status.value for status in ProjectStatus if status is not ProjectStatus.ACTIVE])
def test_a_status_and_its_reason_are_on_the_page(peopled, run, status):
    answered = run("status", "Demo", status, "--reason", "use better")
    assert (answered.code, answered.err) == (0, f"Demo in team/main is {status}\n")
    assert peopled.page("demo")["project-status"] == {"status": status, "reason": "use better"}
    assert peopled.events()[-1].kind == EventKind.PROJECT_STATUS_SET
    assert len(peopled.page("demo")["files"]) == (0 if status == "quarantined" else 1)
    assert check(peopled.installation) == []
    assert "already" in run("status", "demo", status, "--reason", "use better").err


def test_another_word_is_a_wrong_command_line(run):
    answered = run("status", "demo", "sleeping")
    assert answered.code == 2
    assert "quarantined" in answered.err


def test_a_project_that_is_not_there_is_refused(run):
    answered = run("status", "else", "archived")
    assert (answered.code, answered.err) == (1, "mypi: there is no project 'else' in the index 'team/main'\n")
