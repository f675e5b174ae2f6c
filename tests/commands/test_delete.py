"""`mypi delete`: it says what will go, asks, and deletes a file, a release, a project."""

import pytest

from mypi.registry.events import EventKind
from mypi.registry.files import File, Tombstone
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.integrity import check

WHEEL = builders.wheel("demo", "1.0")
SDIST = builders.sdist("demo", "1.0")
NEWER = builders.wheel("demo", "2.0")


@pytest.fixture
def run(peopled):
    for built in (WHEEL, SDIST, NEWER):
        peopled.upload(built)
    return CommandLine(peopled.settings)


def names(peopled):
    return {file.filename for file in peopled.rows(File)}


def test_it_says_what_will_go_and_a_no_changes_nothing(peopled, run):
    answered = run("delete", "demo", "1.0", stdin="n\n")
    assert answered.code == 1
    assert "with 2 files" in answered.err
    assert WHEEL[0] in answered.err
    assert SDIST[0] in answered.err
    assert NEWER[0] not in answered.err
    assert len(names(peopled)) == 3


def test_nobody_to_ask_is_a_no(peopled, run):
    assert run("delete", "demo").code == 1
    assert len(names(peopled)) == 3


def test_a_yes_deletes_a_release(peopled, run):
    answered = run("delete", "demo", "1.0", stdin="y\n")
    assert answered.code == 0
    assert names(peopled) == {NEWER[0]}
    assert [file["filename"] for file in peopled.page("demo")["files"]] == [NEWER[0]]
    assert {stone.filename for stone in peopled.rows(Tombstone)} == {WHEEL[0], SDIST[0]}
    assert peopled.events()[-1].kind == EventKind.RELEASE_DELETED
    assert check(peopled.installation) == []


def test_one_file_is_deleted_without_asking_where_that_is_said(peopled, run):
    answered = run("delete", "demo", "--file", WHEEL[0], "--yes")
    assert (answered.code, answered.err) == (0, f"{WHEEL[0]} is deleted from team/main, with 1 file\n")
    assert names(peopled) == {SDIST[0], NEWER[0]}
    assert check(peopled.installation) == []


def test_a_whole_project_is_deleted(peopled, run):
    assert run("delete", "demo", "--yes").code == 0
    assert names(peopled) == set()
    assert peopled.page("demo") is None
    assert peopled.listed() == []
    assert check(peopled.installation) == []


@pytest.mark.parametrize("words", [["else"], ["demo", "3.0"], ["demo", "2.0", "--file", WHEEL[0]]])
def test_what_is_not_there_is_refused(peopled, run, words):
    before = peopled.serial()
    answered = run("delete", *words, "--yes")
    assert answered.code == 1
    assert answered.err.startswith("mypi: ")
    assert peopled.serial() == before


def test_while_it_waits_for_an_answer_others_write(peopled, monkeypatch):
    peopled.upload(WHEEL)
    commands = CommandLine(peopled.settings)

    newcomers = iter(["somebody", "another"])

    def asked(*_words, **_options):
        assert commands("user", "add", next(newcomers), "--generate").code == 0
        return True

    monkeypatch.setattr("click.confirm", asked)
    assert commands.here("delete", "demo").code == 0
    assert commands.here("user", "delete", "somebody").code == 0
