"""`mypi check`: those who vouch elsewhere are asked whether they can be asked."""

import pytest

from mypi import config
from mypi.commands.checking.vouching import check_vouching
from tests.support.directory import BASE, PEOPLE, SEARCHER, SEARCHERS_PASSWORD

TEMPLATE = {"ldap_user": f"uid={{user}},{PEOPLE}", "ldap_timeout": 2}
SEARCH = {
    "ldap_filter": "(uid={user})",
    "ldap_base": BASE,
    "ldap_bind_user": SEARCHER,
    "ldap_bind_password": SEARCHERS_PASSWORD,
    "ldap_timeout": 2,
}


def codes(**settings):
    return [finding.code for finding in check_vouching(config.load(environ={}, **settings))]


def test_where_nobody_else_vouches_nothing_is_asked():
    assert codes() == []


@pytest.mark.parametrize("way", [TEMPLATE, SEARCH], ids=["by template", "by search"])
def test_a_directory_that_can_be_asked_is_well(slapd, way):
    authority = str(slapd.authority.certificate)
    assert codes(ldap_url=slapd.url, ldap_tls="none", **way) == []
    assert codes(ldap_url=slapd.tls_url, ldap_ca_file=authority, **way) == []


def test_a_directory_that_cannot_be_asked_is_named_with_the_reason(slapd):
    assert codes(ldap_url="ldap://127.0.0.1:1", **TEMPLATE) == ["directory-silent"]
    assert codes(ldap_url=slapd.tls_url, **TEMPLATE) == ["directory-silent"]
    wrong = SEARCH | {"ldap_bind_password": "wrong"}
    assert codes(ldap_url=slapd.url, ldap_tls="none", **wrong) == ["directory-silent"]


def test_passwords_in_the_clear_to_another_machine_are_named():
    found = codes(ldap_url="ldap://directory.invalid", ldap_tls="none", **TEMPLATE)
    assert found == ["directory-silent", "directory-in-the-clear"]


def test_an_issuer_is_asked_for_its_keys(issuer):
    settings = {"trusted_issuers": issuer.url, "trusted_audience": "packages.example"}
    assert codes(**settings) == []
    issuer.moved_to = "http://127.0.0.1:1/"
    assert codes(**settings) == ["issuer-silent"]
