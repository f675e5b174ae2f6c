"""A page that is not what rendering gives now is found, and a link that does not lead to the stored file."""

import os

import pytest

from tests.publishing.verification.damaging import (
    HIDDEN,
    WHEEL,
    flip,
    found,
    index_folder,
    nothing_rendered,
    place,
    tree,
)
from tests.support import builders
from tests.support.pages import page_file
from tests.support.peopled import MAIN, SECRET

FORMS = ["html", "html.gz", "json", "json.gz"]
FOLDERS = {
    "a project": (MAIN, "simple/demo"),
    "a list": (MAIN, "simple"),
    "a project of a private index": (SECRET, "simple/hidden"),
    "the list of a private index": (SECRET, "simple"),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("what", FOLDERS)
def test_a_flipped_bit_in_a_page_is_named(filled, what, form):
    full_name, folder = FOLDERS[what]
    page = page_file(index_folder(filled, full_name) / folder, form)
    flip(page)
    assert found(filled) == {("page.changed", page.relative_to(tree(filled)).as_posix())}


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_page_is_named(filled, form):
    page = page_file(index_folder(filled) / "simple/demo", form)
    page.unlink()
    assert found(filled) == {("page.missing", f"public/{MAIN}/simple/demo/{page.name}")}


@pytest.mark.parametrize("what", FOLDERS)
def test_that_another_state_is_called_current_is_one_difference(filled, what):
    full_name, folder = FOLDERS[what]
    current = index_folder(filled, full_name) / folder / "current.txt"
    flip(current)
    assert found(filled) == {("page.changed", current.relative_to(tree(filled)).as_posix())}
    current.unlink()
    assert found(filled) == {("page.missing", current.relative_to(tree(filled)).as_posix())}


def test_a_page_with_another_modification_time_is_named_as_its_etag_is_made_of_it(filled):
    page = page_file(index_folder(filled) / "simple/demo", "json")
    os.utime(page)
    assert found(filled) == {("page.time-changed", f"public/{MAIN}/simple/demo/{page.name}")}


@pytest.mark.parametrize("ending", ["", ".metadata"])
def test_a_file_in_the_tree_that_is_not_the_stored_one_is_named(filled, ending):
    served = place(filled, WHEEL[0] + ending)
    body = served.read_bytes()
    served.unlink()
    served.write_bytes(body[:-1])
    assert found(filled) == {("link.changed", served.relative_to(tree(filled)).as_posix())}


@pytest.mark.parametrize("ending", ["", ".metadata"])
def test_a_file_that_is_missing_from_the_tree_is_named(filled, ending):
    served = place(filled, WHEEL[0] + ending)
    served.unlink()
    assert found(filled) == {("link.missing", served.relative_to(tree(filled)).as_posix())}


def test_an_act_that_is_not_rendered_is_named_once_and_its_old_pages_are_not(filled):
    with nothing_rendered(filled):
        filled.upload(builders.wheel("demo", "3.0"))
        filled.upload(builders.wheel("brandnew", "1.0"))
    assert found(filled) == {("tree.behind", "tree")}


def test_a_page_that_no_waiting_act_touches_is_still_compared(filled):
    with nothing_rendered(filled):
        filled.upload(builders.wheel("demo", "3.0"))
    page = page_file(index_folder(filled, SECRET) / "simple/hidden", "json")
    flip(page)
    assert found(filled) == {("tree.behind", "tree"), ("page.changed", page.relative_to(tree(filled)).as_posix())}


def test_a_tree_without_mark_is_named_and_not_compared(filled):
    (tree(filled) / "mark").unlink()
    assert found(filled) == {("tree.missing", "tree")}


def test_a_tree_of_another_format_is_named(filled):
    (tree(filled) / "format").write_text("999\n")
    assert found(filled) == {("tree.missing", "tree")}


def test_a_tree_that_was_rendered_for_another_default_index_is_named(filled):
    filled.installation.publisher.default_index = SECRET
    assert found(filled) == {("tree.of-another-default", "tree")}


def test_an_interrupted_rebuild_is_named(filled):
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        filled.installation.publisher.rebuild(stop)
    assert found(filled) == {("tree.unfinished", "tree")}
    filled.installation.publisher.start()
    assert found(filled) == set()


def test_a_private_file_is_compared_like_a_public_one(filled):
    (served,) = index_folder(filled, SECRET).glob(f"files/*/*/{HIDDEN[0]}")
    served.unlink()
    assert found(filled) == {("link.missing", served.relative_to(tree(filled)).as_posix())}
