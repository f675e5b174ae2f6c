"""The collector removes what no row names, when it has rested, and never anything else."""

import hashlib
import os
import time

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from mypi import clock
from mypi.registry import collecting, deleting, logins, users
from mypi.registry.actors import at_shell
from mypi.registry.files import File
from mypi.storage.interface import keep_bytes
from tests.support import builders
from tests.support.integrity import check
from tests.support.peopled import PASSWORD

FILENAME, BODY = builders.wheel("demo", "1.0")
SHA256 = hashlib.sha256(BODY).hexdigest()


def collected(peopled):
    storage = peopled.installation.storage
    return {blob.sha256 for blob in collecting.collect(storage, collecting.unreferenced(storage))}


def let_rest(peopled, *digests):
    """Make blobs as old as those that nobody has kept for two days."""
    old = time.time() - 2 * collecting.REST.total_seconds()
    for sha256 in digests or peopled.blobs():
        os.utime(peopled.installation.storage.path(sha256), (old, old))


def test_the_bytes_of_a_deleted_file_and_its_metadata_are_collected_when_they_have_rested(peopled):
    peopled.upload((FILENAME, BODY))
    both = peopled.blobs()
    deleting.delete_file(peopled.registry, at_shell(), peopled.index(), "demo", FILENAME)
    assert collected(peopled) == set()
    let_rest(peopled)
    assert collected(peopled) == both
    assert peopled.blobs() == set()
    assert check(peopled.installation) == []


def test_the_bytes_of_a_file_and_its_metadata_are_never_collected(peopled):
    peopled.upload((FILENAME, BODY))
    let_rest(peopled)
    assert collected(peopled) == set()
    assert check(peopled.installation) == []


def test_bytes_that_another_index_still_has_stay(peopled):
    peopled.upload((FILENAME, BODY))
    peopled.upload((FILENAME, BODY), index="team/secret")
    deleting.delete_project(peopled.registry, at_shell(), peopled.index(), "demo")
    let_rest(peopled)
    assert collected(peopled) == set()
    assert check(peopled.installation) == []


@pytest.mark.leaves_damage("the file stays damaged")
def test_a_damaged_file_keeps_its_blob(peopled):
    peopled.upload((FILENAME, BODY))
    (file,) = peopled.rows(File)
    peopled.installation.storage.path(file.sha256).write_bytes(b"else")
    let_rest(peopled)
    assert collected(peopled) == set()


def test_a_blob_that_got_its_row_after_it_was_found_stays(peopled):
    storage = peopled.installation.storage
    keep_bytes(storage, BODY)
    let_rest(peopled)
    found = list(collecting.unreferenced(storage))
    assert [blob.sha256 for blob in found] == [SHA256]
    peopled.upload((FILENAME, BODY))
    let_rest(peopled)
    assert list(collecting.collect(storage, found)) == []
    assert check(peopled.installation) == []


def test_a_blob_that_an_upload_keeps_again_before_its_row_is_there_stays(peopled):
    storage = peopled.installation.storage
    keep_bytes(storage, BODY)
    let_rest(peopled)
    found = list(collecting.unreferenced(storage))
    assert keep_bytes(storage, BODY) == SHA256
    assert list(collecting.collect(storage, found)) == []
    assert storage.contains(SHA256)


def test_a_collector_that_was_killed_before_it_decided_loses_nothing(peopled):
    storage = peopled.installation.storage
    peopled.upload((FILENAME, BODY))
    place = storage.path(SHA256)
    place.rename(place.with_name(f".old-{SHA256}"))
    assert collected(peopled) == set()
    assert place.read_bytes() == BODY
    assert not list(place.parent.glob(".old-*"))


def test_a_blob_that_is_gone_already_is_not_counted(peopled):
    storage = peopled.installation.storage
    keep_bytes(storage, BODY)
    let_rest(peopled)
    found = list(collecting.unreferenced(storage))
    assert len(list(collecting.collect(storage, found))) == 1
    assert list(collecting.collect(storage, found)) == []


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    bodies=strategies.lists(
        strategies.tuples(strategies.binary(max_size=3), strategies.booleans(), strategies.booleans()), max_size=8
    ),
    batch=strategies.integers(1, 4),
)
def test_what_is_collected_is_what_no_row_names_and_has_rested(peopled, bodies, batch):
    storage = peopled.installation.storage
    if not peopled.rows(File):
        peopled.upload((FILENAME, BODY))
    (file,) = peopled.rows(File)
    named = {file.sha256, file.metadata_sha256}
    let_rest(peopled, *named)
    expected, before = set(), peopled.blobs()
    for body, _, _ in bodies:
        keep_bytes(storage, body)
    rested = {body: old for body, old, _ in bodies}
    for body, old in rested.items():
        sha256 = hashlib.sha256(body).hexdigest()
        os.utime(storage.path(sha256))
        if old:
            let_rest(peopled, sha256)
            expected.add(sha256)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(collecting, "BATCH", batch)
        assert collected(peopled) == expected
    assert named <= peopled.blobs()
    assert peopled.blobs() == (before | {hashlib.sha256(body).hexdigest() for body in rested}) - expected


def test_a_reception_that_was_cut_off_is_found_when_it_has_rested(peopled):
    incoming = peopled.installation.storage.receive()
    incoming.write(b"cut off")
    (file,) = (peopled.data / "incoming").iterdir()
    assert collecting.abandoned(peopled.installation.storage) == []
    old = time.time() - 2 * collecting.REST.total_seconds()
    os.utime(file, (old, old))
    assert collecting.abandoned(peopled.installation.storage) == [file.name]
    incoming.discard()


def test_sessions_that_have_ended_go_and_those_that_last_stay(peopled):
    logins.begin(users.get("reader"), collecting.REST)
    logins.begin(users.get("reader"), -collecting.REST)
    peopled.rows(File)
    assert collecting.ended_logins() == 1
    collecting.forget_ended_logins()
    assert collecting.ended_logins() == 0
    (lasting,) = peopled.rows(logins.WebSession)
    assert lasting.expires_at > clock.now()
    assert logins.check_password("reader", PASSWORD, "192.0.2.1").name == "reader"
