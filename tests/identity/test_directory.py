"""Passwords in a directory, asked of a real slapd: bound by template or searched for, encrypted, down, or not there."""

import logging
import socket
import sys

import pytest

from mypi import clock, config, identity, installation
from mypi.config import ConfigurationError
from mypi.errors import DirectoryUnavailable, WrongPassword
from mypi.identity import directory
from mypi.identity.directory import Directory
from tests.support.directory import BASE, PASSWORDS, PEOPLE, SEARCHER, SEARCHERS_PASSWORD

TEMPLATE = {"ldap_user": f"uid={{user}},{PEOPLE}"}
SEARCH = {
    "ldap_filter": "(uid={user})",
    "ldap_base": BASE,
    "ldap_bind_user": SEARCHER,
    "ldap_bind_password": SEARCHERS_PASSWORD,
}
GROUPS = {"ldap_group_filter": "(&(objectClass=groupOfNames)(member={dn}))"}
PLAIN = {"ldap_tls": "none"}


def asking(url, **changes):
    """Return a directory with these settings."""
    return Directory(config.load(environ={}, ldap_url=url, ldap_timeout=2, **changes))


def encrypted(slapd):
    return {"ldap_ca_file": str(slapd.authority.certificate)}


WAYS = pytest.mark.parametrize("way", [TEMPLATE, SEARCH], ids=["by template", "by search"])


@WAYS
def test_a_right_password_is_right_and_a_wrong_one_wrong(slapd, way):
    there = asking(slapd.url, **way, **PLAIN)
    for name, password in PASSWORDS.items():
        assert there.groups_of(name, password) is None
    for name, password in [("alice", "wrong"), ("alice", PASSWORDS["bob"]), ("nobody-here", "wrong"), ("alice", "")]:
        with pytest.raises(WrongPassword):
            there.groups_of(name, password)


def test_groups_are_found_by_who_searches(slapd):
    there = asking(slapd.url, **SEARCH, **GROUPS, **PLAIN)
    assert there.groups_of("alice", PASSWORDS["alice"]) == {"Release Team", "everybody"}
    assert there.groups_of("bob", PASSWORDS["bob"]) == {"everybody"}
    assert there.groups_of("admin", PASSWORDS["admin"]) == frozenset()


@pytest.mark.parametrize("name", ["*", "alice)(uid=*", "alice,ou=people", "al*", "\\2a"])
@WAYS
def test_a_name_is_never_a_part_of_the_question(slapd, way, name):
    with pytest.raises(WrongPassword):
        asking(slapd.url, **way, **PLAIN).groups_of(name, PASSWORDS["alice"])


@WAYS
def test_passwords_go_encrypted_to_whom_the_authority_vouches_for(slapd, way):
    for url in (slapd.url, slapd.tls_url):
        assert asking(url, **way, **encrypted(slapd)).groups_of("alice", PASSWORDS["alice"]) is None


def test_nothing_is_sent_to_a_directory_for_which_nobody_vouches(slapd):
    for url in (slapd.url, slapd.tls_url):
        with pytest.raises(DirectoryUnavailable):
            asking(url, **TEMPLATE).groups_of("alice", PASSWORDS["alice"])


def test_two_who_fit_are_nobody(slapd, caplog):
    there = asking(slapd.url, **(SEARCH | {"ldap_filter": "(|(uid={user})(uid=bob))"}), **PLAIN)
    with caplog.at_level(logging.ERROR), pytest.raises(WrongPassword):
        there.groups_of("alice", PASSWORDS["alice"])
    assert "ldap_filter must find one" in caplog.text


def test_a_wrong_password_of_who_searches_is_the_directorys_failure_and_not_the_persons(slapd, caplog):
    there = asking(slapd.url, **(SEARCH | {"ldap_bind_password": "wrong"}), **PLAIN)
    with caplog.at_level(logging.ERROR), pytest.raises(DirectoryUnavailable):
        there.groups_of("alice", PASSWORDS["alice"])
    assert "invalidCredentials" in caplog.text
    assert PASSWORDS["alice"] not in caplog.text


def test_the_next_server_is_asked_where_the_first_does_not_answer(slapd):
    there = asking(f"ldap://127.0.0.1:1 {slapd.url}", **TEMPLATE, **PLAIN)
    assert there.groups_of("alice", PASSWORDS["alice"]) is None


def test_a_directory_that_accepts_and_says_nothing_is_down_and_then_left_alone_for_a_while(monkeypatch):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        there = asking(f"ldap://127.0.0.1:{mute.getsockname()[1]}", **TEMPLATE, **PLAIN)
        with pytest.raises(DirectoryUnavailable):
            there.groups_of("alice", "a password")
        mute.accept()[0].close()
        mute.setblocking(False)
        with pytest.raises(DirectoryUnavailable):
            there.groups_of("alice", "a password")
        with pytest.raises(BlockingIOError):
            mute.accept()
        later = clock.monotonic() + directory.REST + 1
        monkeypatch.setattr(clock, "monotonic", lambda: later)
        with pytest.raises(DirectoryUnavailable):
            there.groups_of("alice", "a password")
        mute.accept()[0].close()


def test_without_the_extra_the_start_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ldap3", None)
    monkeypatch.delitem(sys.modules, "mypi.identity.directory")
    monkeypatch.delattr(identity, "directory")
    with pytest.raises(ConfigurationError, match=r"install mypi\[ldap\]"):
        installation.assemble(config.load(environ={}, ldap_url="ldap://127.0.0.1"))


@pytest.mark.parametrize("way", [{}, TEMPLATE | SEARCH])
def test_people_are_found_in_one_way(way):
    with pytest.raises(ConfigurationError, match="ldap_user and ldap_filter"):
        asking("ldap://127.0.0.1", **way)


def test_what_is_no_address_of_a_directory_is_refused():
    with pytest.raises(ConfigurationError, match="ldap_url"):
        asking("https://127.0.0.1", **TEMPLATE)


@pytest.mark.parametrize("name", ["inactive", "locked"])
def test_an_account_that_the_directory_has_closed_keeps_nobody_else_out(slapd, name):
    there = asking(slapd.url, ldap_user=f"cn={{user}},ou=closed,{BASE}", **PLAIN)
    for _ in range(2):
        with pytest.raises(WrongPassword):
            there.groups_of(name, "any")


def test_a_directory_that_is_too_busy_to_say_is_not_there(slapd):
    with pytest.raises(DirectoryUnavailable):
        asking(slapd.url, ldap_user=f"cn={{user}},ou=closed,{BASE}", **PLAIN).groups_of("busy", "any")
