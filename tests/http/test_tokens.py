"""Tokens as credentials: Basic, Bearer and devpi's header end in one actor, and a token that has ended is nobody's."""

import base64
from datetime import timedelta

import pytest

from mypi import clock, passwords
from mypi.database import reading, writing
from mypi.errors import InvalidToken, WrongPassword
from mypi.http.actor import current_actor, proven_sender
from mypi.registry import accounts, issuing, tokens, users
from mypi.registry.permissions import Right
from mypi.registry.tokens import Token
from tests.support.peopled import PASSWORD, SECRET, basic


def created(peopled, user="reader", **scope):
    """Return number and secret of a new token."""
    given = {"rights": [Right.READ], **scope}
    token, secret = issuing.create_token(peopled.registry, peopled.actor("shell"), user, "ci", **given)
    return token.id, secret


def asked(peopled, **headers):
    """Return who asks in a request with these headers."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with peopled.app.test_request_context("/", headers=sent):
        return current_actor()


def devpi(name, secret):
    """Return the value of devpi's header."""
    return base64.b64encode(f"{name}:{secret}".encode()).decode()


def ways(secret, user="reader"):
    """Return the headers of each way to send a token."""
    return [
        {"Authorization": f"Bearer {secret}"},
        {"Authorization": basic("__token__", secret)},
        {"Authorization": basic(user, secret)},
        {"Authorization": basic(user.upper(), secret)},
        {"X_Devpi_Auth": devpi(user, secret)},
        {"X_Devpi_Auth": devpi("__token__", secret)},
    ]


def test_every_way_to_send_a_token_ends_in_the_same_actor_without_any_slow_hash(peopled, monkeypatch):
    number, secret = created(peopled)
    monkeypatch.setattr(passwords, "matches", None)
    for way in ways(secret):
        actor = asked(peopled, **way)
        assert (actor.name, actor.token.id) == ("reader", number)
        assert not actor.is_anonymous
        assert not actor.is_whole_person


def test_a_token_is_the_prefix_letters_and_digits_and_only_its_digest_is_kept(peopled):
    _, secret = created(peopled)
    assert secret.startswith("mypi-")
    assert len(secret) >= 48
    assert secret.removeprefix("mypi-").isalnum()
    assert secret.isascii()
    (row,) = peopled.rows(Token)
    assert secret not in str(row)
    assert secret not in str(peopled.events())


def test_a_token_with_the_name_of_another_user_is_refused(peopled):
    _, secret = created(peopled)
    for headers in ({"Authorization": basic("manager", secret)}, {"X_Devpi_Auth": devpi("manager", secret)}):
        with pytest.raises(InvalidToken):
            asked(peopled, **headers)


@pytest.mark.parametrize("wrong", ["", "abc", "mypi-", "mypi-" + "x" * 43, "é" * 50])
def test_what_is_no_token_is_refused_and_not_nobody(peopled, wrong):
    for headers in (
        {"Authorization": f"Bearer {wrong}"},
        {"Authorization": basic("__token__", wrong)},
    ):
        with pytest.raises(WrongPassword):
            asked(peopled, **headers)


def test_a_token_that_was_revoked_is_refused_by_the_next_request_and_counts_as_no_guess(peopled):
    number, secret = created(peopled)
    assert all(asked(peopled, **way) for way in ways(secret))
    issuing.revoke_token(peopled.registry, peopled.actor("reader"), number)
    for _ in range(3):
        for way in ways(secret):
            with pytest.raises(InvalidToken):
                asked(peopled, **way)
    assert asked(peopled, Authorization=basic("reader", PASSWORD)).name == "reader"


def test_a_rotated_token_keeps_number_and_scope_and_its_old_secret_ends(peopled):
    number, old = created(peopled, index_pattern=SECRET, project_patterns=["foo-*"], lifetime=timedelta(days=9))
    before = asked(peopled, Authorization=f"Bearer {old}").token
    _, new = issuing.rotate_token(peopled.registry, peopled.actor("reader"), number)
    with pytest.raises(InvalidToken):
        asked(peopled, Authorization=f"Bearer {old}")
    after = asked(peopled, Authorization=f"Bearer {new}").token
    assert after.expires_at > before.expires_at
    assert (after.id, after.rights, after.index_pattern, after.project_patterns) == (
        *(number, before.rights, before.index_pattern),
        before.project_patterns,
    )


def test_a_token_ends_at_its_time(peopled, monkeypatch):
    _, secret = created(peopled, lifetime=timedelta(days=1))
    assert asked(peopled, Authorization=f"Bearer {secret}").token
    later = clock.now() + timedelta(days=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(InvalidToken):
        asked(peopled, Authorization=f"Bearer {secret}")


def test_devpis_header_goes_before_authorization_and_proves_nothing_of_that(peopled):
    _, secret = created(peopled)
    both = {"X-Devpi-Auth": devpi("reader", secret), "Authorization": basic("manager", "wrong-password")}
    with peopled.app.test_request_context("/", headers=both):
        assert current_actor().name == "reader"
        assert proven_sender() == ""
    with peopled.app.test_request_context("/", headers={"Authorization": f"Bearer {secret}"}):
        assert current_actor().name == "reader"
        assert proven_sender().endswith(f"Bearer {secret}")


def test_devpis_header_holds_a_password_as_well(peopled):
    actor = asked(peopled, X_Devpi_Auth=devpi("reader", PASSWORD))
    assert (actor.name, actor.token) == ("reader", None)


@pytest.mark.parametrize("value", ["", "reader", "%%%", devpi("reader", "wrong-password"), base64.b64encode(b"reader")])
def test_a_wrong_header_of_devpi_is_refused_and_not_nobody(peopled, value):
    with pytest.raises(WrongPassword):
        asked(peopled, X_Devpi_Auth=value)


def test_a_login_is_as_good_as_its_user_and_ends_with_the_password_while_personal_tokens_stay(peopled):
    _, personal = created(peopled)
    with reading():
        user = users.get("reader")
    before = peopled.serial()
    secret = tokens.begin_login(user, "devpi-client/7.2")
    assert peopled.serial() == before
    actor = asked(peopled, X_Devpi_Auth=devpi("reader", secret))
    assert (actor.name, actor.is_whole_person) == ("reader", True)
    accounts.set_password(peopled.registry, actor, "reader", "another long password")
    with pytest.raises(InvalidToken):
        asked(peopled, X_Devpi_Auth=devpi("reader", secret))
    assert asked(peopled, Authorization=f"Bearer {personal}").name == "reader"


def test_a_deleted_users_tokens_go_with_them(peopled):
    _, secret = created(peopled)
    accounts.delete_user(peopled.registry, peopled.actor("shell"), "reader")
    with pytest.raises(InvalidToken):
        asked(peopled, Authorization=f"Bearer {secret}")


def test_the_use_of_a_token_is_noted_once_an_hour_after_the_answer(peopled, monkeypatch):
    _, secret = created(peopled)

    def noted():
        peopled.client().get("/+indexes", headers={"Authorization": f"Bearer {secret}"}).close()
        return peopled.rows(Token)[0].last_used_at

    with writing():
        assert noted() is None  # nobody waits for it
    first = noted()
    assert first is not None
    assert noted() == first
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert noted() == later
