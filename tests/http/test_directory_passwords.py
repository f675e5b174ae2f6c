"""Passwords that a directory keeps, from the request to a real slapd: whom it speaks for, what goes on without it."""

import pytest

from mypi.errors import NoAccount, PasswordKeptElsewhere
from mypi.http import actor
from mypi.http.doors import user_by_password
from mypi.registry import accounts
from mypi.registry.arriving import Voucher
from mypi.registry.logins import FREE_GUESSES
from tests.support import peopled as support
from tests.support.directory import BASE, PASSWORDS, PEOPLE, SEARCHER, SEARCHERS_PASSWORD
from tests.support.peopled import PASSWORD, basic

SETTINGS = {
    "ldap_tls": "none",
    "ldap_timeout": 2,
    "outside_users": "create",
    "outside_groups": "release team=crew",
}
SEARCH = {
    "ldap_bind_user": SEARCHER,
    "ldap_bind_password": SEARCHERS_PASSWORD,
    "ldap_base": BASE,
    "ldap_filter": "(uid={user})",
    "ldap_group_filter": "(member={dn})",
}
SECRET = "/team/secret/+simple/"


@pytest.fixture
def site(slapd, peopled_template, tmp_path, monkeypatch):
    """Yield an installation that asks the directory."""
    monkeypatch.setattr(actor, "_proven", {})
    with support.at(peopled_template, tmp_path / "data", ldap_url=slapd.url, **SETTINGS, **SEARCH) as made:
        yield made


@pytest.fixture
def alone(peopled_template, tmp_path, monkeypatch):
    """Yield an installation whose directory is down."""
    monkeypatch.setattr(actor, "_proven", {})
    dead = {"ldap_url": "ldap://127.0.0.1:1", "ldap_user": f"uid={{user}},{PEOPLE}"}
    with support.at(peopled_template, tmp_path / "data", **SETTINGS, **dead) as made:
        yield made


def status(site, name, password, url=SECRET):
    return site.client(name, password).get(url).status_code


def test_who_is_in_a_group_there_reads_here_what_the_group_that_follows_may(site):
    assert status(site, "alice", PASSWORDS["alice"]) == 200
    assert status(site, "bob", PASSWORDS["bob"]) == 404
    added = [event for event in site.events() if event.kind == "user.added"][1:]
    assert [(event.actor, event.details["groups"]) for event in added] == [("ldap:alice", ["crew"]), ("ldap:bob", [])]
    assert status(site, "alice", PASSWORDS["bob"]) == 401


def test_the_directory_does_not_speak_for_whom_mypi_knows_by_itself(site):
    assert status(site, "admin", PASSWORDS["admin"]) == 401
    assert status(site, "admin", PASSWORD) == 200


def test_an_account_is_handed_over_and_taken_back(site):
    shell = site.actor("shell")
    accounts.set_voucher(site.registry, shell, "admin", Voucher.LDAP)
    assert (status(site, "admin", PASSWORD), status(site, "admin", PASSWORDS["admin"])) == (401, 200)
    accounts.set_password(site.registry, shell, "admin", PASSWORD)
    assert (status(site, "admin", PASSWORD), status(site, "admin", PASSWORDS["admin"])) == (200, 401)


def test_a_password_that_the_directory_keeps_is_changed_there(site):
    assert status(site, "alice", PASSWORDS["alice"]) == 200
    with pytest.raises(PasswordKeptElsewhere):
        accounts.set_password(site.registry, site.actor("alice"), "alice", "another long password")


def test_a_right_password_is_asked_for_once_a_minute_and_never_told_to_apache(site, slapd, monkeypatch):
    asked = []
    directory = site.installation.directory.directory
    monkeypatch.setattr(
        type(directory), "groups_of", lambda _self, name, _password: asked.append(name) or frozenset({"Release Team"})
    )
    assert [status(site, "alice", "any") for _ in range(3)] == [200] * 3
    assert asked == ["alice"]
    folder = site.data / "tree" / "readers" / "team" / "secret" / "simple"
    assert not folder.exists() or not list(folder.iterdir())
    assert status(site, "reader", PASSWORD) == 200
    assert list(folder.iterdir())


def test_guesses_are_braked_before_the_directory_is_asked(site):
    for _ in range(FREE_GUESSES):
        assert status(site, "alice", "wrong") == 401
    assert status(site, "alice", PASSWORDS["alice"]) == 429


def test_without_an_account_and_none_to_be_made_it_is_told_who_proved_it_and_nobody_else(
    slapd, peopled_template, tmp_path
):
    changed = SETTINGS | {"outside_users": "refuse"}
    with support.at(peopled_template, tmp_path / "data", ldap_url=slapd.url, **changed, **SEARCH) as there:
        assert status(there, "alice", PASSWORDS["alice"]) == 403
        assert status(there, "alice", "wrong") == 401
        with there.app.test_request_context("/"), pytest.raises(NoAccount):
            user_by_password("alice", PASSWORDS["alice"])


def test_while_the_directory_is_down_its_people_are_told_so_and_all_others_log_in(alone):
    answer = alone.client("alice", "any password").get(SECRET)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "the directory that keeps this password does not answer" in answer.text
    assert status(alone, "admin", PASSWORD) == 200
    assert status(alone, "", "", url="/simple/") == 200


def test_a_directory_that_is_down_counts_no_guess(alone):
    for _ in range(FREE_GUESSES + 2):
        assert status(alone, "alice", "any password") == 503


def test_people_of_the_directory_log_in_by_the_form(site):
    browser = site.app.test_client()
    page = browser.get("/+login").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"name": "alice", "password": PASSWORDS["alice"], "csrf_token": token}
    assert browser.post("/+login", data=fields).status_code == 303
    assert "alice" in browser.get("/").text


def test_a_name_that_is_none_here_is_not_asked_for(site, monkeypatch):
    monkeypatch.setattr(type(site.installation.directory.directory), "groups_of", lambda *_: pytest.fail("asked"))
    answer = site.app.test_client().get(SECRET, headers={"Authorization": basic("al*", "x")})
    assert answer.status_code == 401
