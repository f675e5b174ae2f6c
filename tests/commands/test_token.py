"""`mypi token`, `mypi maintainer`, `mypi reserve`: a secret is printed once, and nothing else is on standard output."""

import json

import pytest

from mypi.commands.init import initialize
from mypi.installation import opened
from mypi.registry import actors, events, indexes, registering, tokens
from mypi.registry.events import EventKind
from tests.support.installations import ADMINISTRATOR, PASSWORD


@pytest.fixture
def run(mypi, settings):
    initialize(settings, ADMINISTRATOR, PASSWORD)
    return mypi.here


def bearer(settings, secret):
    """Return who comes with a token, or None."""
    with opened(settings):
        return tokens.bearer(secret)


def newest_kind(settings):
    with opened(settings):
        return events.newest().kind


def test_a_token_is_created_rotated_and_revoked(run, settings):
    made = run("token", "create", "Admin", "ci", "--right", "upload", "--index", "team/main", "--project", "acme-*")
    secret = made.out.removesuffix("\n")
    found = bearer(settings, secret)
    assert (found.name, found.scope.rights, found.scope.index_pattern) == ("admin", {"upload"}, "team/main")
    assert found.scope.project_patterns == {"acme-*"}
    assert secret not in made.err
    number = str(found.scope.id)

    rotated = run("token", "rotate", number).out.removesuffix("\n")
    assert bearer(settings, secret) is None
    assert bearer(settings, rotated).scope.id == found.scope.id

    assert run("token", "revoke", number).code == 0
    assert bearer(settings, rotated) is None
    assert newest_kind(settings) == EventKind.TOKEN_REVOKED


def test_tokens_are_listed_without_their_secrets(run):
    secret = run("token", "create", "admin", "ci", "--right", "read", "--forever").out.strip()
    listed = run("token", "list", "--json").out
    (facts,) = json.loads(listed)
    assert (facts["user"], facts["name"], facts["rights"], facts["expires_at"]) == ("admin", "ci", ["read"], None)
    assert secret not in listed
    assert json.loads(run("token", "list", "--user", "nobody", "--json").out) == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("token", "create", "bob", "ci", "--right", "read"), 1, "mypi: there is no user 'bob'\n"),
        (("token", "create", "admin", "ci"), 2, "--right"),
        (("token", "create", "admin", "ci", "--right", "read", "--days", "0"), 1, "is not a lifetime of a token"),
        (("token", "create", "admin", "ci", "--right", "read", "--index", "x"), 1, "is not a pattern of indexes"),
        (("token", "revoke", "17"), 1, "mypi: there is no token 17"),
        (("maintainer", "add", "gearbox", "admin"), 1, "mypi: there is no project 'gearbox'"),
        (("reserve", "add", "acme*", "--for", "user:admin"), 1, "is not a name to reserve"),
        (("reserve", "add", "acme", "--for", "everyone"), 1, "is not a holder of a name"),
        (("reserve", "release", "acme"), 1, "mypi: nothing is reserved as 'acme'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run, words, code, said):
    answered = run(*words)
    assert (answered.code, answered.out) == (code, "")
    assert said in answered.err


def test_a_maintainer_is_added_listed_and_removed(run, settings):
    run("user", "add", "bob", "--generate")
    with opened(settings) as parts:
        registering.register(parts.registry, actors.at_shell(), indexes.get("team/main"), "gearbox")
    assert run("maintainer", "add", "gearbox", "bob").err == "bob maintains gearbox\n"
    assert run("maintainer", "add", "gearbox", "bob").err == "bob already maintained gearbox\n"
    listed = json.loads(run("maintainer", "list", "gearbox", "--json").out)
    assert {"user": "bob", "right": "upload"} in listed
    assert run("maintainer", "remove", "gearbox", "bob").err == "bob no longer maintains gearbox\n"


def test_a_name_is_reserved_listed_and_released(run, settings):
    words = ("--for", "user:admin", "--contact", "the crew")
    assert run("reserve", "add", "acme-*", *words).err == "acme-* is reserved in team/main\n"
    assert run("reserve", "add", "acme-*", *words).err == "acme-* is reserved already in team/main\n"
    (kept,) = json.loads(run("reserve", "list", "--json").out)
    assert (kept["pattern"], kept["holders"], kept["contact"]) == ("acme-*", ["user:admin"], "the crew")
    assert run("reserve", "release", "acme-*").code == 0
    assert newest_kind(settings) == EventKind.NAME_RELEASED
