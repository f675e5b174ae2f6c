"""`mypi yank`: the act by its command, for a release and for a file, and back."""

import pytest

from mypi.registry.events import EventKind
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.peopled import SECRET

WHEEL = builders.wheel("demo", "1.0")
SDIST = builders.sdist("demo", "1.0")


@pytest.fixture
def run(peopled):
    peopled.upload(WHEEL)
    peopled.upload(SDIST)
    return CommandLine(peopled.settings)


def yanked(peopled):
    return {file["filename"]: file["yanked"] for file in peopled.page("demo")["files"]}


def test_a_release_is_yanked_with_a_reason_and_put_back(peopled, run):
    answered = run("yank", "Demo", "1.0.0", "--reason", "breaks")
    assert (answered.code, answered.err) == (0, "Demo 1.0.0 in team/main is yanked\n")
    assert yanked(peopled) == {WHEEL[0]: "breaks", SDIST[0]: "breaks"}
    (event,) = peopled.events()[-1:]
    assert event.kind == EventKind.RELEASE_YANKED
    assert event.actor.startswith("shell:")

    assert "already" in run("yank", "demo", "1.0", "--reason", "breaks").err
    assert run("yank", "demo", "1.0", "--undo").code == 0
    assert yanked(peopled) == {WHEEL[0]: False, SDIST[0]: False}


def test_one_file_is_yanked(peopled, run):
    assert run("yank", "demo", "1.0", "--file", WHEEL[0]).code == 0
    assert yanked(peopled) == {WHEEL[0]: True, SDIST[0]: False}


def test_of_a_file_that_is_put_back_alone_it_is_said_that_its_release_stays_yanked(peopled, run):
    still = "by itself, but still by its release 1.0: undo that without --file\n"
    run("yank", "demo", "1.0")
    run("yank", "demo", "--file", WHEEL[0])
    assert run("yank", "demo", "--file", WHEEL[0], "--undo").err.endswith(f"is no longer yanked {still}")
    assert run("yank", "demo", "--file", WHEEL[0], "--undo").err.endswith(f"is not yanked {still}")
    assert yanked(peopled) == {WHEEL[0]: True, SDIST[0]: True}
    run("yank", "demo", "1.0", "--undo")
    assert run("yank", "demo", "--file", WHEEL[0], "--undo").err.endswith(
        "no longer yanked already: nothing was changed\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (["demo"], 2, "a VERSION or --file FILENAME"),
        (["demo", "2.0"], 1, "has no release '2.0'"),
        (["demo", "2.0", "--file", WHEEL[0]], 1, "has no release '2.0'"),
        (["demo", "1.0", "--file", "else.whl"], 1, "no file 'else.whl'"),
        (["else", "1.0"], 1, "no project 'else'"),
        (["demo", "1.0", "--index", SECRET], 1, "in the index 'team/secret'"),
        (["demo", "1.0", "--index", "no/such"], 1, "no index 'no/such'"),
    ],
)
def test_what_is_not_there_is_named_and_nothing_changes(peopled, run, words, code, named):
    before = peopled.serial()
    answered = run("yank", *words)
    assert answered.code == code
    assert named in answered.err
    assert peopled.serial() == before
