"""`mypi index`: indexes are created, changed and shown, and the published tree follows."""

import json

import pytest

from mypi.commands.init import initialize
from mypi.installation import opened
from mypi.registry import events, indexes
from mypi.registry.events import EventKind


@pytest.fixture
def run(mypi, settings):
    initialize(settings)
    return mypi.here


def test_an_index_is_private_unless_it_is_said_otherwise(run, settings):
    assert run("index", "create", "Team/Staging", "--title", "Not yet released").code == 0
    with opened(settings):
        index = indexes.get("team/staging")
        assert (index.visibility, index.volatile, index.title) == ("private", False, "Not yet released")
        assert events.newest().kind == EventKind.INDEX_CREATED


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("index", "create", "team/main"), 1, "mypi: index 'team/main' already exists\n"),
        (("index", "create", "main"), 1, "mypi: 'main' is not a name of an index: owner/name"),
        (("index", "create", "simple/main"), 1, "mypi: 'simple/main' is not a name of an index"),
        (("index", "create", "a/b", "--visibility", "secret"), 2, "'secret' is not one of"),
        (("index", "change", "a/b", "--volatile"), 1, "mypi: there is no index 'a/b' here\n"),
        (("index", "change", "team/main"), 2, "say what to change"),
        (("index", "show", "a/b"), 1, "mypi: there is no index 'a/b' here\n"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_leaves_no_event(run, settings, words, code, said):
    with opened(settings):
        before = events.newest().serial
    answered = run(*words)
    assert (answered.code, answered.out) == (code, "")
    assert said in answered.err
    with opened(settings):
        assert events.newest().serial == before


def test_a_change_leaves_what_is_not_given_as_it_was(run, settings):
    run("index", "create", "a/b", "--title", "Before", "--volatile")
    assert run("index", "change", "a/b", "--description", "For trials").err == "index a/b is changed\n"
    assert run("index", "change", "a/b", "--description", "For trials").err == "index a/b is as it was\n"
    shown = json.loads(run("index", "show", "a/b", "--json").out)
    assert (shown["title"], shown["description"], shown["volatile"]) == ("Before", "For trials", True)
    assert run("index", "change", "a/b", "--not-volatile").code == 0
    assert "volatile     no" in run("index", "show", "a/b").out


def test_the_pages_of_an_index_move_with_its_visibility(run, settings):
    with opened(settings) as parts:
        paths = parts.publisher.tree.paths
        public, restricted = paths.root / "public" / "team" / "main", paths.root / "restricted" / "team" / "main"
    assert (public / "simple" / "current.txt").exists()
    assert run("index", "change", "team/main", "--visibility", "private").code == 0
    assert not public.exists()
    assert (restricted / "simple" / "current.txt").exists()


def test_the_default_index_is_marked_in_the_list(run):
    run("index", "create", "a/b")
    listed = {one["name"]: one for one in json.loads(run("index", "list", "--json").out)}
    assert {name: one["default"] for name, one in listed.items()} == {
        "a/b": False,
        "root/pypi": False,
        "team/main": True,
    }
    assert set(listed["a/b"]) >= {"visibility", "volatile", "projects", "title", "description", "created_at"}


def test_a_title_cannot_steer_the_terminal(run):
    run("index", "create", "a/b", "--title", "\x1b[2Jgone")
    assert "\x1b" not in run("index", "list").out
