"""Indexes by the devpi client: created, changed and deleted by their settings."""

import pytest

from tests.protocols.devpi.asked import Client
from tests.support import builders
from tests.support.peopled import MAIN, SECRET, at


@pytest.fixture
def alice(peopled):
    """The client of a user who holds nothing yet."""
    assert Client(peopled, "admin")("PUT", "/alice", {"password": "alices-password"}).status_code == 201
    return Client(peopled, "alice", "alices-password")


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_user_creates_an_index_under_their_own_name(alice, slash, peopled):
    answer = alice("PUT", f"/alice/dev{slash}", {"bases": MAIN, "volatile": "False", "title": "Work"})
    assert (answer.status_code, answer.json["type"]) == (200, "indexconfig")
    said = alice.result("/alice/dev", "indexconfig")
    assert (said["bases"], said["volatile"], said["title"], said["acl_upload"]) == ([MAIN], False, "Work", ["alice"])
    assert said["projects"] == []
    event = peopled.events()[-1]
    assert (event.kind, event.actor, event.index_name) == ("index.created", "alice", "alice/dev")


def test_an_index_is_volatile_and_public_unless_it_says_otherwise(alice):
    alice("PUT", "/alice/dev", {})
    said = alice.result("/alice/dev", "indexconfig")
    assert (said["type"], said["volatile"], said["visibility"], said["bases"]) == ("stage", True, "public", [])


def test_who_creates_an_index_uploads_to_it_and_manages_it(alice, peopled):
    alice("PUT", "/alice/dev", {})
    peopled.upload(builders.wheel("foo", "1.0"), by="alice", index="alice/dev")
    assert alice("PATCH", "/alice/dev", {"title": "New"}).json["result"]["title"] == "New"


@pytest.mark.parametrize("full_name", ["bob/dev", "team/dev", "root/dev"])
def test_an_index_of_another_owner_is_not_created(alice, full_name):
    assert alice("PUT", f"/{full_name}", {}).status_code == 403


def test_where_users_may_not_create_indexes_they_do_not(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "other", user_indexes="refuse") as made:
        assert Client(made, "reader")("PUT", "/reader/dev", {}).status_code == 403


def test_the_visibility_of_new_indexes_is_a_setting_and_a_key(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "other", devpi_visibility="private") as made:
        client = Client(made, "reader")
        assert client("PUT", "/reader/a", {}).json["result"]["visibility"] == "private"
        assert (
            client("PUT", "/reader/b", {"visibility": "authenticated"}).json["result"]["visibility"] == "authenticated"
        )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"bases": "no/such"}, "base index 'no/such' does not exist"),
        ({"bases": SECRET}, f"base index '{SECRET}' does not exist"),
        ({"foo": "bar"}, "indexconfig got unexpected keyword arguments: foo=bar"),
        ({"mirror_url": "http://example.org"}, "unexpected keyword arguments: mirror_url"),
        ({"volatile": "perhaps"}, "True or False"),
        ({"type": "heap"}, "stage or mirror"),
        ({"visibility": "dark"}, "public"),
        ({"acl_toxresult_upload": "alice"}, ":AUTHENTICATED:"),
        ("text", "object"),
    ],
)
def test_what_is_no_setting_is_refused_and_nothing_is_made(alice, body, said):
    answer = alice("PUT", "/alice/dev", body)
    assert (answer.status_code, said in answer.json["message"]) == (400, True), answer.text
    assert alice("GET", "/alice/dev").status_code == 404


def test_an_index_that_is_there_is_not_created_again(alice):
    alice("PUT", "/alice/dev", {})
    assert alice("PUT", "/alice/dev", {}).status_code == 409


def test_settings_are_set_added_to_taken_from_and_dropped(alice):
    alice("PUT", "/alice/base", {})
    alice("PUT", "/alice/dev", {"title": "Work", "bases": MAIN})
    answer = alice("PATCH", "/alice/dev", ["volatile=False", "bases+=alice/base", "acl_upload+=reader", "title-="])
    assert answer.status_code == 200, answer.text
    said = alice.result("/alice/dev", "indexconfig")
    assert (said["volatile"], said["bases"], said["acl_upload"]) == (False, [MAIN, "alice/base"], ["alice", "reader"])
    assert "title" not in said
    said = alice("PATCH", "/alice/dev", [f"bases-={MAIN}", "acl_upload=:ANONYMOUS:"]).json["result"]
    assert (said["bases"], said["acl_upload"]) == (["alice/base"], [":ANONYMOUS:"])
    assert alice("PATCH", "/alice/dev", ["bases="]).json["result"]["bases"] == []


def test_what_was_read_is_sent_back_with_a_change(alice):
    alice("PUT", "/alice/dev", {"bases": MAIN})
    said = alice.result("/alice/dev", "indexconfig")
    changed = alice("PATCH", "/alice/dev", said | {"description": "For work"}).json["result"]
    assert changed == {key: value for key, value in said.items() if key != "projects"} | {"description": "For work"}


def test_a_change_is_one_event_and_none_where_nothing_changes(alice, peopled):
    alice("PUT", "/alice/dev", {})
    before = peopled.serial()
    for _ in range(2):
        alice("PATCH", "/alice/dev", ["volatile=False", "title=Work", "acl_upload+=reader"])
    assert peopled.serial() == before + 1


def test_an_uploader_uploads_and_removes_and_no_more(alice, peopled):
    alice("PUT", "/alice/dev", {"acl_upload": "reader", "visibility": "private"})
    peopled.upload(builders.wheel("foo", "1.0"), by="alice", index="alice/dev")
    peopled.upload(builders.wheel("foo", "2.0"), by="reader", index="alice/dev")
    client = Client(peopled, "reader")
    assert client.result("/alice/dev", "indexconfig")["projects"] == ["foo"]
    assert client("PATCH", "/alice/dev", {"title": "Mine"}).status_code == 403
    assert client("DELETE", "/alice/dev/foo/1.0").status_code == 200
    alice("PATCH", "/alice/dev", ["acl_upload-=reader"])
    assert client("GET", "/alice/dev").status_code == 404


@pytest.mark.parametrize("name", ["nobody-of-this-name", ":no-such-group"])
def test_rights_are_given_to_those_that_there_are(alice, name):
    assert alice("PUT", "/alice/dev", {"acl_upload": name}).status_code == 404
    assert alice("GET", "/alice/dev").status_code == 404


def test_loops_are_refused(alice):
    alice("PUT", "/alice/a", {})
    alice("PUT", "/alice/b", {"bases": "alice/a"})
    assert alice("PATCH", "/alice/a", ["bases=alice/b"]).status_code == 409


def test_an_index_that_is_a_base_or_not_volatile_is_not_deleted(alice, peopled):
    alice("PUT", "/alice/a", {"volatile": "False"})
    alice("PUT", "/alice/b", {"bases": "alice/a"})
    peopled.upload(builders.wheel("foo", "1.0"), by="alice", index="alice/a")
    assert alice("DELETE", "/alice/a").status_code == 403
    assert alice("DELETE", "/alice/b").status_code == 201
    assert alice("DELETE", "/alice/a").status_code == 403
    alice("PATCH", "/alice/a", ["volatile=True"])
    assert alice("DELETE", "/alice/a").status_code == 201
    assert alice("DELETE", "/alice/a").status_code == 404


def test_a_mirror_says_so_and_names_no_address_for_uploads(peopled):
    admin = Client(peopled, "admin")
    assert admin("PUT", "/root/other", {"type": "mirror", "volatile": "False"}).status_code == 200
    assert admin.result("/root/other?no_projects=", "indexconfig")["type"] == "mirror"
    assert "pypisubmit" not in admin.result("/root/other/+api", "apiconfig")


@pytest.mark.parametrize("name", ["", "stranger"])
def test_nobody_else_changes_or_deletes_an_index(peopled, name):
    client = Client(peopled, name)
    for method, body in (("PATCH", {"title": "x"}), ("DELETE", None)):
        assert client(method, f"/{MAIN}", body).status_code == (403 if name else 401)
        assert client(method, f"/{SECRET}", body).status_code == (404 if name else 401)
