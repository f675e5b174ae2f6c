"""What `--repair` makes right, and what it leaves: after it, only what nobody can make right is found."""

import hashlib
import shutil
from pathlib import Path

import pytest

from mypi.errors import FileDamaged
from mypi.registry.events import EventKind
from mypi.registry.files import File
from tests.publishing.verification.damaging import (
    SDIST,
    WHEEL,
    blob,
    execute,
    flip,
    found,
    index_folder,
    nothing_rendered,
    place,
    repair,
    tree,
)
from tests.support import builders
from tests.support.pages import page_file
from tests.support.peopled import MAIN, SECRET

FILENAME, BODY = WHEEL
SHA256 = hashlib.sha256(BODY).hexdigest()
IT = f"{MAIN}: {FILENAME}"
URL = f"/packages/{SHA256[:3]}/{SHA256[3:16]}/{FILENAME}"


def filenames_on_page(peopled):
    return [file["filename"] for file in peopled.page("demo")["files"]]


def row(peopled):
    (file,) = peopled.rows(File, File.filename == FILENAME)
    return file


def test_a_damaged_file_is_refused_and_comes_back_when_the_same_bytes_are_uploaded_again(filled):
    assert filled.client().get(URL).data == BODY
    flip(blob(filled, SHA256))
    before = filled.serial()

    repair(filled)

    assert filled.events()[before:][0].kind == EventKind.FILE_DAMAGED
    assert filled.serial() == before + 1
    assert row(filled).damaged
    assert FILENAME not in filenames_on_page(filled)
    assert SDIST[0] in filenames_on_page(filled)
    refusal = filled.client().get(URL)
    assert refusal.status_code == FileDamaged.kind.value
    assert FILENAME in refusal.text
    assert filled.client().get(URL + ".metadata").status_code == FileDamaged.kind.value
    assert found(filled) == {("file.damaged", IT)}

    assert filled.upload(WHEEL)

    assert filled.events()[-1].kind == EventKind.FILE_RESTORED
    assert filled.client().get(URL).data == BODY
    assert FILENAME in filenames_on_page(filled)
    assert found(filled) == set()


def test_several_damaged_files_of_one_project_are_withheld_together(filled):
    for filename in (FILENAME, SDIST[0], "demo-2.0-py3-none-any.whl"):
        (file,) = filled.rows(File, File.filename == filename)
        blob(filled, file.sha256).unlink()
        place(filled, filename).unlink()
    repair(filled)
    assert filenames_on_page(filled) == []
    assert {kind for kind, _ in found(filled)} == {"file.damaged"}


def test_a_file_whose_bytes_were_put_back_is_offered_again(filled):
    place(filled, FILENAME).unlink()
    blob(filled, SHA256).write_bytes(b"else")
    repair(filled)
    assert FILENAME not in filenames_on_page(filled)
    blob(filled, SHA256).write_bytes(BODY)
    assert found(filled) == {("file.whole-again", IT)}
    repair(filled)
    assert found(filled) == set()
    assert FILENAME in filenames_on_page(filled)


def test_bytes_that_only_the_tree_still_has_are_kept_again(filled):
    blob(filled, SHA256).unlink()
    repair(filled)
    assert blob(filled, SHA256).read_bytes() == BODY
    assert found(filled) == set()


@pytest.mark.parametrize("how", [flip, lambda file: file.unlink()], ids=["flipped", "missing"])
def test_metadata_is_taken_from_its_archive_again(filled, how):
    stored = blob(filled, row(filled).metadata_sha256)
    before = stored.read_bytes()
    how(stored)
    repair(filled)
    assert stored.read_bytes() == before
    assert found(filled) == set()
    assert filled.client().get(URL + ".metadata").data == before


def test_a_row_gets_the_digest_of_the_metadata_in_its_archive(filled):
    before = row(filled).metadata_sha256
    (other,) = filled.rows(File, File.filename == "other-1.0-py3-none-any.whl")
    execute("UPDATE files SET metadata_sha256 = :x WHERE filename = :name", x=other.metadata_sha256, name=FILENAME)
    repair(filled)
    assert row(filled).metadata_sha256 == before
    assert found(filled) == set()


@pytest.mark.parametrize(
    "change",
    ["size = size + 1", "md5 = 'f' || substr(md5, 2)", "sha256 = 'f' || substr(sha256, 2)"],
)
def test_a_row_is_made_to_say_again_what_was_published_and_an_event_says_so(filled, change):
    before = row(filled)
    execute(f"UPDATE files SET {change} WHERE filename = :name", name=FILENAME)
    serial = filled.serial()
    repair(filled)
    assert row(filled) == before
    assert [event.kind for event in filled.events()[serial:]] == [EventKind.FILE_RESTORED]
    assert found(filled) == set()


@pytest.mark.parametrize("form", ["html", "html.gz", "json", "json.gz"])
@pytest.mark.parametrize("folder", ["simple", "simple/demo"])
def test_a_page_is_rendered_again_byte_for_byte(filled, folder, form):
    page = page_file(index_folder(filled) / folder, form)
    before = page.read_bytes()
    flip(page)
    repair(filled)
    assert page.read_bytes() == before
    assert found(filled) == set()


@pytest.mark.parametrize("folder", ["simple", "simple/demo"])
def test_the_right_state_is_made_current_again(filled, folder):
    current = index_folder(filled) / folder / "current.txt"
    before = current.read_bytes()
    for ruin in (flip, Path.unlink):
        ruin(current)
        repair(filled)
        assert current.read_bytes() == before
        assert found(filled) == set()


def test_the_urls_of_the_default_index_lead_to_it_again(filled):
    (tree(filled) / "public/simple").unlink()
    (tree(filled) / "restricted/packages").unlink()
    (tree(filled) / "restricted/packages").symlink_to("team/else/files")
    assert found(filled) == {("default.lost", "public/simple"), ("default.lost", "restricted/packages")}
    repair(filled)
    assert found(filled) == set()


def test_links_are_made_again(filled):
    place(filled, FILENAME).unlink()
    changed = place(filled, f"{FILENAME}.metadata")
    changed.unlink()
    changed.write_text("else")
    repair(filled)
    assert found(filled) == set()
    assert filled.client().get(URL).data == BODY


def test_calculated_columns_are_calculated_again_without_an_event(filled):
    execute("UPDATE projects SET newest_version = '', summary = '', serial = 1 WHERE normalized_name = 'demo'")
    serial = filled.serial()
    repair(filled)
    assert found(filled) == set()
    assert filled.serial() == serial


def test_a_private_index_is_taken_away_from_the_public_ones(filled):
    exposed = tree(filled) / "public" / SECRET
    shutil.copytree(index_folder(filled, SECRET), exposed)
    repair(filled)
    assert not exposed.exists()
    assert found(filled) == set()


def test_a_private_index_that_was_moved_among_the_public_ones_is_moved_back(filled):
    exposed = tree(filled) / "public" / SECRET
    index_folder(filled, SECRET).rename(exposed)
    repair(filled)
    assert not exposed.exists()
    assert found(filled) == set()


def test_acts_that_were_not_rendered_are(filled):
    with nothing_rendered(filled):
        filled.upload(builders.wheel("demo", "3.0"))
    repair(filled)
    assert found(filled) == set()


@pytest.mark.parametrize("name", ["mark", "format"])
def test_a_tree_without_mark_is_rendered_anew(filled, name):
    (tree(filled) / name).unlink()
    flip(page_file(index_folder(filled) / "simple/demo"))
    repair(filled)
    assert found(filled) == set()


def test_what_mypi_could_have_made_is_removed_and_what_a_person_put_there_stays(filled):
    ours = [
        index_folder(filled) / "simple/unknown/1-01234567.html",
        index_folder(filled) / "files/000/1111111111111/unknown-1.0.tar.gz",
        tree(filled) / "public/gone/index/simple/1-01234567.json",
    ]
    theirs = [index_folder(filled) / "simple/demo/notes.txt", tree(filled) / "readme.txt"]
    for file in (*ours, *theirs):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
    repair(filled)
    assert not [file for file in ours if file.exists()]
    assert {where for _, where in found(filled)} == {file.relative_to(tree(filled)).as_posix() for file in theirs}


def test_history_is_never_made_to_fit(filled):
    execute("UPDATE events SET actor = 'somebody' WHERE serial = 3")
    before = filled.events()
    repair(filled)
    assert filled.events() == before
    assert found(filled) == {("event.changed", "event 3")}


def test_an_upload_heals_every_index_that_stands_on_the_same_bytes(filled):
    filled.upload(WHEEL, index=SECRET)
    flip(blob(filled, SHA256))
    repair(filled)
    assert all(file.damaged for file in filled.rows(File, File.sha256 == SHA256))
    before = filled.serial()

    assert filled.upload(WHEEL, by="uploader")

    here, there = filled.events()[before:]
    assert (here.kind, here.actor, here.index_name) == (EventKind.FILE_RESTORED, "uploader", MAIN)
    assert (there.kind, there.actor, there.index_name) == (EventKind.FILE_RESTORED, "server:", SECRET)
    assert [file["filename"] for file in filled.page("demo", SECRET)["files"]] == [FILENAME]
    assert found(filled) == set()


@pytest.mark.parametrize("remembers", [False, True])
def test_an_upload_to_another_index_puts_whole_bytes_in_the_place_of_those_that_rotted_unseen(filled, remembers):
    if remembers:
        filled.upload(builders.wheel("demo", "3.0"))
    flip(blob(filled, SHA256))
    assert filled.client().get(URL).data != BODY
    assert filled.upload(WHEEL, index=SECRET)
    assert filled.client().get(URL).data == BODY
    assert found(filled) == set()
