"""Tokens over HTTP: made, listed, renewed and revoked by a password, and not by a session or by a token."""

import pytest

from mypi.registry import tokens
from tests.support.peopled import SECRET

URL = "/+api/tokens"


def created(client, **words):
    """Return what is answered to the wish for a token."""
    return client.post(URL, json={"name": "ci", "rights": ["read"], **words})


def bearing(peopled, secret):
    """Return a client that sends this token."""
    client = peopled.client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
    return client


def test_a_token_is_made_used_rotated_and_revoked(peopled):
    client = peopled.client("reader")
    made = created(client, index=SECRET, projects=["foo-*"], days=9)
    assert (made.status_code, made.headers["Cache-Control"]) == (201, "no-store")
    facts = made.json
    assert (facts["rights"], facts["index"], facts["projects"]) == (["read"], SECRET, ["foo-*"])
    assert facts["expires_at"].endswith("Z")
    assert bearing(peopled, facts["token"]).get(f"/{SECRET}/+simple/").status_code == 200

    renewed = client.post(f"{URL}/{facts['number']}/rotate").json["token"]
    assert bearing(peopled, facts["token"]).get(f"/{SECRET}/+simple/").status_code == 401
    assert bearing(peopled, renewed).get(f"/{SECRET}/+simple/").status_code == 200

    assert client.delete(f"{URL}/{facts['number']}").status_code == 200
    assert bearing(peopled, renewed).get(f"/{SECRET}/+simple/").status_code == 401
    assert client.get(URL).json == {"tokens": []}


def test_the_list_names_ones_own_tokens_and_no_secret(peopled):
    secret = created(peopled.client("reader"), days=None).json["token"]
    created(peopled.client("manager"), name="theirs")
    listed = peopled.client("reader").get(URL)
    (facts,) = listed.json["tokens"]
    assert (facts["name"], facts["expires_at"], facts["last_used_at"]) == ("ci", None, None)
    assert secret not in listed.text


def test_a_token_makes_and_lists_none_and_may_revoke_itself(peopled):
    made = created(peopled.client("reader"), rights=["manage"]).json
    client = bearing(peopled, made["token"])
    assert created(client, name="more").status_code == 403
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}/{made['number']}/rotate").status_code == 403
    assert client.delete(f"{URL}/{made['number']}").status_code == 200
    assert client.delete(f"{URL}/{made['number']}").status_code == 401


def test_an_administrators_token_for_everything_makes_tokens(peopled):
    made = created(peopled.client("admin"), rights=["manage"]).json
    assert created(bearing(peopled, made["token"]), name="theirs", user="reader").status_code == 201


def test_a_session_is_nobody_here(peopled):
    client = peopled.client()
    token = client.get("/+login").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    client.post("/+login", data={"name": "reader", "password": "correct-horse-battery", "csrf_token": token})
    assert client.get("/+account/password").status_code == 200
    assert client.get(URL).status_code == created(client).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": 7},
        {"rights": []},
        {"rights": ["rule"]},
        {"rights": "read"},
        {"projects": [1]},
        {"index": "x"},
        {"days": 0},
        {"days": -1},
        {"days": True},
        {"days": "9"},
        {"days": 10**7},
    ],
)
def test_what_means_nothing_is_400_with_a_lasting_code(peopled, wrong):
    answer = created(peopled.client("reader"), **wrong)
    assert (answer.status_code, answer.json["error"]) == (400, "invalid-value")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
def test_a_body_that_is_no_object_is_refused(peopled, body):
    answer = peopled.client("reader").post(URL, data=body, content_type="application/json")
    assert answer.status_code == 400


def test_a_token_looks_like_one(peopled):
    assert tokens.is_token(created(peopled.client("reader")).json["token"])
