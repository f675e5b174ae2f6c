"""Who asks: Basic credentials or nobody; a password that was right is remembered for a while, and not for longer."""

import pytest
from flask import g

from mypi import clock, passwords
from mypi.database import db
from mypi.errors import TooManyGuesses, WrongPassword
from mypi.http import actor
from mypi.http.actor import REMEMBERED, current_actor
from mypi.registry import accounts, logins
from mypi.registry.logins import FREE_GUESSES
from tests.support.peopled import PASSWORD, basic


@pytest.fixture
def work(monkeypatch):
    """Count how often a password is compared with what is stored; nothing is remembered from elsewhere."""
    done = []
    matches = passwords.matches

    def counted(stored, password):
        done.append(password)
        return matches(stored, password)

    monkeypatch.setattr(passwords, "matches", counted)
    monkeypatch.setattr(actor, "_proven", {})
    return done


HOME, AWAY = "192.0.2.7", "198.51.100.9"


def asked(peopled, name="reader", password=PASSWORD, address=HOME, **headers):
    """Return who asks in a request with these credentials."""
    sent = {"User-Agent": "pip/99", **({"Authorization": basic(name, password)} if name else {}), **headers}
    with peopled.app.test_request_context("/", headers=sent, environ_base={"REMOTE_ADDR": address}):
        return current_actor()


def test_without_credentials_it_is_nobody_from_somewhere_with_something(peopled):
    found = asked(peopled, "")
    assert found.is_anonymous
    assert (found.address, found.client) == ("192.0.2.7", "pip/99")


def test_with_a_name_in_any_case_and_its_password_it_is_the_user(peopled, work):
    for name in ("reader", "READER"):
        found = asked(peopled, name)
        assert (found.name, found.is_anonymous, found.at_shell) == ("reader", False, False)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("reader", "wrong-password"),
        ("reader", ""),
        ("nobody-here", PASSWORD),
        (" ", PASSWORD),
        ("reader", PASSWORD + "\x00"),
    ],
)
def test_with_wrong_credentials_it_is_refused_and_not_nobody(peopled, work, name, password):
    with pytest.raises(WrongPassword):
        asked(peopled, name, password)


@pytest.mark.parametrize("header", ["Digest username=reader", "nonsense", ""])
def test_another_scheme_is_nobody(peopled, header):
    assert asked(peopled, "", Authorization=header).is_anonymous


def test_a_header_that_any_client_can_send_makes_nobody_somebody(peopled):
    for header in ("X-Remote-User", "Remote-User", "X-Forwarded-User", "X-Devpi-User"):
        assert asked(peopled, "", **{header: "admin"}).is_anonymous


def test_a_right_password_is_compared_once_a_minute(peopled, work, monkeypatch):
    for _ in range(3):
        asked(peopled)
    assert len(work) == 1
    later = clock.monotonic() + REMEMBERED + 1
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    asked(peopled)
    assert len(work) == 2


def test_a_wrong_password_is_compared_every_time(peopled, work):
    asked(peopled)
    for _ in range(2):
        with pytest.raises(WrongPassword):
            asked(peopled, password="wrong-password")
    assert len(work) == 3


def test_what_is_remembered_falls_with_the_password_and_with_the_user(peopled, work):
    asked(peopled)
    shell = peopled.actor("shell")
    accounts.set_password(peopled.registry, shell, "reader", "another long password")
    with pytest.raises(WrongPassword):
        asked(peopled)
    asked(peopled, password="another long password")
    accounts.delete_user(peopled.registry, shell, "reader")
    with pytest.raises(WrongPassword):
        asked(peopled, password="another long password")


def test_who_guesses_from_elsewhere_learns_nothing_by_what_is_remembered(peopled, work):
    asked(peopled)
    for _ in range(FREE_GUESSES):
        with pytest.raises(WrongPassword):
            asked(peopled, password="wrong-password", address=AWAY)
    for password in ("wrong-password", PASSWORD):
        with pytest.raises(TooManyGuesses):
            asked(peopled, password=password, address=AWAY)
    assert asked(peopled).name == "reader"


def test_what_is_remembered_holds_no_password(peopled, work):
    asked(peopled)
    (proof,) = actor._proven
    assert len(proof) == 32
    assert PASSWORD.encode() not in proof


def test_the_memory_has_an_end(peopled, work, monkeypatch):
    monkeypatch.setattr(actor, "MOST_REMEMBERED", 2)
    for name in ("reader", "manager", "uploader", "yanker"):
        asked(peopled, name)
    assert len(actor._proven) <= 2


def test_an_unknown_name_costs_the_work_of_a_wrong_password(peopled, work):
    for name in ("reader", "nobody-here"):
        with pytest.raises(WrongPassword):
            asked(peopled, name, "wrong-password")
    assert work == ["wrong-password"] * 2


def test_a_request_is_asked_once(peopled, work):
    with peopled.app.test_request_context("/", headers={"Authorization": basic("reader")}):
        assert current_actor() is current_actor() is g.actor


def test_a_password_that_is_changed_while_it_is_judged_is_not_remembered_as_the_new_one(peopled, work, monkeypatch):
    with pytest.raises(WrongPassword):
        asked(peopled, password="wrong")  # so that there is something to forgive, for which one waits
    forgive = logins._forgive

    def late(name, address):
        db.session.rollback()
        with peopled.app.app_context():
            accounts.set_password(peopled.registry, peopled.actor("shell"), "reader", "another long password")
        forgive(name, address)

    monkeypatch.setattr(logins, "_forgive", late)
    asked(peopled)
    with pytest.raises(WrongPassword):
        asked(peopled)
