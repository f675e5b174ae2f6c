"""Identity tokens: which hold and which do not, and how often an issuer is asked for its keys."""

import sys
import time
from contextlib import suppress

import pytest

from mypi import clock, config, identity, installation
from mypi.config import ConfigurationError
from mypi.errors import IdentityTokenRefused, IssuerUnavailable
from mypi.identity import verifying
from mypi.identity.issuers import COOLDOWN, FRESH, USABLE
from mypi.identity.verifying import LEEWAY, LONGEST_TOKEN, Verifier
from tests.support.issuer import AUDIENCE, SUBJECT, running_issuer

KEYS = "/keys"


@pytest.fixture
def verifier(issuer):
    return Verifier([issuer.url], AUDIENCE)


@pytest.fixture
def later(monkeypatch):
    """Return a function that lets seconds pass."""
    begun, passed = clock.monotonic(), [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: begun + passed[0])

    def wait(seconds):
        passed[0] += seconds

    return wait


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_a_token_that_holds_says_who_it_is(issuer, verifier, algorithm):
    found = verifier.verified(issuer.token(issuer.new_key(algorithm), jti="the one"))
    assert (found.issuer, found.identity, found.subject) == (issuer.url, "the one", SUBJECT)
    assert found.claim("run_id") == "7"


def test_a_token_without_jti_is_known_by_its_digest(issuer, verifier):
    raw = issuer.token(jti=None)
    assert verifier.verified(raw).identity == verifier.verified(raw).identity
    assert len(verifier.verified(raw).identity) == 64


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another.example"},
        {"aud": [AUDIENCE]},
        {"aud": [AUDIENCE, "another.example"]},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"iss": None},
        {"iss": "https://elsewhere.example"},
        {"exp": 1e300},
        {"exp": "soon"},
        {"sub": 7},
        {"jti": 7},
    ],
    ids=str,
)
def test_a_claim_that_is_wrong_or_missing_is_refused(issuer, verifier, claims):
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(issuer.token(**claims))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -LEEWAY - 60), ("iat", LEEWAY + 600), ("nbf", LEEWAY + 600)])
def test_a_token_of_another_time_is_refused(issuer, verifier, claim, seconds):
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(issuer.token(**{claim: int(time.time()) + seconds}))


@pytest.mark.parametrize(("claim", "seconds"), [("exp", -LEEWAY // 2), ("iat", LEEWAY // 2), ("nbf", LEEWAY // 2)])
def test_clocks_may_differ_by_a_little(issuer, verifier, claim, seconds):
    assert verifier.verified(issuer.token(**{claim: int(time.time()) + seconds})).subject == SUBJECT


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_signature_and_a_public_key_as_a_secret_are_refused(issuer, verifier, algorithm):
    issuer.algorithms = ("none", "HS256", "RS256")
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(issuer.forged(algorithm, next(iter(issuer.keys))))


def test_a_key_of_another_kind_than_the_algorithm_is_refused(issuer, verifier):
    elliptic = issuer.new_key("ES256")
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(issuer.token(header={"kid": elliptic}))


def test_an_algorithm_that_the_issuer_does_not_name_is_refused(issuer, verifier):
    issuer.algorithms = ("RS256",)
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(issuer.token(issuer.new_key("ES256")))


def test_the_key_of_another_issuer_signs_nothing_here(issuer, verifier):
    with running_issuer() as other:
        other.keys = {next(iter(issuer.keys)): next(iter(other.keys.values()))}
        with pytest.raises(IdentityTokenRefused):
            verifier.verified(other.token(iss=issuer.url))


@pytest.mark.parametrize("raw", ["", "x", "a.b.c", "ä.ö.ü", "..", "e30.e30.", "x" * (LONGEST_TOKEN + 1)])
def test_what_is_no_token_is_refused(verifier, raw):
    with pytest.raises(IdentityTokenRefused):
        verifier.verified(raw)


def test_pull_request_target_of_github_is_refused(issuer, verifier, monkeypatch):
    raw = issuer.token(event_name="pull_request_target")
    assert verifier.verified(raw).subject == SUBJECT  # elsewhere the word means nothing
    monkeypatch.setattr(verifying, "GITHUB", issuer.url)
    assert verifier.verified(issuer.token(event_name="push")).subject == SUBJECT
    with pytest.raises(IdentityTokenRefused, match="pull_request_target"):
        verifier.verified(raw)


def test_an_issuer_that_a_token_names_and_nobody_believes_is_not_asked(issuer, verifier):
    with running_issuer() as stranger:
        with pytest.raises(IdentityTokenRefused, match="not believed"):
            verifier.verified(stranger.token())
        assert stranger.asked == []


def test_keys_are_asked_for_once_and_again_when_they_are_no_longer_fresh(issuer, verifier, later):
    for _ in range(3):
        verifier.verified(issuer.token())
    assert issuer.asked.count(KEYS) == 1
    later(FRESH + 1)
    verifier.verified(issuer.token())
    assert issuer.asked.count(KEYS) == 2


def test_a_new_key_is_asked_for_and_a_made_up_one_not_more_than_once_a_minute(issuer, verifier, later):
    verifier.verified(issuer.token())
    later(COOLDOWN + 1)
    verifier.verified(issuer.token(issuer.new_key()))
    assert issuer.asked.count(KEYS) == 2
    for _ in range(3):
        with pytest.raises(IdentityTokenRefused, match="does not have"):
            verifier.verified(issuer.token(header={"kid": "made up"}))
    assert issuer.asked.count(KEYS) == 2


def test_known_keys_serve_for_a_while_when_the_issuer_is_down(issuer, verifier, later):
    raw = issuer.token()
    verifier.verified(raw)
    issuer.moved_to = "http://127.0.0.1:1/"
    later(FRESH + 1)
    assert verifier.verified(raw).subject == SUBJECT
    later(USABLE)
    with pytest.raises(IssuerUnavailable):
        verifier.verified(raw)


def test_no_redirect_is_followed(issuer, verifier):
    with running_issuer() as elsewhere:
        issuer.moved_to = f"{elsewhere.url}/.well-known/openid-configuration"
        with pytest.raises(IssuerUnavailable):
            verifier.verified(issuer.token())
        assert elsewhere.asked == []


def test_an_issuer_that_calls_itself_otherwise_is_not_it(issuer, verifier):
    issuer.calls_itself = "https://elsewhere.example"
    with pytest.raises(IssuerUnavailable):
        verifier.verified(issuer.token())


@pytest.mark.parametrize("url", ["http://issuer.example", "file:///etc/passwd", "issuer.example", "https://"])
def test_an_issuer_is_asked_by_https(url):
    with pytest.raises(ConfigurationError, match="https"):
        Verifier([url], AUDIENCE)


def test_without_the_extra_the_start_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "jwt", None)
    for name in ("verifying", "issuers"):
        monkeypatch.delitem(sys.modules, f"mypi.identity.{name}")
        monkeypatch.delattr(identity, name)
    settings = config.load(environ={}, trusted_issuers="https://issuer.example", base_url="https://packages.example")
    with pytest.raises(ConfigurationError, match=r"install mypi\[trusted-publishing\]"):
        installation.assemble(settings)


def test_the_audience_is_never_what_a_client_says():
    with pytest.raises(ConfigurationError, match="base_url or trusted_audience"):
        installation.assemble(config.load(environ={}, trusted_issuers="https://issuer.example"))


def test_a_token_without_jti_is_the_same_however_its_signature_is_written(issuer, verifier):
    raw = issuer.token(jti=None)
    written = [raw, raw + "=", raw + "==", raw + "!", raw[:-3] + "~" + raw[-3:]]
    held = []
    for one in written:
        with suppress(IdentityTokenRefused):
            held.append(verifier.verified(one).identity)
    assert len(held) > 1
    assert len(set(held)) == 1
