"""An identity token is taken once, whoever comes at the same moment, on SQLite and on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from mypi import clock, errors
from mypi.database import db, reading
from mypi.installation import opened
from mypi.registry import actors, arriving, groups, indexes, minting, trusted_publishers, trusting
from mypi.registry.accounts import add_group
from mypi.registry.arriving import Arrival, Arrivals, Voucher
from mypi.registry.permissions import Right
from mypi.standards.identity_tokens import IdentityToken
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = ON_BOTH_DATABASES
ISSUER = "https://issuer.example"
AT_ONCE = 6


def at_once(installation, function):
    """Return what the function returns or raises to several who call it at the same moment, each in a session."""

    def call(_number):
        with opened(installation.settings) as parts:
            try:
                return function(parts)
            except errors.Failure as failure:
                return type(failure)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(call, range(AT_ONCE)))


@pytest.fixture
def trusted(installation):
    identity = trusted_publishers.oidc(ISSUER, {"sub": "build:acme"})
    index = indexes.get("team/main")
    trusting.trust_publisher(installation.registry, actors.at_shell(), index, "acme-*", identity, [Right.UPLOAD])
    db.session.rollback()
    return installation


def token(identity):
    return IdentityToken(ISSUER, identity, clock.now() + timedelta(minutes=5), {"sub": "build:acme"})


def test_of_many_who_show_one_identity_token_one_is_given_ours(trusted):
    def mint(parts):
        return len(minting.mint_token(parts.registry, token("the one"), minting.Request())[1])

    answers = at_once(trusted, mint)
    assert answers.count(errors.IdentityTokenUsed) == AT_ONCE - 1
    assert [answer for answer in answers if isinstance(answer, int)] == [48]


def test_the_same_jti_of_another_issuer_is_another_token(trusted):
    minting.mint_token(trusted.registry, token("the one"), minting.Request())
    other = IdentityToken("https://other.example", "the one", clock.now(), {"sub": "build:acme"})
    with pytest.raises(errors.PublisherNotTrusted):  # and not IdentityTokenUsed
        minting.mint_token(trusted.registry, other, minting.Request())


def test_who_arrives_many_times_at_once_has_one_account(installation):
    add_group(installation.registry, actors.at_shell(), "crew")
    db.session.rollback()

    def arrive(parts):
        arrivals = Arrivals(parts.registry, True, {"makers": "crew"})
        return arrivals.user_of(Arrival("newcomer", frozenset({"Makers"}), Voucher.LDAP)).id

    assert len(set(at_once(installation, arrive))) == 1
    with reading():
        assert [user.name for user in groups.members(groups.get("crew"))] == ["newcomer"]
        assert arriving.users.get("newcomer").voucher == "ldap"
