"""What every storage promises. A new kind of storage joins by a line in `BACKENDS`."""

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from mypi.storage.file_system import FileSystemStorage
from mypi.storage.interface import Storage, keep_bytes

BACKENDS = {"file system": FileSystemStorage}
NOWHERE = "0" * 64


@pytest.fixture(params=sorted(BACKENDS))
def storage(request, tmp_path) -> Storage:
    return BACKENDS[request.param](tmp_path / "data")


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def read(storage: Storage, digest: str) -> bytes:
    with storage.open(digest) as stream:
        return stream.read()


@given(chunks=strategies.lists(strategies.binary(max_size=200), max_size=10))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_in_pieces_is_kept_under_the_digest_of_the_whole(storage, chunks):
    body = b"".join(chunks)
    incoming = storage.receive()
    for chunk in chunks:
        assert incoming.write(chunk) == len(chunk)
    assert incoming.digests().size == len(body)
    assert incoming.keep() == sha256(body)
    assert read(storage, sha256(body)) == body


def test_digests_are_those_of_the_bytes(storage):
    incoming = storage.receive()
    incoming.write(b"abc")
    found = incoming.digests()
    assert found.sha256 == sha256(b"abc")
    assert found.md5 == hashlib.md5(b"abc").hexdigest()
    assert found.blake2b_256 == hashlib.blake2b(b"abc", digest_size=32).hexdigest()
    incoming.discard()


def test_what_is_being_received_can_be_read_and_is_no_blob_yet(storage):
    incoming = storage.receive()
    incoming.write(b"half")
    with incoming.reader() as stream:
        assert stream.read() == b"half"
    assert not storage.contains(sha256(b"half"))
    assert list(storage.blobs()) == []
    incoming.discard()


def test_what_is_discarded_leaves_nothing(storage):
    incoming = storage.receive()
    incoming.write(b"never mind")
    incoming.discard()
    incoming.discard()
    assert list(storage.blobs()) == []
    assert list(storage.abandoned(older_than=float("inf"))) == []


def test_to_discard_after_keeping_is_harmless(storage):
    incoming = storage.receive()
    incoming.write(b"kept")
    digest = incoming.keep()
    incoming.discard()
    assert read(storage, digest) == b"kept"


def test_the_same_bytes_twice_are_one_blob(storage):
    assert keep_bytes(storage, b"same") == keep_bytes(storage, b"same")
    assert [blob[0] for blob in storage.blobs()] == [sha256(b"same")]


def test_the_blobs_are_told_with_their_sizes(storage):
    for body in (b"", b"one", b"twenty" * 20):
        keep_bytes(storage, body)
    assert {(digest, size) for digest, size, _ in storage.blobs()} == {
        (sha256(body), len(body)) for body in (b"", b"one", b"twenty" * 20)
    }


def test_a_blob_that_is_not_there_is_a_key_error_and_deleting_it_is_harmless(storage):
    assert not storage.contains(NOWHERE)
    with pytest.raises(KeyError):
        storage.open(NOWHERE)
    storage.delete(NOWHERE)


def test_a_deleted_blob_is_gone_and_can_come_again(storage):
    digest = keep_bytes(storage, b"again")
    storage.delete(digest)
    assert not storage.contains(digest)
    assert keep_bytes(storage, b"again") == digest
    assert read(storage, digest) == b"again"


@pytest.mark.parametrize("word", ["", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n"])
def test_a_word_that_is_no_digest_reaches_no_file(storage, word):
    with pytest.raises((ValueError, KeyError)):
        storage.open(word)


def test_a_reception_that_nobody_ended_is_named_and_can_be_forgotten(storage):
    incoming = storage.receive()
    incoming.write(b"the process ended here")
    assert list(storage.abandoned(older_than=0)) == []
    (name,) = storage.abandoned(older_than=float("inf"))
    storage.forget(name)
    storage.forget(name)
    assert list(storage.abandoned(older_than=float("inf"))) == []
    incoming.discard()


def test_to_forget_reaches_nothing_but_receptions(storage):
    digest = keep_bytes(storage, b"stays")
    storage.forget(f"../blobs/{digest[:2]}/{digest}")
    assert storage.contains(digest)


def test_damaged_bytes_are_replaced_when_the_right_ones_come_again(storage):
    digest = keep_bytes(storage, b"right")
    place = storage.path(digest)
    if place is not None:
        place.write_bytes(b"wrong")
    keep_bytes(storage, b"right")
    assert read(storage, digest) == b"right"
