"""A disk that takes no more: the upload fails with one line, nothing lies about, reads go on, and later all is well."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mypi import config
from tests.support import builders, forked, victims
from tests.support.copies import copy, made
from tests.support.installations import running_server
from tests.support.pages import page_file
from tests.support.raw_http import Answer, get, upload
from tests.support.requirements import need
from tests.support.tracing import CHANGES, SYNCS, steps, traced

EARLIER = builders.wheel("one", "1.0")
NEW = builders.sdist("one", "2.0")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an installation in which an upload has been."""
    return made(tmp_path_factory.mktemp("begun") / "data", EARLIER)


def is_one_line(answer: victims.Answer | Answer) -> bool:
    """Return whether the answer says in one line that there is no room, or that the disk does not do what it should."""
    return answer.status in {503, 507} and len(answer.text.splitlines()) == 1


def litter(data: Path) -> list[Path]:
    """Return what an upload left unfinished."""
    return [*(data / "incoming").iterdir(), *(data / "tree").rglob(".new-*")]


STEPS = [*((step, "ENOSPC") for step in CHANGES if step != "unlink"), *((sync, "EIO") for sync in SYNCS)]


@pytest.mark.parametrize(("step", "error"), STEPS)
def test_an_upload_fails_in_one_line_wherever_the_disk_fails_and_succeeds_later(
    begun: Path, tmp_path: Path, step: str, error: str
) -> None:
    number, whole = 1, False
    while not whole:
        data = copy(begun, tmp_path / "data")
        victim = forked.Forked(victims.uploading, data, NEW)
        inject = f"inject={step}:error={error}:when={number}+"
        with traced(victim.pid, tmp_path / "log", "-e", f"trace={step}", "-e", inject):
            victim.go()
            [answer] = victim.result()
        whole = steps(tmp_path / "log")[step] < number
        found = forked.call(victims.examining, data, NEW)
        assert found.wrong == [], f"{step} number {number}: {answer}"
        assert found.files[EARLIER[0]] == EARLIER[1]
        if not whole:
            assert is_one_line(answer), f"{step} number {number}: {answer}"
            assert litter(data) == []
        shutil.rmtree(data)
        number += (number + 2) // 3


@pytest.mark.parametrize("error", ["EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES"])
def test_whatever_the_disk_says_of_a_write_the_client_is_told_that_there_is_no_room(
    begun: Path, tmp_path: Path, error: str
) -> None:
    victim = forked.Forked(victims.uploading, copy(begun, tmp_path / "data"), NEW)
    with traced(victim.pid, tmp_path / "log", "-e", "trace=write", "-e", f"inject=write:error={error}:when=1"):
        victim.go()
        [answer] = victim.result()
    assert answer.status == 507
    assert is_one_line(answer)
    assert litter(tmp_path / "data") == []


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """Yield a data directory that is a file system of its own, with room for little."""
    need(os.geteuid() == 0, "only root may mount a small file system")
    place = tmp_path / "data"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", place], capture_output=True, check=False)
    need(mounted.returncode == 0, "no file system may be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def fill(file: Path) -> None:
    """Write until there is no room for another byte."""
    with suppress(OSError), file.open("wb", buffering=0) as stream:
        while stream.write(bytes(4096)):
            pass


def test_a_full_disk_stops_uploads_and_nothing_else_until_there_is_room(small: Path) -> None:
    with running_server(config.load(environ={}, data_directory=small)) as server:
        assert upload(server.url, *EARLIER).status == 200
        page = get(server.url, "/simple/one/").body
        large = builders.wheel("one", "3.0", files={"one.bin": os.urandom(4 * 1024**2)})
        assert is_one_line(upload(server.url, *large))
        fill(small / "ballast")
        for _ in range(3):
            assert is_one_line(upload(server.url, *NEW))
        assert litter(small) == []
        assert get(server.url, "/simple/one/").body == page
        assert get(server.url, "/package/one/", Accept="text/html").status == 200
        (small / "ballast").unlink()
        assert upload(server.url, *NEW).status == 200
    found = forked.call(victims.examining, small, EARLIER, NEW)
    assert (found.wrong, found.files) == ([], dict([EARLIER, NEW]))


def test_an_upload_that_was_recorded_and_not_shown_is_shown_when_it_is_sent_again(begun: Path, tmp_path: Path) -> None:
    data = copy(begun, tmp_path / "data")
    victim = forked.Forked(victims.uploading, data, NEW, NEW)
    # After the commit the first folders of the published tree are made: for this once there is no room for them.
    with traced(victim.pid, tmp_path / "log", "-e", "trace=link", "-e", "inject=link:error=ENOSPC:when=1"):
        victim.go()
        first, second = victim.result()
    assert (first.status, first.retry_after) == (503, "60")
    assert "this is recorded" in first.text
    assert second.status == 200
    assert NEW[0] in page_file(data / "tree/public/team/main/simple/one").read_text()


def test_a_server_starts_and_answers_on_a_disk_that_cannot_be_written(begun: Path, small: Path) -> None:
    subprocess.run(["cp", "-a", f"{begun}/.", small], check=True)
    subprocess.run(["mount", "-o", "remount,ro", small], check=True)
    with running_server(config.load(environ={}, data_directory=small), "--first-start") as server:
        assert EARLIER[0] in get(server.url, "/simple/one/").text
        assert get(server.url, "/package/one/", Accept="text/html").status == 200
        assert is_one_line(upload(server.url, *NEW))
    subprocess.run(["mount", "-o", "remount,rw", small], check=True)
