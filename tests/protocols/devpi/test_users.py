"""Users by the devpi client: created, changed, deleted; logging in, and what ends a login."""

import base64

import pytest

from tests.protocols.devpi.asked import Client
from tests.support.peopled import MAIN, PASSWORD, SECRET, at

NEW = {"password": "a-new-password", "email": "alice@example.org"}


@pytest.fixture
def open_to_all(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "open", user_creation="everyone") as made:
        yield made


def test_an_administrator_creates_a_user_who_then_logs_in(peopled):
    answer = Client(peopled, "admin")("PUT", "/alice", NEW)
    assert (answer.status_code, answer.json["type"]) == (201, "userconfig")
    assert answer.json["result"] == {"username": "alice", "email": "alice@example.org", "indexes": {}}
    said = Client(peopled)("POST", "/+login", {"user": "alice", "password": NEW["password"]})
    assert (said.status_code, said.json["type"]) == (200, "proxyauth")
    token = said.json["result"]["password"]
    assert isinstance(said.json["result"]["expiration"], int)
    assert token.isascii()
    assert ":" not in token
    assert not token.startswith(("pypi-", "devpi-"))
    assert Client(peopled, "alice", token).result("/+api", "apiconfig")["authstatus"] == ["ok", "alice", []]
    assert [event.kind for event in peopled.events()][-1] == "user.added"


@pytest.mark.parametrize("name", ["", "stranger", "manager"])
def test_nobody_else_creates_users(peopled, name):
    answer = Client(peopled, name)("PUT", "/alice", NEW)
    assert answer.status_code == (403 if name else 401)
    assert "Location" not in answer.headers
    assert Client(peopled, "admin")("GET", "/alice").status_code == 404


def test_where_everyone_may_create_users_nobody_need_log_in(open_to_all):
    assert Client(open_to_all)("PUT", "/alice", NEW).status_code == 201
    again = Client(open_to_all)("PUT", "/alice", NEW)
    assert (again.status_code, "already exists" in again.json["message"]) == (409, True)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"email": "a@b"}, "password"),
        ({"password": ""}, "password"),
        ({"password": "long enough", "colour": "red"}, "unexpected keyword arguments: colour"),
        ({"password": "long enough", "email": "nobody"}, "mail address"),
        ({"password": ["a", "list"]}, "password"),
        (["password=abc"], "JSON object"),
    ],
)
def test_what_is_no_user_is_refused_with_what_would_be_right(peopled, body, said):
    answer = Client(peopled, "admin")("PUT", "/alice", body)
    assert (answer.status_code, said in answer.json["message"]) == (400, True), answer.text
    assert Client(peopled, "admin")("GET", "/alice").status_code == 404


def test_a_password_is_never_repeated(peopled):
    answer = Client(peopled, "admin")("PUT", "/alice", {"password": "secret-enough", "pwhash": "abcdefgh"})
    assert answer.status_code == 400
    assert "abcdefgh" not in answer.text + str(answer.headers)


def test_what_was_read_is_sent_back_with_a_change(peopled):
    client = Client(peopled, "reader")
    said = client.result("/reader", "userconfig")
    assert client("PATCH", "/reader", said | {"email": "r@example.org", "title": "Reader"}).status_code == 200
    assert client.result("/reader", "userconfig")["email"] == "r@example.org"
    assert client("PATCH", "/reader", said | {"email": "r@example.org"}).status_code == 200
    assert [event.kind for event in peopled.events()].count("user.described") == 1
    assert Client(peopled, "stranger")("PATCH", "/reader", {"email": "x@example.org"}).status_code == 403


def test_a_new_password_ends_every_login_and_is_answered_with_a_new_one(peopled):
    token = Client(peopled)("POST", "/+login", {"user": "reader", "password": PASSWORD}).json["result"]["password"]
    client = Client(peopled, "reader", token)
    answer = client("PATCH", "/reader", {"password": "another-password"})
    assert (answer.status_code, answer.json["type"]) == (200, "userpassword")
    fresh = Client(peopled, "reader", answer.json["result"]["password"])
    assert fresh.result(f"/{SECRET}", "indexconfig")
    ended = client("GET", f"/{SECRET}")
    assert (ended.status_code, "Location" in ended.headers) == (401, True)
    assert client.result("/+api", "apiconfig")["authstatus"][0] == "expired"


def test_the_token_of_a_login_is_the_password_of_installers_too(peopled):
    token = Client(peopled)("POST", "/+login", {"user": "reader", "password": PASSWORD}).json["result"]["password"]
    proof = base64.b64encode(f"reader:{token}".encode()).decode()
    answer = peopled.client().get(f"/{SECRET}/+simple/", headers={"Authorization": f"Basic {proof}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("body", [{"user": "reader"}, {"password": "x"}, {"user": 1, "password": 2}, [], "x"])
def test_a_login_without_name_or_password_is_malformed(peopled, body):
    assert Client(peopled)("POST", "/+login", body).status_code == 400


def test_a_wrong_password_is_told_as_such(peopled):
    answer = Client(peopled)("POST", "/+login", {"user": "reader", "password": "wrong"})
    assert (answer.status_code, answer.content_type) == (401, "application/json")
    assert "Location" not in answer.headers
    assert "wrong" in answer.json["message"]


def test_the_form_of_people_is_not_taken_for_a_login_of_programs(peopled):
    answer = peopled.client().post("/+login", data={"name": "reader", "password": PASSWORD})
    assert answer.content_type.startswith("text/html")


def test_a_user_deletes_themself_but_not_while_there_are_indexes_of_theirs(peopled):
    client = Client(peopled, "reader")
    assert client("PUT", "/reader/dev", {}).status_code == 200
    refused = client("DELETE", "/reader")
    assert (refused.status_code, "reader/dev" in refused.json["message"]) == (403, True)
    assert client("DELETE", "/reader/dev").status_code == 201
    assert Client(peopled, "stranger")("DELETE", "/reader").status_code == 403
    assert client("DELETE", "/reader").status_code == 200
    assert Client(peopled, "admin")("GET", "/reader").status_code == 404
    assert Client(peopled, "admin")("DELETE", "/reader").status_code == 404


def test_an_administrator_sees_every_user_and_others_themselves(peopled):
    assert {"reader", "stranger", "admin"} <= set(Client(peopled, "admin").result("/", "list:userconfig"))
    assert set(Client(peopled, "reader").result("/", "list:userconfig")) == {"root", "team", "reader"}
    assert MAIN.partition("/")[2] in Client(peopled, "reader").result("/team", "userconfig")["indexes"]
