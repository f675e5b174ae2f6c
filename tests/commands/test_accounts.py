"""`mypi user`, `mypi group`, `mypi grant`: rows, the one event each, what is printed, what is refused."""

import json

import pytest

from mypi import passwords
from mypi.commands.init import initialize
from mypi.installation import opened
from mypi.registry import events, groups, indexes, permissions, users
from mypi.registry.actors import Actor
from mypi.registry.events import EventKind
from mypi.registry.permissions import Right
from mypi.standards.names import normalize
from tests.support.installations import ADMINISTRATOR, PASSWORD


@pytest.fixture
def run(mypi, settings):
    initialize(settings, ADMINISTRATOR, PASSWORD)
    return mypi.here


def kinds_after(settings, *, first=4):
    """Return the kinds of the events after those of `init`."""
    with opened(settings):
        return [event.kind for event in events.since(first)]


def test_a_user_is_added_with_a_password_from_standard_input(run, settings):
    answered = run("user", "add", "Alice", "--password-stdin", stdin="something long\n")
    assert (answered.code, answered.out, answered.err) == (0, "", "user alice is added\n")
    with opened(settings):
        assert passwords.matches(users.get("alice").password_hash, "something long")
    assert kinds_after(settings) == [EventKind.USER_ADDED]


def test_a_generated_password_is_all_that_is_on_standard_output(run, settings):
    answered = run("user", "add", "build-server", "--generate")
    with opened(settings):
        assert passwords.matches(users.get("build-server").password_hash, answered.out.removesuffix("\n"))


@pytest.mark.parametrize(
    ("words", "stdin", "code", "said"),
    [
        (("user", "add", "admin", "--generate"), "", 1, "mypi: user 'admin' already exists\n"),
        (("user", "add", "not a name", "--generate"), "", 1, "mypi: 'not a name' is not a name of a user or group:"),
        (("user", "add", "bob", "--password-stdin"), "short\n", 1, "mypi: '…' is not a password: 8 to 512 characters"),
        (("user", "add", "bob"), "", 2, "give --password-stdin or --generate"),
        (("user", "add", "bob", "--generate", "--password-stdin"), "", 2, "exclude each other"),
        (("user", "password", "bob", "--generate"), "", 1, "mypi: there is no user 'bob'\n"),
        (("user", "delete", "bob", "--yes"), "", 1, "mypi: there is no user 'bob'\n"),
        (("group", "join", "nobody", "admin"), "", 1, "mypi: there is no group 'nobody'\n"),
        (("group", "delete", "nobody", "--yes"), "", 1, "mypi: there is no group 'nobody'\n"),
        (("grant", "give", "user:bob", "read", "--every-index"), "", 1, "mypi: there is no user 'bob'\n"),
        (("grant", "give", "bob", "read", "--every-index"), "", 2, "'bob' is not a subject"),
        (("grant", "give", "user:admin", "rule", "--every-index"), "", 2, "'rule' is not one of"),
        (("grant", "give", "everyone", "read"), "", 2, "either --index OWNER/NAME or --every-index"),
        (("grant", "give", "everyone", "read", "--index", "a/b", "--every-index"), "", 2, "either --index OWNER/NAME"),
        (("grant", "give", "everyone", "read", "--index", "a/b"), "", 1, "mypi: there is no index 'a/b' here\n"),
        (
            ("grant", "give", "everyone", "read", "--every-index", "--project", "a b"),
            "",
            1,
            "mypi: 'a b' is not a pattern of project names",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line_and_leaves_no_event(run, settings, words, stdin, code, said):
    answered = run(*words, stdin=stdin)
    assert (answered.code, answered.out) == (code, "")
    assert said in answered.err
    assert kinds_after(settings) == []


def test_a_new_password_replaces_the_old_one(run, settings):
    assert run("user", "password", "admin", "--password-stdin", stdin="another one\n").code == 0
    with opened(settings):
        assert passwords.matches(users.get("admin").password_hash, "another one")
    assert kinds_after(settings) == [EventKind.USER_PASSWORD_SET]


def test_a_user_is_deleted_after_a_yes_and_not_without(run, settings):
    run("user", "add", "alice", "--generate")
    assert run("user", "delete", "alice", stdin="n\n").code == 1
    assert run("user", "delete", "alice", stdin="y\n").code == 0
    with opened(settings):
        assert users.find("alice") is None
    assert kinds_after(settings) == [EventKind.USER_ADDED, EventKind.USER_DELETED]


def test_members_join_and_leave_a_group_and_are_listed(run, settings):
    run("user", "add", "alice", "--generate")
    run("group", "add", "Release-Managers")
    assert run("group", "join", "release-managers", "alice").err == "alice is now a member of release-managers\n"
    assert run("group", "join", "release-managers", "alice").err == "alice was already a member of release-managers\n"
    assert json.loads(run("group", "list", "--json").out)[0]["members"] == ["alice"]
    assert json.loads(run("user", "list", "--json").out)[1]["groups"] == ["release-managers"]
    assert "members     alice" in run("group", "show", "release-managers").out
    assert run("group", "leave", "release-managers", "alice").err == "alice is no longer a member of release-managers\n"
    assert run("group", "leave", "release-managers", "alice").err == "alice was not a member of release-managers\n"
    assert run("group", "delete", "release-managers", "--yes").code == 0
    with opened(settings):
        assert groups.everyone() == []
    assert kinds_after(settings) == [
        EventKind.USER_ADDED,
        EventKind.GROUP_ADDED,
        EventKind.GROUP_JOINED,
        EventKind.GROUP_LEFT,
        EventKind.GROUP_DELETED,
    ]


def test_a_grant_to_a_group_holds_for_its_members_on_the_projects_that_fit(run, settings):
    run("user", "add", "alice", "--generate")
    run("group", "add", "acme")
    run("group", "join", "acme", "alice")
    assert run("grant", "give", "group:acme", "upload", "--index", "team/main", "--project", "Acme_*").code == 0
    with opened(settings):
        alice = Actor(user_id=users.get("alice").id, name="alice")
        index = indexes.get("team/main")
        assert permissions.allows(alice, Right.UPLOAD, index, normalize("Acme.Tools"))
        assert not permissions.allows(alice, Right.UPLOAD, index, normalize("other"))
    assert json.loads(run("grant", "list", "--json").out)[1] | {"created_at": ""} == {
        "subject": "group:acme",
        "right": "upload",
        "index": "team/main",
        "projects": "acme-*",
        "created_at": "",
    }


def test_a_grant_is_given_once_and_taken_with_the_same_words(run, settings):
    words = ("authenticated", "read", "--every-index")
    assert "now holds" in run("grant", "give", *words).err
    assert "already held" in run("grant", "give", *words).err
    assert "no longer holds" in run("grant", "take", *words).err
    assert "did not hold" in run("grant", "take", *words).err
    assert kinds_after(settings) == [EventKind.GRANT_GIVEN, EventKind.GRANT_TAKEN]


def test_grants_are_listed_by_the_index_they_hold_on(run):
    run("index", "create", "team/other")
    run("grant", "give", "everyone", "read", "--index", "team/other")
    assert "everyone" in run("grant", "list", "--index", "team/other").out
    listed = run("grant", "list", "--index", "team/main").out
    assert "everyone" not in listed
    assert "user:admin" in listed  # who holds a right on every index holds it on this one
