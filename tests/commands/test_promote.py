"""`mypi promote` and `mypi demote`: the same files in another index, and out of it again."""

import pytest

from mypi.registry import journal
from mypi.registry.files import File
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.peopled import MAIN, SCRATCH, SECRET

OLD, NEW = builders.wheel("demo", "1.0"), builders.wheel("demo", "2.0")


@pytest.fixture
def run(peopled):
    for built in (OLD, NEW, builders.sdist("demo", "2.0")):
        peopled.upload(built, index=SECRET)
    return CommandLine(peopled.settings)


def files(peopled, index):
    page = peopled.page("demo", index)
    return page and {file["filename"]: (file["hashes"]["sha256"], file["upload-time"]) for file in page["files"]}


def test_releases_are_shown_in_another_index_with_digests_and_times_as_they_are(peopled, run):
    answered = run("promote", "demo==1.0", "demo==2", "--from", SECRET, "--to", MAIN)
    assert (answered.code, answered.out) == (0, "")
    assert "demo 1.0 is promoted to team/main, 1 file\ndemo 2.0 is promoted to team/main, 2 files\n" in answered.err
    assert files(peopled, MAIN) == files(peopled, SECRET)
    assert peopled.events()[-1].kind == "release.promoted"
    assert "there already" in run("promote", "demo==1.0", "--from", SECRET, "--to", MAIN).err


def test_the_journal_tells_of_each_file_that_came(peopled, run):
    before = peopled.serial()
    run("promote", "demo==2.0", "--from", SECRET, "--to", MAIN)
    lines = {entry.action for entry in journal.since(peopled.actor(""), MAIN, before)}
    assert lines == {f"add py3 file {NEW[0]}", "add source file demo-2.0.tar.gz"}


@pytest.mark.parametrize("target", [MAIN, SCRATCH])
def test_other_bytes_in_the_target_leave_no_trace_of_either_release(peopled, run, target):
    peopled.upload(builders.wheel("demo", "2.0", summary="another"), index=target)
    before = files(peopled, target), peopled.serial()
    answered = run("promote", "demo==1.0", "demo==2.0", "--from", SECRET, "--to", target)
    if target == MAIN:
        assert (answered.code, (files(peopled, target), peopled.serial())) == (1, before)
        assert "already exists" in answered.err
    else:  # files of a volatile index may be replaced
        assert (answered.code, files(peopled, target)) == (0, files(peopled, SECRET))


def test_a_demoted_release_stays_elsewhere_and_comes_back_by_promotion_only(peopled, run):
    run("promote", "demo==1.0", "--from", SECRET, "--to", MAIN)
    assert run("demote", "demo==1.0", "--from", MAIN).code == 0
    assert (files(peopled, MAIN), OLD[0] in files(peopled, SECRET)) == ({}, True)
    assert run("promote", "demo==1.0", "--from", SECRET, "--to", MAIN).code == 0
    assert set(files(peopled, MAIN)) == {OLD[0]}
    assert len([file for file in peopled.rows(File) if file.filename == OLD[0]]) == 2


@pytest.mark.parametrize("words", [("demo",), ("demo==1.0", "other==1.0"), ("==1.0",)])
def test_releases_are_named_by_project_and_version_and_of_one_project(run, words):
    assert run("promote", *words, "--from", SECRET, "--to", MAIN).code == 2
