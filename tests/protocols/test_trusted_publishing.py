"""Trusted publishing: what clients ask at the root of the host, and what a token is good for that is minted there."""

import pytest

from mypi import errors
from mypi.database import reading
from mypi.registry import indexing, minting, reserving, trusted_publishers, trusting, users
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.scopes import Purpose
from mypi.registry.tokens import Token
from mypi.registry.trusted_publishers import UsedIdentityToken
from tests.support import builders
from tests.support import peopled as support
from tests.support.issuer import AUDIENCE, SUBJECT
from tests.support.peopled import MAIN, SCRATCH, SECRET, basic, form

MINT = "/_/oidc/mint-token"
DISCOVERY = "application/vnd.pypi.pytp.v1+json"


@pytest.fixture
def site(issuer, peopled_template, tmp_path):
    """Yield an installation that believes the issuer."""
    settings = {"trusted_issuers": issuer.url, "trusted_audience": AUDIENCE}
    with support.at(peopled_template, tmp_path / "believing", **settings) as made:
        yield made


def trust(site, issuer, project="widgets", index=MAIN, rights=(Right.UPLOAD,), by="admin", **claims):
    """Trust the issuer's program with a project, and return the publisher's number."""
    identity = trusted_publishers.oidc(issuer.url, {"sub": SUBJECT} | claims)
    made = trusting.trust_publisher(site.registry, site.actor(by), site.index(index), project, identity, rights)
    with reading():
        return made.id


def mint(site, raw, url=MINT, **more):
    return site.app.test_client().post(url, json={"token": raw, **more})


def minted(site, issuer, **more):
    """Return a token of ours for a fresh token of the issuer."""
    answer = mint(site, issuer.token(), **more)
    assert answer.status_code == 200, answer.text
    return answer.json["token"]


def assert_refused(answer, code, *words):
    assert answer.status_code == 422
    assert answer.content_type == "application/json"
    assert answer.json["message"] == "Token request failed"
    (error,) = answer.json["errors"]
    assert error["code"] == code
    assert not [word for word in words if word not in error["description"]]


def upload(site, secret, name="widgets", index="", version="1.0"):
    client = site.app.test_client()
    url = f"/{index}/" if index else "/"
    built = builders.wheel(name, version)
    return client.post(url, data=form(built), headers={"Authorization": basic("__token__", secret)})


def test_the_audience_is_told(site):
    answer = site.app.test_client().get("/_/oidc/audience")
    assert (answer.status_code, answer.json) == (200, {"audience": AUDIENCE})
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("client", ["uv/0.13.8", "pip/26.3", "twine/7.0.0"])
@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/vnd.pypi.simple.v1+json"])
def test_no_client_is_taken_for_one_that_reads_an_index(site, issuer, client, accept):
    trust(site, issuer)
    headers = {"User-Agent": client, "Accept": accept}
    assert site.app.test_client().get("/_/oidc/audience", headers=headers).json == {"audience": AUDIENCE}
    for url in (MINT, "/_/oidc/github/mint-token"):
        assert site.app.test_client().post(url, json={"token": issuer.token()}, headers=headers).status_code == 200
    assert site.app.test_client().get("/.well-known/pytp?discover=/", headers=headers).status_code in {200, 406}


def test_where_it_is_off_the_audience_is_404_in_json_and_nothing_is_minted(peopled):
    answer = peopled.app.test_client().get("/_/oidc/audience")
    assert (answer.status_code, answer.content_type) == (404, "application/json")
    assert "not enabled" in answer.json["message"]
    assert_refused(mint(peopled, "x"), "not-enabled")


@pytest.mark.parametrize("url", [MINT, "/_/oidc/github/mint-token"])
def test_a_token_is_minted_for_fifteen_minutes_and_publishes_a_project_that_was_not_there(site, issuer, url):
    trust(site, issuer)
    answer = mint(site, issuer.token(), url)
    (token,) = site.rows(Token)
    assert answer.status_code == 200
    assert answer.json == {
        "success": True,
        "token": answer.json["token"],
        "expires": int(token.expires_at.timestamp()),
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert token.expires_at - token.created_at == minting.LIFETIME
    assert (token.user_id, token.purpose) == (None, Purpose.PUBLISHER.value)
    assert upload(site, answer.json["token"]).status_code == 200
    event = site.events()[-1]
    assert (event.kind, event.actor) == ("file.uploaded", f"oidc:{SUBJECT}")
    assert event.details["token"]["id"] == token.id


def test_the_event_says_who_asked_and_by_which_publisher(site, issuer):
    number = trust(site, issuer)
    minted(site, issuer)
    event = site.events()[-1]
    assert (event.kind, event.actor) == ("token.created", f"oidc:{SUBJECT}")
    assert event.details["publishers"] == [number]
    assert event.details["projects"] == ["team/main:widgets"]


def test_it_is_good_for_its_project_in_its_index_and_for_nothing_else(site, issuer):
    trust(site, issuer)
    secret = minted(site, issuer)
    assert upload(site, secret, "gadgets").status_code in {403, 404}
    assert upload(site, secret, "widgets", index=SCRATCH).status_code in {403, 404}
    assert upload(site, secret, "widgets", index=SECRET).status_code == 404
    client = site.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = basic("__token__", secret)
    assert client.get(f"/{SECRET}/+simple/").status_code == 404
    assert client.get("/simple/").status_code == 200


def test_publishers_in_several_indexes_are_one_token_and_stay_apart(site, issuer):
    trust(site, issuer, "widgets", MAIN)
    trust(site, issuer, "gadgets", SCRATCH)
    secret = minted(site, issuer)
    assert upload(site, secret, "widgets", MAIN).status_code == 200
    assert upload(site, secret, "gadgets", SCRATCH).status_code == 200
    assert upload(site, secret, "gadgets", MAIN).status_code in {403, 404}
    narrowed = minted(site, issuer, index=SCRATCH)
    assert upload(site, narrowed, "widgets", MAIN, version="2.0").status_code in {403, 404}


def test_a_token_for_reading_reads_and_does_not_publish(site, issuer):
    site.upload(builders.wheel("private", "1.0"), index=SECRET)
    trust(site, issuer, "*", SECRET, [Right.READ])
    secret = minted(site, issuer, right="read")
    client = site.app.test_client()
    for sent in (basic("__token__", secret), f"Bearer {secret}"):
        assert client.get(f"/{SECRET}/+simple/private/", headers={"Authorization": sent}).status_code == 200
    assert upload(site, secret, "private", SECRET, version="2.0").status_code == 403
    assert_refused(mint(site, issuer.token()), "invalid-publisher")


def test_an_identity_token_is_taken_once_and_again_by_nobody(site, issuer):
    trust(site, issuer)
    raw = issuer.token()
    assert mint(site, raw).status_code == 200
    assert_refused(mint(site, raw), "invalid-reuse-token")
    assert len(site.rows(Token)) == 1
    assert_refused(mint(site, issuer.token(jti=None), index="team/none"), "invalid-publisher")
    without = issuer.token(jti=None)
    assert mint(site, without).status_code == 200
    assert_refused(mint(site, without), "invalid-reuse-token")


def test_what_is_refused_does_not_use_a_token_up(site, issuer):
    raw = issuer.token()
    assert_refused(mint(site, raw), "invalid-publisher", SUBJECT)
    assert site.rows(UsedIdentityToken) == []
    trust(site, issuer)
    assert mint(site, raw).status_code == 200


def test_used_tokens_are_forgotten_when_they_would_not_hold_any_more(site, issuer, monkeypatch):
    trust(site, issuer)
    minted(site, issuer)
    (used,) = site.rows(UsedIdentityToken)
    monkeypatch.setattr(trusted_publishers.clock, "now", lambda: used.expires_at + minting.LEEWAY)
    identity = minting.IdentityToken(issuer.url, "another", used.expires_at, {"sub": SUBJECT})
    minting.mint_token(site.registry, identity, minting.Request())
    assert used.digest not in [row.digest for row in site.rows(UsedIdentityToken)]


@pytest.mark.parametrize("claims", [{"sub": "repo:evil/widgets"}, {"environment": None}, {"environment": "test"}])
def test_another_program_of_the_same_issuer_gets_nothing(site, issuer, claims):
    trust(site, issuer, environment="release")
    assert_refused(mint(site, issuer.token(**({"environment": "release"} | claims))), "invalid-publisher")


def test_a_token_that_does_not_hold_is_invalid(site, issuer):
    trust(site, issuer)
    assert_refused(mint(site, issuer.token(aud="another.example")), "invalid-token", "refused")
    assert_refused(mint(site, "no token at all"), "invalid-token")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"token": 7}', b'{"token": "x", "right": "manage"}'])
def test_what_is_no_request_for_a_token_is_an_invalid_payload(site, body):
    answer = site.app.test_client().post(MINT, data=body, content_type="application/json")
    assert_refused(answer, "invalid-payload")


def test_an_issuer_that_is_down_is_503_and_not_the_clients_mistake(site, issuer):
    trust(site, issuer)
    issuer.moved_to = "http://127.0.0.1:1/"
    answer = mint(site, issuer.token())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_whom_nobody_trusts_any_more_publishes_no_more(site, issuer):
    number = trust(site, issuer)
    secret = minted(site, issuer)
    trusting.distrust_publisher(site.registry, site.actor("shell"), number)
    assert upload(site, secret).status_code == 403
    assert_refused(mint(site, issuer.token()), "invalid-publisher")


def test_a_name_that_is_kept_for_others_is_trusted_to_nobody_by_whoever_does_not_hold_it(site, issuer):
    shell, holder = site.actor("shell"), Subject(SubjectKind.USER, user=users.get("admin"))
    reserving.reserve_name(site.registry, shell, site.index(MAIN), "acme-*", [holder], contact="admin")
    with pytest.raises(errors.NameReserved):
        trust(site, issuer, "acme-new", by="manager")
    trust(site, issuer, "acme-new", by="admin")
    assert upload(site, minted(site, issuer), "acme-new").status_code == 200
    trust(site, issuer, "acme-*", by="manager")
    assert upload(site, minted(site, issuer), "acme-other").status_code == 409


@pytest.mark.parametrize(
    ("by", "project", "failure"),
    [
        ("uploader", "widgets", errors.PermissionDenied),
        ("patterned", "foo-bar", errors.PermissionDenied),
        ("stranger", "widgets", errors.PermissionDenied),
        ("", "widgets", errors.LoginRequired),
    ],
)
def test_who_does_not_manage_a_project_trusts_nobody_with_it(site, issuer, by, project, failure):
    with pytest.raises(failure):
        trust(site, issuer, project, by=by)


def test_who_manages_some_names_trusts_nobody_with_others(site, issuer):
    site.upload(builders.wheel("foo-mine", "1.0"), by="patterned")
    trust(site, issuer, "foo-mine", by="patterned")
    for other in ("foo-*", "*", "foo-other"):
        with pytest.raises(errors.PermissionDenied):
            trust(site, issuer, other, by="patterned")


def test_a_publisher_of_an_index_that_one_may_not_know_is_not_there(site, issuer):
    number = trust(site, issuer, index=SECRET)
    with pytest.raises(errors.NoSuchPublisher):
        trusting.distrust_publisher(site.registry, site.actor("stranger"), number)


@pytest.mark.parametrize(
    ("path", "index"), [("/", MAIN), ("/legacy/", MAIN), ("/team/scratch/", SCRATCH), ("/team/scratch", SCRATCH)]
)
def test_clients_find_where_tokens_are_minted(site, path, index):
    answer = site.app.test_client().get(
        "/.well-known/pytp",
        query_string={"discover": path},
        headers={"Accept": DISCOVERY},
        base_url="https://host.example",
    )
    assert (answer.status_code, answer.content_type) == (200, DISCOVERY)
    assert answer.json["audience-endpoint"] == "https://host.example/_/oidc/audience"
    assert answer.json["token-mint-endpoint"].startswith("https://host.example/_/oidc/mint-token?index=")
    assert answer.json["token-mint-endpoint"].endswith(index.replace("/", "%2F")) or answer.json[
        "token-mint-endpoint"
    ].endswith(index)


def test_discovery_answers_one_type_and_only_for_urls_that_take_uploads(site, peopled):
    client = site.app.test_client()
    assert client.get("/.well-known/pytp?discover=/", headers={"Accept": "text/html"}).status_code == 406
    assert client.get("/.well-known/pytp?discover=/a/b/c/d", headers={"Accept": DISCOVERY}).status_code == 404
    off = peopled.app.test_client().get("/.well-known/pytp?discover=/", headers={"Accept": DISCOVERY})
    assert off.status_code == 404


def test_github_and_gitlab_are_described_by_what_people_know_of_them():
    github = trusted_publishers.github("acme/widgets", "release.yml", "release", "42")
    assert github.issuer == "https://token.actions.githubusercontent.com"
    assert github.claims == {
        "repository": "acme/widgets",
        "job_workflow_ref": "acme/widgets/.github/workflows/release.yml@*",
        "environment": "release",
        "repository_owner_id": "42",
    }
    gitlab = trusted_publishers.gitlab("acme/all", "ci/release.yml", issuer="https://gitlab.acme.example")
    assert gitlab.claims == {
        "project_path": "acme/all",
        "ci_config_ref_uri": "gitlab.acme.example/acme/all//ci/release.yml@*",
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: trusted_publishers.github("acme/*", "release.yml"),
        lambda: trusted_publishers.github("acme", "release.yml"),
        lambda: trusted_publishers.github("acme/widgets", ""),
        lambda: trusted_publishers.github("acme/widgets", "release.yml@x"),
        lambda: trusted_publishers.gitlab("acme/all", "*"),
        lambda: trusted_publishers.oidc("https://issuer.example", {}),
        lambda: trusted_publishers.oidc("https://issuer.example", {"sub": "**"}),
        lambda: trusted_publishers.checked(trusted_publishers.oidc("https://issuer.example", {"sub": "x" * 501})),
    ],
)
def test_what_would_fit_everybody_is_refused(make):
    with pytest.raises(errors.InvalidValue):
        make()


def test_a_token_ends_with_the_index_and_is_for_no_other_of_that_name(site, issuer):
    trust(site, issuer, index=SCRATCH)
    secret = minted(site, issuer)
    shell = site.actor("shell")
    indexing.delete_index(site.registry, shell, site.index(SCRATCH))
    indexing.create_index(site.registry, shell, SCRATCH, Visibility.PUBLIC)
    assert upload(site, secret, index=SCRATCH).status_code == 403
