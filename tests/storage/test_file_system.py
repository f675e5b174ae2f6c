"""Blobs as files: where they lie, who may read them, and what a full disk leaves."""

import os
import stat

import pytest

from mypi.errors import DiskFull
from mypi.storage import file_system
from mypi.storage.durable import create_private, make_folder, room
from mypi.storage.file_system import FileSystemStorage
from mypi.storage.interface import keep_bytes


@pytest.fixture
def storage(tmp_path):
    return FileSystemStorage(tmp_path)


def test_a_blob_lies_where_its_digest_says_and_apache_may_read_it(storage, tmp_path):
    digest = keep_bytes(storage, b"body")
    place = tmp_path / "blobs" / digest[:2] / digest
    assert storage.path(digest) == place
    assert stat.S_IMODE(place.stat().st_mode) == 0o644


def test_strangers_among_the_blobs_are_not_taken_for_blobs(storage, tmp_path):
    digest = keep_bytes(storage, b"body")
    for stranger in (tmp_path / "blobs/ab/notes.txt", tmp_path / "blobs/00" / digest):
        stranger.parent.mkdir(parents=True, exist_ok=True)
        stranger.write_bytes(b"?")
    assert [blob[0] for blob in storage.blobs()] == [digest]


def test_a_blob_that_is_kept_again_long_after_counts_as_young(storage):
    digest = keep_bytes(storage, b"body")
    os.utime(storage.path(digest), (1, 1))
    keep_bytes(storage, b"body")
    assert storage.path(digest).stat().st_mtime > file_system.YOUNG


def test_a_blob_that_is_kept_again_at_once_keeps_its_time_and_with_it_the_etag(storage):
    digest = keep_bytes(storage, b"body")
    before = storage.path(digest).stat()
    keep_bytes(storage, b"body")
    after = storage.path(digest).stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_bytes_that_find_no_room_are_a_full_disk_and_nothing_is_kept(storage, tmp_path):
    incoming = storage.receive()
    incoming.write(b"body")
    (tmp_path / "blobs").write_bytes(b"a file where the folder should be")
    with pytest.raises((DiskFull, OSError)):
        incoming.keep()
    assert list((tmp_path / "incoming").iterdir()) == []


@pytest.mark.parametrize("device", ["/dev/full"])
def test_a_device_that_is_full_is_said_so(device):
    with pytest.raises(DiskFull), room(), open(device, "wb", buffering=0) as stream:
        stream.write(b"x")


def test_another_error_of_the_system_is_not_taken_for_a_full_disk(tmp_path):
    with pytest.raises(FileNotFoundError), room():
        (tmp_path / "nowhere" / "file").touch()


def test_a_private_file_is_made_once_and_for_its_owner(tmp_path):
    assert create_private(tmp_path / "key", b"first")
    assert not create_private(tmp_path / "key", b"second")
    assert (tmp_path / "key").read_bytes() == b"first"
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_folders_are_made_with_those_above_them_and_may_be_there(tmp_path):
    make_folder(tmp_path / "a/b/c")
    make_folder(tmp_path / "a/b/c")
    assert (tmp_path / "a/b/c").is_dir()
