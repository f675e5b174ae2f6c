"""What should not be in the tree is found: an index on the wrong side, a deleted file, something of others."""

import shutil

import pytest

from mypi.registry import deleting, project_statuses
from mypi.registry.actors import at_shell
from mypi.standards.project_status import ProjectStatus
from tests.publishing.verification.damaging import WHEEL, found, index_folder, place, tree
from tests.support.peopled import MAIN, SECRET


def test_a_private_index_among_the_public_ones_is_named_loudly(filled):
    shutil.copytree(index_folder(filled, SECRET), tree(filled) / "public" / SECRET)
    assert found(filled) == {("index.exposed", f"public/{SECRET}")}


def test_one_page_of_a_private_index_among_the_public_ones_is_enough(filled):
    page = tree(filled) / "public" / SECRET / "simple/hidden/1-01234567.html"
    page.parent.mkdir(parents=True)
    page.write_text("<html>")
    assert found(filled) == {("index.exposed", f"public/{SECRET}")}


def test_a_public_index_among_the_private_ones_is_named_with_its_missing_pages(filled):
    index_folder(filled).rename(tree(filled) / "restricted" / MAIN)
    differences = found(filled)
    assert ("index.misplaced", f"restricted/{MAIN}") in differences
    assert {kind for kind, _ in differences} == {"index.misplaced", "page.missing", "link.missing"}


def test_a_deleted_file_that_is_still_there_is_named_loudly(filled):
    served = place(filled, WHEEL[0])
    body = served.read_bytes()
    deleting.delete_file(filled.registry, at_shell(), filled.index(), "demo", WHEEL[0])
    served.parent.mkdir(parents=True, exist_ok=True)
    served.write_bytes(body)
    assert found(filled) == {("file.still-served", served.relative_to(tree(filled)).as_posix())}


def test_a_file_of_a_quarantined_project_that_is_still_there_is_named_loudly(filled):
    served = place(filled, WHEEL[0])
    body = served.read_bytes()
    project_statuses.set_status(filled.registry, at_shell(), filled.index(), "demo", ProjectStatus.QUARANTINED)
    served.parent.mkdir(parents=True, exist_ok=True)
    served.write_bytes(body)
    assert found(filled) == {("file.still-served", served.relative_to(tree(filled)).as_posix())}


@pytest.mark.parametrize(
    "where",
    [
        "readme.txt",
        "public/favicon.ico",
        "public/team/other/simple/1-01234567.html",
        f"public/{MAIN}/notes.txt",
        f"public/{MAIN}/simple/demo/index.html",
        f"public/{MAIN}/simple/unknown/1-01234567.html",
        f"public/{MAIN}/simple/demo/deeper/1-01234567.html",
        f"public/{MAIN}/files/000/1111111111111/unknown-1.0.tar.gz",
        f"public/{MAIN}/files/unknown-1.0.tar.gz",
    ],
)
def test_a_stranger_is_named_by_its_place(filled, where):
    stranger = tree(filled) / where
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_text("x")
    assert found(filled) == {("stranger", where)}


def test_a_link_to_a_folder_elsewhere_is_a_stranger(filled):
    (index_folder(filled) / "simple/elsewhere").symlink_to(filled.data)
    assert found(filled) == {("stranger", f"public/{MAIN}/simple/elsewhere")}


def test_what_is_being_written_is_no_stranger(filled):
    (index_folder(filled) / "simple/demo/.new-0123").write_text("x")
    assert found(filled) == set()


def test_a_page_that_a_newer_one_replaced_is_no_stranger(filled):
    (index_folder(filled) / "simple/demo/1-01234567.json.gz").write_text("x")
    assert found(filled) == set()
