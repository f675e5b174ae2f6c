"""`mypi init`: what it makes, that it can be repeated, interrupted and run twice at once."""

import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mypi import passwords, schema
from mypi.commands.init import ADMINISTRATOR, initialize, is_initialized
from mypi.errors import DiskFull, InvalidValue
from mypi.installation import opened
from mypi.registry import events, indexes, permissions, users
from mypi.registry.events import EventKind
from mypi.registry.permissions import Right
from tests.support.installations import ON_BOTH_DATABASES


def everything_of(settings):
    """Return what an installation is, without the time: users, grants, indexes and the kinds of its events."""
    with opened(settings):
        return (
            [user.name for user in users.everyone()],
            [
                (grant.subject_kind, grant.index_id, grant.project_pattern, grant.right)
                for grant in permissions.everything()
            ],
            [(index.full_name, index.visibility) for index in indexes.everything()],
            [event.kind for event in events.since(0)],
        )


@ON_BOTH_DATABASES
def test_it_makes_a_public_default_index_and_an_administrator_with_a_password_shown_once(mypi, settings):
    answered = mypi("init")
    assert answered.code == 0
    name, password = (line.partition(": ")[2] for line in answered.out.splitlines()[1:3])
    assert everything_of(settings) == (
        ["admin"],
        [("user", None, "*", Right.MANAGE)],
        [("root/pypi", "public"), (settings.default_index, "public")],
        [EventKind.USER_ADDED, EventKind.GRANT_GIVEN, EventKind.INDEX_CREATED, EventKind.INDEX_CREATED],
    )
    with opened(settings) as parts:
        assert passwords.matches(users.get(name).password_hash, password)
        assert parts.publisher.tree.mark() is not None
    assert password not in (settings.data_directory / "secret_key").read_text()


@ON_BOTH_DATABASES
def test_a_second_init_says_that_it_is_there_and_changes_nothing(mypi, settings):
    mypi("init")
    key, before = (settings.data_directory / "secret_key").read_bytes(), everything_of(settings)
    answered = mypi("init", "--administrator", "somebody")
    assert answered.code == 0
    assert answered.out == f"there is an installation in {settings.data_directory} already: nothing was changed\n"
    assert (settings.data_directory / "secret_key").read_bytes() == key
    assert everything_of(settings) == before


def test_secrets_are_for_their_owner_only_and_the_directory_for_owner_and_group(settings):
    initialize(settings)
    for name in ("secret_key", "mypi.sqlite"):
        assert stat.S_IMODE((settings.data_directory / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_directory.stat().st_mode) == 0o750


def test_a_directory_that_was_there_keeps_its_mode(settings):
    settings.data_directory.mkdir(mode=0o710)
    initialize(settings)
    assert stat.S_IMODE(settings.data_directory.stat().st_mode) == 0o710


def test_the_password_can_be_given_on_standard_input_and_is_not_printed(mypi, settings):
    answered = mypi("init", "--administrator", "Alice", "--password-stdin", stdin="a password of mine\n")
    assert (answered.code, answered.err) == (0, "")
    assert "a password of mine" not in answered.out
    with opened(settings):
        assert passwords.matches(users.get("alice").password_hash, "a password of mine")


@ON_BOTH_DATABASES
def test_of_several_at_once_one_makes_everything_and_the_others_say_so(mypi, settings):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(mypi, ["init"] * 4))
    assert [answer.code for answer in answers] == [0] * 4, answers
    assert sum("password: " in answer.out for answer in answers) == 1
    assert sum("already" in answer.out for answer in answers) == 3
    assert len(everything_of(settings)[3]) == 4


STEPS = ["create_private", "schema.create", "accounts.add_user", "accounts.set_grant", "indexing.create_index"]


@pytest.mark.parametrize("interrupted_at", STEPS)
def test_an_init_that_was_interrupted_is_completed_by_the_next(settings, monkeypatch, interrupted_at):
    def cut(*_arguments, **_options):
        raise DiskFull

    holder, _, name = interrupted_at.rpartition(".")
    module = sys.modules["mypi.commands.init"]  # by this name the package itself has the command
    with monkeypatch.context() as interrupted:
        interrupted.setattr(getattr(module, holder) if holder else module, name, cut)
        with pytest.raises(DiskFull):
            initialize(settings)
    assert not is_initialized(settings)

    made = initialize(settings)

    assert made is not None
    assert is_initialized(settings)
    with opened(settings):
        assert passwords.matches(users.get(made.name).password_hash, made.password)
        assert (len(permissions.everything()), len(indexes.everything())) == (1, 2)


@pytest.mark.parametrize("wrong", [{"administrator": "not a name"}, {"password": "short"}])
def test_what_is_wrong_is_refused_before_anything_is_made(settings, wrong):
    with pytest.raises(InvalidValue):
        initialize(settings, **wrong)
    assert not settings.data_directory.exists()


def test_a_default_index_that_cannot_be_is_refused_before_anything_is_made(settings):
    with pytest.raises(InvalidValue):
        initialize(replace(settings, default_index="simple/main"))
    assert not settings.data_directory.exists()


def test_a_place_that_cannot_be_written_is_named_in_one_line(mypi, settings):
    settings.data_directory.write_text("a file is in the way")
    answered = mypi("init")
    assert (answered.code, answered.out) == (1, "")
    assert answered.err.count("\n") == 1
    assert str(settings.data_directory) in answered.err


def test_an_older_database_is_not_taken_for_a_new_one(mypi, settings):
    initialize(settings)
    schema.downgrade(settings.sqlalchemy_url, schema.SCHEMA - 1)
    answered = mypi("init")
    assert answered.code == 1
    assert "'mypi upgrade'" in answered.err
    assert ADMINISTRATOR not in answered.out
