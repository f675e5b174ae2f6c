"""A changed, missing or extra byte in a file or its metadata is found, whatever holds it."""

import hashlib

import pytest

from mypi.registry.files import File
from tests.publishing.verification.damaging import SDIST, WHEEL, blob, execute, flip, found, index_folder
from tests.support.peopled import MAIN

FILENAME, BODY = WHEEL
SHA256 = hashlib.sha256(BODY).hexdigest()
IT = f"{MAIN}: {FILENAME}"


def metadata_sha256(peopled):
    (file,) = peopled.rows(File, File.filename == FILENAME)
    return file.metadata_sha256


def only_pages_of_the_project(differences):
    return all("/simple/demo/" in where for kind, where in differences if kind.startswith("page."))


def test_nothing_is_found_where_nothing_is_wrong(filled):
    assert found(filled) == set()


def test_a_flipped_bit_is_named(filled):
    flip(blob(filled, SHA256))
    assert found(filled) == {("file.changed", IT)}


@pytest.mark.parametrize("length", [0, 1, -1], ids=["empty", "one byte", "one byte less"])
def test_a_shorter_blob_is_named(filled, length):
    blob(filled, SHA256).write_bytes(BODY[:length])
    assert found(filled) == {("file.changed", IT)}


def test_a_longer_blob_is_named(filled):
    blob(filled, SHA256).write_bytes(BODY + b"\0")
    assert found(filled) == {("file.changed", IT)}


def test_a_missing_blob_is_named(filled):
    blob(filled, SHA256).unlink()
    assert found(filled) == {("file.missing", IT)}


def test_a_folder_in_the_place_of_a_blob_is_named(filled):
    blob(filled, SHA256).unlink()
    blob(filled, SHA256).mkdir()
    assert found(filled) == {("file.changed", IT)}


def test_flipped_metadata_is_named(filled):
    flip(blob(filled, metadata_sha256(filled)))
    assert found(filled) == {("metadata.changed", IT)}


def test_missing_metadata_is_named(filled):
    blob(filled, metadata_sha256(filled)).unlink()
    assert found(filled) == {("metadata.missing", IT)}


def test_metadata_of_another_file_is_named(filled):
    other = filled.rows(File, File.filename == "other-1.0-py3-none-any.whl")[0].metadata_sha256
    execute("UPDATE files SET metadata_sha256 = :other WHERE filename = :name", other=other, name=FILENAME)
    differences = found(filled)
    assert ("metadata.of-another", IT) in differences
    assert {kind for kind, _ in differences} == {"metadata.of-another", "page.changed", "link.changed"}
    assert only_pages_of_the_project(differences)


@pytest.mark.parametrize("column", ["md5", "blake2b_256"])
def test_another_digest_in_a_row_is_named(filled, column):
    execute(f"UPDATE files SET {column} = 'f' || substr({column}, 2) WHERE filename = :name", name=FILENAME)
    assert found(filled) == {("file.row-changed", IT)}


def test_another_size_in_a_row_is_named_with_the_pages_that_do_not_show_it(filled):
    execute("UPDATE files SET size = size + 1 WHERE filename = :name", name=FILENAME)
    differences = found(filled)
    pages = {where for kind, where in differences if kind == "page.changed"}
    assert differences == {("file.row-changed", IT)} | {("page.changed", page) for page in pages}
    assert f"public/{MAIN}/simple/demo/current.txt" in pages
    assert only_pages_of_the_project(differences)


def test_another_sha256_in_a_row_is_told_from_a_missing_blob_by_the_event_of_the_upload(filled):
    execute("UPDATE files SET sha256 = 'f' || substr(sha256, 2) WHERE filename = :name", name=FILENAME)
    differences = found(filled)
    assert ("file.row-changed", IT) in differences
    assert "file.missing" not in {kind for kind, _ in differences}
    assert only_pages_of_the_project(differences)


def test_a_damaged_file_that_is_withheld_is_still_named(filled):
    flip(blob(filled, SHA256))
    execute("UPDATE files SET damaged = :yes WHERE filename = :name", yes=True, name=FILENAME)
    filled.installation.publisher.render_again(MAIN, ["demo"])
    assert found(filled) == {("file.damaged", IT)}


def test_a_file_that_is_marked_as_damaged_and_is_whole_is_named(filled):
    execute("UPDATE files SET damaged = :yes WHERE filename = :name", yes=True, name=FILENAME)
    filled.installation.publisher.render_again(MAIN, ["demo"])
    assert found(filled) == {("file.whole-again", IT)}


def test_a_blob_is_looked_at_by_its_bytes_and_not_by_its_link(filled):
    # A restored backup has the same bytes twice, without hard links.
    for file in index_folder(filled).glob("files/*/*/*"):
        body = file.read_bytes()
        file.unlink()
        file.write_bytes(body)
    assert found(filled) == set()


def test_an_sdist_whose_metadata_is_not_advertised_has_none_to_compare(filled):
    (file,) = filled.rows(File, File.filename == SDIST[0])
    assert file.metadata_sha256 is None
    assert found(filled) == set()
