"""The process is killed at each step of an upload, and while it renders everything.

A kill loses nothing that was written, so that syncs are no steps here: tests/system/test_power_cut.py is about them.
"""

import random
import shutil
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.support import builders, forked, victims
from tests.support.copies import copy, made
from tests.support.pages import page_file
from tests.support.power_cut import OPTIONS, Cut, Disk, moments
from tests.support.tracing import CHANGES, SYNCS, steps, traced

EARLIER = builders.wheel("one", "1.0")
NEW = builders.sdist("one", "2.0")
EACH = {"pwrite64": 4}
"""Of the writes of a database each fourth: they are many, alike, and nobody sees them before they are whole."""


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installation in which an upload has been."""
    return made(tmp_path_factory.mktemp("begun") / "data", EARLIER)


@pytest.fixture(scope="module")
def taken(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """Return how often a whole upload takes each step."""
    folder = tmp_path_factory.mktemp("whole")
    victim = forked.Forked(victims.uploading, copy(begun, folder / "data"), NEW)
    with traced(victim.pid, folder / "log", "-e", f"trace={','.join(CHANGES)}"):
        victim.go()
        assert [answer.status for answer in victim.result()] == [200]
    return steps(folder / "log")


def killed(victim: forked.Forked, step: str, number: int, log: Path) -> bool:
    """Let it work until it takes a step for the n-th time; return whether it was killed before it was done."""
    with traced(victim.pid, log, "-e", f"trace={step}", "-e", f"inject={step}:signal=SIGKILL:when={number}"):
        victim.go()
        try:
            victim.result()
        except forked.Ended as ended:
            return ended.code == -signal.SIGKILL
    return False


@pytest.mark.parametrize("step", CHANGES)
def test_an_upload_killed_at_any_step_leaves_whole_pages_and_can_be_done_again(
    step: str, begun: Path, taken: Counter[str], tmp_path: Path
) -> None:
    for number in range(1, taken[step] + 1, EACH.get(step, 1)):
        data = copy(begun, tmp_path / "data")
        assert killed(forked.Forked(victims.uploading, data, NEW), step, number, tmp_path / "log")
        found = forked.call(victims.examining, data, NEW)
        assert found.wrong == [], f"killed at {step} number {number}"
        assert found.files[EARLIER[0]] == EARLIER[1]
        assert found.files.get(NEW[0], NEW[1]) == NEW[1]
        shutil.rmtree(data)
    assert taken[step]


def test_a_rebuild_killed_at_any_page_is_finished_by_the_next_start(begun: Path, tmp_path: Path) -> None:
    for number in (1, 2, 3, 5, 9):
        data = copy(begun, tmp_path / "data")
        shutil.rmtree(data / "tree")
        assert killed(forked.Forked(victims.starting, data), "rename", number, tmp_path / "log")
        found = forked.call(victims.examining, data)
        assert found.wrong == [], f"killed at rename number {number}"
        assert found.files == {EARLIER[0]: EARLIER[1]}
        shutil.rmtree(data)


def asked_at_start(data: Path, log: Path) -> Counter[str]:
    """Return how often a start asks the system about files and folders, by kind of question."""
    victim = forked.Forked(victims.starting, data)
    with traced(victim.pid, log, "-e", "trace=openat,newfstatat,getdents64,mkdir,rename,link,unlink,fsync"):
        victim.go()
        victim.result()
    return steps(log)


def test_a_start_after_a_crash_looks_at_what_was_left_undone_and_not_at_every_file(tmp_path: Path) -> None:
    asked = []
    for projects in (5, 150):
        data = made(tmp_path / f"{projects}-projects", EARLIER)
        forked.call(victims.filling, data, projects, 4)
        # An act of its own: so many files at once move the mark, so few do not, and a mark just moved is read faster.
        forked.call(victims.uploading, data, builders.wheel("one", "1.5"))
        # Killed when the rows are committed and no page is rendered yet.
        assert killed(forked.Forked(victims.uploading, data, NEW), "link", 1, tmp_path / "killed")
        asked.append(asked_at_start(data, tmp_path / f"{projects}.log"))
        assert NEW[0] in page_file(data / "tree/public/team/main/simple/one").read_text()
    few, many = asked
    assert few["rename"]
    assert many == few


@pytest.mark.parametrize("step", SYNCS)
def test_what_a_killed_upload_left_unsynced_is_synced_before_the_next_one_is_acknowledged(
    step: str, begun: Path, tmp_path: Path
) -> None:
    number = 1
    while True:
        data = copy(begun, tmp_path / "data")
        whole = not cut_off(forked.Forked(victims.uploading, data, NEW), step, number, tmp_path / "first")
        again = forked.Forked(victims.uploading, data, NEW)
        with traced(again.pid, tmp_path / "second", *OPTIONS):
            again.go()
            assert [answer.status for answer in again.result()] == [200]
        disk = Disk(begun, data)
        for log in (tmp_path / "first", tmp_path / "second"):
            for when, call in moments(log):
                disk.do(when, call)
        shutil.rmtree(data)
        disk.left(Cut.GONE, tmp_path / "left", random.Random(1))
        found = forked.call(victims.examining, tmp_path / "left")
        assert (found.wrong, found.files) == ([], dict([EARLIER, NEW])), f"killed at {step} number {number}"
        shutil.rmtree(tmp_path / "left")
        if whole:
            break
        number += 1


def cut_off(victim: forked.Forked, step: str, number: int, log: Path) -> bool:
    """Let it be killed when it syncs for the n-th time, recording everything; return whether that happened."""
    with traced(victim.pid, log, *OPTIONS, "-e", f"inject={step}:signal=SIGKILL:when={number}"):
        victim.go()
        try:
            victim.result()
        except forked.Ended as ended:
            return ended.code == -signal.SIGKILL
    return False


def test_a_database_from_a_backup_that_is_older_than_the_pages_is_served_as_it_is(begun: Path, tmp_path: Path) -> None:
    data = copy(begun, tmp_path / "data")
    backup = (data / "mypi.sqlite").read_bytes()
    forked.call(victims.uploading, data, builders.wheel("one", "1.5"))
    (data / "mypi.sqlite").write_bytes(backup)
    assert forked.call(victims.looking, data).files == dict([EARLIER])
    assert [answer.status for answer in forked.call(victims.uploading, data, NEW)] == [200]
    assert forked.call(victims.looking, data).files == dict([EARLIER, NEW])


@pytest.mark.parametrize("more", [0, 1])
def test_a_database_that_went_on_elsewhere_is_served_as_it_is(begun: Path, tmp_path: Path, more: int) -> None:
    # Both have as many events since: what the pages show is told from what the database knows by digests alone.
    here, elsewhere = copy(begun, tmp_path / "here"), copy(begun, tmp_path / "elsewhere")
    forked.call(victims.uploading, here, builders.wheel("one", "1.5"))
    later = [builders.wheel("two", "1.0")][:more]
    forked.call(victims.uploading, elsewhere, NEW, *later)
    (here / "mypi.sqlite").write_bytes((elsewhere / "mypi.sqlite").read_bytes())
    shutil.copytree(elsewhere / "blobs", here / "blobs", dirs_exist_ok=True)
    assert forked.call(victims.looking, here).files == dict([EARLIER, NEW, *later])
