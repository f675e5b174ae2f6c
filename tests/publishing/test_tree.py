"""Files of the tree appear whole, are readable from birth, and stay when they are equal."""

import ctypes
import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mypi.errors import DatabaseBusy, DiskFull, RebuildUnderWay
from mypi.publishing import placing
from mypi.publishing import tree as tree_module
from mypi.publishing.paths import IndexPaths
from mypi.publishing.rendering import RenderedPage
from mypi.publishing.tree import Mark, Tree
from mypi.standards.sidecars import Sidecar
from mypi.storage import durable
from mypi.storage.file_system import FileSystemStorage
from mypi.storage.interface import keep_bytes

STATE = "1-01234567"
PAGE = RenderedPage(
    {f"{STATE}.html": b"<p>", f"{STATE}.json": b"{}", "current.txt": STATE.encode()}, 1_700_000_000_000_001_000
)


@pytest.fixture
def tree(tmp_path) -> Tree:
    return Tree(tmp_path / "tree")


def seen(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_a_page_appears_with_all_its_files_their_time_and_for_apache_to_read(tree, tmp_path):
    tree.put_page(tmp_path / "page", PAGE)
    assert seen(tmp_path / "page") == PAGE.files
    for file in (tmp_path / "page").iterdir():
        status = file.stat()
        assert (stat.S_IMODE(status.st_mode), status.st_mtime_ns) == (0o644, PAGE.modified_ns)


def test_a_page_that_is_equal_is_left_alone(tree, tmp_path):
    tree.put_page(tmp_path / "page", PAGE)
    before = {file.name: file.stat().st_ino for file in (tmp_path / "page").iterdir()}
    tree.put_page(tmp_path / "page", PAGE)
    assert {file.name: file.stat().st_ino for file in (tmp_path / "page").iterdir()} == before


def test_a_page_that_cannot_be_written_whole_changes_nothing(tree, tmp_path, monkeypatch):
    tree.put_page(tmp_path / "page", PAGE)
    utime, calls = os.utime, []

    def full(descriptor: int, ns: tuple[int, int]) -> None:
        calls.append(descriptor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        utime(descriptor, ns=ns)

    monkeypatch.setattr(os, "utime", full)
    other = RenderedPage({name: body + b"more" for name, body in PAGE.files.items()}, PAGE.modified_ns + 1000)
    with pytest.raises(DiskFull):
        tree.put_page(tmp_path / "page", other)
    assert seen(tmp_path / "page") == PAGE.files


def test_a_newer_state_takes_the_place_of_the_one_before(tree, tmp_path):
    tree.put_page(tmp_path / "page", PAGE)
    newer = RenderedPage({name.replace("1-", "2-"): b"2-01234567" for name in PAGE.files}, PAGE.modified_ns + 1000)
    tree.put_page(tmp_path / "page", newer)
    assert seen(tmp_path / "page") == newer.files


def test_what_a_killed_process_wrote_in_half_of_a_state_is_replaced(tree, tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / f"{STATE}.html").write_bytes(b"<")
    tree.put_page(tmp_path / "page", PAGE)
    assert seen(tmp_path / "page") == PAGE.files


def test_a_state_that_readers_are_led_to_already_is_completed_by_renames_alone(tree, tmp_path, monkeypatch):
    tree.put_page(tmp_path / "page", PAGE)
    (tmp_path / "page" / f"{STATE}.html").unlink()
    write, written = placing._write, []

    def noted(file: Path, *args: object, **options: object) -> None:
        written.append(file.name)
        write(file, *args, **options)

    monkeypatch.setattr(placing, "_write", noted)
    tree.put_page(tmp_path / "page", PAGE)
    assert seen(tmp_path / "page") == PAGE.files
    assert len(written) == 1
    assert written[0].startswith(placing.IN_FLIGHT)


def test_the_default_index_is_found_under_the_words_of_its_urls(tree):
    for name in ("team/main", "team/other"):
        tree.set_mark(Mark(7, name))
        links = [link for side in ("public", "restricted") for link in sorted((tree.paths.root / side).iterdir())]
        assert [link.name for link in links] == ["packages", "simple"] * 2
        assert {str(link.readlink()) for link in links} == {f"{name}/files", f"{name}/simple"}


def test_the_mark_comes_back_as_it_was_set(tree):
    assert tree.mark() is None
    for mark in (Mark(7, "team/main"), Mark(8, "team/main", rebuilt_to=3)):
        tree.set_mark(mark)
        assert tree.mark() == mark


@pytest.mark.parametrize("body", ["", "nonsense", "{}", '{"serial": 1, "default_index": "a/b", "colour": "red"}'])
def test_a_mark_that_cannot_be_read_is_none(tree, body):
    tree.set_mark(Mark(7, "team/main"))
    tree.paths.mark.write_text(body)
    assert tree.mark() is None


def test_who_waits_in_vain_to_render_everything_is_told_who_does(tree):
    impatient = Tree(tree.paths.root, patience=0)
    told = pytest.raises(RebuildUnderWay, match=rf"^process {os.getpid()} on ")
    with tree.rebuilding(), told, impatient.rebuilding():
        pass
    with impatient.rebuilding():
        pass


@pytest.mark.parametrize("number", ["0", "1", "999", "x"])
def test_a_tree_of_another_format_counts_as_none(tree, number):
    tree.set_mark(Mark(7, "team/main"))
    tree.paths.format.write_text(number)
    assert tree.mark() is None


def test_a_file_in_the_tree_is_the_blob_itself(tree, tmp_path):
    storage = FileSystemStorage(tmp_path)
    sha256 = keep_bytes(storage, b"body")
    place = IndexPaths(tmp_path / "tree/index").file(sha256, "foo-1.0.tar.gz")
    tree.link(storage, sha256, place)
    tree.link(storage, sha256, place)
    assert place.samefile(storage.path(sha256))
    assert [file.name for file in place.parent.iterdir()] == ["foo-1.0.tar.gz"]


def test_a_link_follows_a_blob_that_was_replaced_because_it_was_damaged(tree, tmp_path):
    storage = FileSystemStorage(tmp_path)
    sha256 = keep_bytes(storage, b"body")
    place = IndexPaths(tmp_path / "tree/index").file(sha256, "foo-1.0.tar.gz")
    tree.link(storage, sha256, place)
    place.write_bytes(b"rot!")
    keep_bytes(storage, b"body")
    tree.link(storage, sha256, place)
    assert place.read_bytes() == b"body"


def test_what_is_unlinked_is_gone_with_what_is_beside_it_and_its_neighbours_stay(tree, tmp_path):
    storage, index = FileSystemStorage(tmp_path), IndexPaths(tmp_path / "tree/index")
    sha256 = keep_bytes(storage, b"body")
    beside = [index.beside(sha256, "a-1.zip", sidecar) for sidecar in Sidecar]
    for place in (index.file(sha256, "a-1.zip"), *beside, index.file(sha256, "b-1.zip")):
        tree.link(storage, sha256, place)
    tree.unlink(index, sha256, "a-1.zip")
    tree.unlink(index, sha256, "a-1.zip")
    assert [path.name for path in (tmp_path / "tree/index/files").rglob("*") if path.is_file()] == ["b-1.zip"]
    tree.unlink(index, sha256, "b-1.zip")
    assert not index.file(sha256, "b-1.zip").parent.exists()
    assert storage.contains(sha256)


def test_an_index_moves_in_one_step(tree, tmp_path):
    old, new = IndexPaths(tmp_path / "tree/public/team/main"), IndexPaths(tmp_path / "tree/restricted/team/main")
    tree.put_page(old.list_folder, PAGE)
    tree.move(old, new)
    assert seen(new.list_folder) == PAGE.files
    assert not old.root.exists()
    tree.move(old, new)
    assert seen(new.list_folder) == PAGE.files


def test_an_index_that_is_on_both_sides_does_not_stay_on_the_old_one(tree, tmp_path):
    old, new = IndexPaths(tmp_path / "tree/public/team/main"), IndexPaths(tmp_path / "tree/restricted/team/main")
    tree.put_page(old.list_folder, PAGE)
    tree.put_page(new.project_folder("foo"), PAGE)
    tree.move(old, new)
    assert not old.root.exists()
    assert seen(new.project_folder("foo")) == PAGE.files


def test_one_process_at_a_time_holds_the_lock(tree):
    code = (
        "import pathlib, sys; from mypi.publishing.tree import Tree\n"
        "print('asking', flush=True)\n"
        "with Tree(pathlib.Path(sys.argv[1])).locked(): print('in', flush=True)"
    )
    with tree.locked():
        command = [sys.executable, "-c", code, str(tree.paths.root)]
        other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert other.stdout.readline() == "asking\n"
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(0.5)
    assert other.communicate()[0] == "in\n"


def test_a_thread_that_waited_and_finds_its_work_done_goes_on_without_the_lock(tree, monkeypatch):
    class Contended:
        """A lock that another thread has, and gives."""

        def acquire(self, *, blocking: bool = True, timeout: float = -1) -> bool:
            return blocking

        def release(self) -> None:
            pass

    monkeypatch.setattr(tree, "_thread", Contended())
    for answers in ([True], [False, True], [False, False]):
        is_done = answers[-1]
        with tree.locked(unless=lambda answers=answers: answers.pop(0)) as has_turn:
            assert (has_turn, answers) == (not is_done, [])


def test_a_thread_waits_for_another_no_longer_than_its_patience(tmp_path):
    impatient = Tree(tmp_path / "tree", patience=0)
    with impatient.locked(), pytest.raises(DatabaseBusy), impatient.locked():
        pass


def test_a_file_is_put_whole_or_not_at_all(tmp_path):
    tree_module.put(tmp_path / "a/file", b"one")
    inode = (tmp_path / "a/file").stat().st_ino
    tree_module.put(tmp_path / "a/file", b"one")
    assert (tmp_path / "a/file").stat().st_ino == inode
    tree_module.put(tmp_path / "a/file", b"two")
    assert seen(tmp_path / "a") == {"file": b"two"}


def test_a_page_whose_state_a_cut_of_power_made_zeros_is_put_anew(tree, tmp_path):
    tree.put_page(tmp_path / "page", PAGE)
    (tmp_path / "page/current.txt").write_bytes(bytes(len(STATE)))
    tree.put_page(tmp_path / "page", PAGE)
    assert seen(tmp_path / "page") == PAGE.files


class FailingDisk:
    """A C library whose disk did not take what was written to it before."""

    def syncfs(self, _descriptor: int) -> int:
        ctypes.set_errno(errno.EIO)
        return -1


def test_what_could_not_be_made_durable_is_never_said_to_be_published(tree, monkeypatch):
    tree.set_mark(Mark(1, "team/main"))
    with monkeypatch.context() as patched:
        patched.setattr(durable, "_libc", FailingDisk())
        with pytest.raises(DiskFull):
            tree.set_mark(Mark(2, "team/main"))
    assert tree.mark().serial == 1


def test_the_folder_of_a_new_project_is_durable_before_it_is_said_to_be_shown_and_no_other(tree, monkeypatch):
    tree.set_mark(Mark(1, "team/main"))
    synced: list[Path] = []
    monkeypatch.setattr(tree_module, "sync_folder", synced.append)
    simple = tree.paths.root / "public/team/main/simple"
    tree.put_page(simple / "demo", PAGE)
    tree.set_shown(Mark(2, "team/main"))
    tree.put_page(simple / "demo", other(PAGE))
    tree.set_shown(Mark(3, "team/main"))
    assert synced == [simple]


def other(page: RenderedPage) -> RenderedPage:
    """Return a page in another state."""
    files = {name.replace(STATE, "2-89abcdef"): body for name, body in page.files.items()}
    return RenderedPage({**files, "current.txt": b"2-89abcdef"}, page.modified_ns)
