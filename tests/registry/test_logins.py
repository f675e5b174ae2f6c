"""Sessions end when they should, and guessing a password is slowed down in every process at once."""

import threading
from datetime import timedelta

import pytest
from flask import current_app

from mypi import clock
from mypi.database import reading, writing
from mypi.errors import TooManyGuesses, WrongPassword
from mypi.registry import accounts, logins, tokens, users
from mypi.registry.logins import FREE_GUESSES, Guess, WebSession
from tests.support.peopled import PASSWORD

HOME, AWAY = "192.0.2.1", "192.0.2.2"


def guess(name="reader", password="wrong-password", address=HOME):
    return logins.check_password(name, password, address)


def wrong(times: int, **how) -> None:
    for _ in range(times):
        with pytest.raises(WrongPassword):
            guess(**how)


def wait(**how) -> int:
    with pytest.raises(TooManyGuesses) as raised:
        guess(password=PASSWORD, **how)
    return raised.value.seconds


def age(peopled, moved: timedelta) -> None:
    """Let the last guesses be made so much earlier."""
    with writing() as session:
        for row in session.query(Guess):
            row.last_at -= moved


def test_the_right_password_is_the_users(peopled):
    assert guess("READER", PASSWORD).name == "reader"


@pytest.mark.parametrize("name", ["reader", "nobody-here", "", "x" * 1000])
@pytest.mark.parametrize("password", ["", "wrong-password", PASSWORD.upper(), "x" * 100_000])
def test_a_wrong_password_and_an_unknown_name_are_answered_alike(peopled, name, password):
    with pytest.raises(WrongPassword) as raised:
        guess(name, password)
    assert raised.value.message == "the user name or the password is wrong"


def test_some_mistakes_are_free_and_then_each_costs_twice_the_time(peopled):
    wrong(FREE_GUESSES)
    waits = []
    for _ in range(4):
        waits.append(wait())
        age(peopled, timedelta(seconds=waits[-1]))
        wrong(1)
    assert waits == [1, 2, 4, 8]


def test_the_brake_is_never_longer_than_its_limit(peopled):
    wrong(FREE_GUESSES)
    with writing() as session:
        session.query(Guess).one().failures = 1000
    assert wait() == logins.LONGEST_BRAKE.total_seconds()


def test_the_brake_holds_for_one_account_from_one_address(peopled):
    wrong(FREE_GUESSES)
    assert wait() >= 1
    assert guess(password=PASSWORD, address=AWAY).name == "reader"
    assert guess("manager", PASSWORD).name == "manager"


def test_the_right_password_forgives_and_time_forgets(peopled):
    wrong(FREE_GUESSES - 1)
    guess(password=PASSWORD)
    assert peopled.rows(Guess) == []
    wrong(FREE_GUESSES)
    age(peopled, logins.BRAKE_FORGETS + timedelta(seconds=1))
    assert guess(password=PASSWORD).name == "reader"


def test_a_clock_that_is_set_back_brakes_nobody_for_longer_than_the_brake(peopled):
    wrong(FREE_GUESSES)
    age(peopled, -timedelta(days=365))
    assert wait() == 1


def test_a_session_is_its_users_until_it_ends(peopled):
    with reading():
        reader = users.get("reader")
    token = logins.begin(reader, timedelta(hours=1))
    with reading():
        assert logins.user_of(token).name == "reader"
        assert logins.user_of(token + "x") is None
        assert logins.user_of("") is None
    logins.end(token)
    logins.end(token)
    with reading():
        assert logins.user_of(token) is None


def test_only_the_digest_of_a_token_is_stored(peopled):
    token = logins.begin(users.get("reader"), timedelta(hours=1))
    (row,) = peopled.rows(WebSession)
    assert token not in str(row)


def test_a_session_that_is_over_opens_nothing_and_is_removed_at_the_next_login(peopled):
    with reading():
        reader = users.get("reader")
    old = logins.begin(reader, timedelta(seconds=-1))
    with reading():
        assert logins.user_of(old) is None
    logins.begin(users.get("reader"), timedelta(hours=1))
    assert len(peopled.rows(WebSession)) == 1
    assert peopled.rows(WebSession)[0].expires_at > clock.now()


def test_guesses_at_the_same_moment_are_all_counted(peopled):
    app, barrier, seen = current_app._get_current_object(), threading.Barrier(4), []

    def guess_once() -> None:
        with app.app_context():
            barrier.wait()
            try:
                guess()
            except WrongPassword as failure:
                seen.append(failure)

    threads = [threading.Thread(target=guess_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert peopled.rows(Guess)[0].failures == 4


def test_nothing_begins_for_a_password_that_was_changed_since(peopled):
    proven = guess(password=PASSWORD)
    accounts.set_password(peopled.registry, peopled.actor("shell"), "reader", "another long password")
    with pytest.raises(WrongPassword):
        logins.begin(proven, timedelta(hours=1))
    with pytest.raises(WrongPassword):
        tokens.begin_login(proven)
    assert peopled.rows(WebSession) == []
    gone = guess(password="another long password")
    accounts.delete_user(peopled.registry, peopled.actor("shell"), "reader")
    with pytest.raises(WrongPassword):
        logins.begin(gone, timedelta(hours=1))
