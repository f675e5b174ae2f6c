"""What the devpi client reads: where things are, users, indexes, projects, releases, files."""

from urllib.parse import urlsplit

import pytest

from tests.protocols.devpi.asked import Client
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET

SPELLINGS = ("", "/")


@pytest.mark.parametrize("slash", SPELLINGS)
@pytest.mark.parametrize("below", ["", "/alice", "/nobody"])
def test_the_server_says_where_to_log_in(peopled, below, slash):
    said = Client(peopled).result(f"{below}/+api{slash}", "apiconfig")
    assert said["login"] == "http://localhost/+login"
    assert said["authstatus"] == ["noauth", "", []]
    assert {"push-no-docs", "push-only-docs", "server-keyvalue-parsing"} <= set(said["features"])
    assert "index" not in said


def test_an_index_says_where_it_is_read_and_uploaded_to(peopled):
    said = Client(peopled).result(f"/{MAIN}/+api", "apiconfig")
    assert said["index"] == f"http://localhost/{MAIN}"
    assert said["pypisubmit"] == f"http://localhost/{MAIN}/"
    assert Client(peopled)("GET", urlsplit(said["simpleindex"]).path, Accept="text/html").status_code == 200


def test_every_link_begins_as_the_address_of_the_index_does_under_a_prefix_too(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    client = peopled.client()
    headers = Client(peopled).headers
    for base in ("http://localhost", "https://packages.example/mypi"):
        address = client.get(f"/{MAIN}/+api", headers=headers, base_url=base).json["result"]["index"]
        listed = client.get(f"/{MAIN}/foo/", headers=headers, base_url=base).json["result"]
        (link,) = listed["1.0"]["+links"]
        assert address == f"{base}/{MAIN}"
        assert link["href"].startswith(f"{address}/")


@pytest.mark.parametrize("slash", SPELLINGS)
def test_users_are_those_whose_indexes_one_may_read_and_oneself(peopled, slash):
    nobody = Client(peopled).result("/", "list:userconfig")
    assert {name: sorted(said["indexes"]) for name, said in nobody.items()} == {
        "root": ["pypi"],
        "team": ["main", "scratch"],
    }
    assert sorted(Client(peopled).result(f"/team{slash}", "userconfig")["indexes"]) == ["main", "scratch"]
    assert Client(peopled)("GET", f"/reader{slash}").status_code == 404
    assert Client(peopled)("GET", f"/there-is-none{slash}").status_code == 404


def test_each_index_in_a_list_says_whether_it_is_volatile(peopled):
    team = Client(peopled).result("/", "list:userconfig")["team"]
    assert {name: index["volatile"] for name, index in team["indexes"].items()} == {"main": False, "scratch": True}


@pytest.mark.parametrize("slash", SPELLINGS)
def test_an_index_lists_its_projects_unless_they_are_not_wanted(peopled, slash):
    peopled.upload(builders.wheel("Foo.Bar", "1.0"))
    said = Client(peopled).result(f"/{MAIN}{slash}", "indexconfig")
    assert (said["type"], said["volatile"], said["projects"]) == ("stage", False, ["Foo.Bar"])
    assert all(isinstance(word, str) for value in said.values() if isinstance(value, list) for word in value)
    assert "projects" not in Client(peopled).result(f"/{MAIN}{slash}?no_projects=", "indexconfig")


@pytest.mark.parametrize("slash", SPELLINGS)
@pytest.mark.parametrize("spelling", ["foo-bar", "Foo.Bar", "FOO__bar"])
def test_a_project_is_its_releases_by_version(peopled, slash, spelling):
    wheel = builders.wheel("Foo.Bar", "1.0", summary="one", requires_dist=["a", "b"])
    peopled.upload(wheel)
    peopled.upload(builders.wheel("Foo.Bar", "2.0rc1"))
    said = Client(peopled).result(f"/{MAIN}/{spelling}{slash}?ignore_bases=", "projectconfig")
    assert list(said) == ["2.0rc1", "1.0"]
    assert (said["1.0"]["name"], said["1.0"]["summary"], said["1.0"]["version"]) == ("Foo.Bar", "one", "1.0")
    (link,) = said["1.0"]["+links"]
    assert link["rel"] == "releasefile"
    assert link["hash_spec"] == f"sha256={link['hashes']['sha256']}"
    assert Client(peopled)("GET", urlsplit(link["href"]).path, Accept="*/*").data == wheel[1]


def test_a_release_is_read_by_its_own_address(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    client = Client(peopled)
    assert client.result(f"/{MAIN}/foo/1", "versiondata") == client.result(f"/{MAIN}/foo", "projectconfig")["1.0"]


@pytest.mark.parametrize("path", ["bar", "bar/1.0", "foo/2.0", "foo/not a version"])
def test_what_is_not_there_is_told_in_json(peopled, path):
    peopled.upload(builders.wheel("foo", "1.0"))
    answer = Client(peopled)("GET", f"/{MAIN}/{path}")
    assert (answer.status_code, answer.content_type) == (404, "application/json")
    assert answer.json["message"]


@pytest.mark.parametrize("path", ["", "/", "/+api", "/foo", "/foo/1.0"])
def test_what_one_may_not_read_looks_like_what_is_not_there(peopled, path):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    for name, status in (("", 403), ("stranger", 404)):
        there = Client(peopled, name)("GET", f"/{SECRET}{path}")
        absent = Client(peopled, name)("GET", f"/team/absent{path}")
        assert (there.status_code, there.json["message"].replace("secret", "absent")) == (
            status,
            absent.json["message"],
        )
        assert absent.status_code == status


def test_names_of_accounts_are_told_to_nobody_who_is_not_logged_in(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), by="uploader", index=INSIDE)
    peopled.upload(builders.wheel("foo", "1.0"), by="uploader")
    client = Client(peopled)
    for url in ("/", "/team", f"/{MAIN}", f"/{MAIN}/foo", f"/{MAIN}/foo/1.0"):
        assert "uploader" not in client("GET", url).text


def test_pages_for_people_are_still_there_at_the_same_addresses(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    for url in ("/", f"/{MAIN}/", f"/{MAIN}/foo/", f"/{MAIN}/foo/1.0/"):
        for accept in ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "*/*", ""):
            answer = peopled.client().get(url, headers={"Accept": accept})
            assert answer.content_type == "text/html; charset=utf-8", (url, accept)
            assert "X-DEVPI-API-VERSION" not in answer.headers


def test_what_begins_with_a_plus_sign_is_no_project(peopled):
    for path in ("+simple/", "+rss/updates.xml", "+whatever"):
        answer = Client(peopled)("GET", f"/{MAIN}/{path}")
        assert "X-DEVPI-API-VERSION" in answer.headers  # by the client's name alone
        assert (answer.json or {}).get("type") is None


def test_the_status_tells_nothing_of_the_machine(peopled):
    assert list(Client(peopled).result("/+status", "status")) == ["versioninfo"]


def test_an_index_lists_what_its_bases_have_and_says_what_is_hidden(peopled):
    manager = Client(peopled, "manager")
    assert manager("PUT", "/manager/dev", {"bases": f"root/pypi,{MAIN}"}).status_code == 200
    peopled.upload(builders.wheel("foo", "1.0", summary="of the base"))
    peopled.upload(builders.wheel("foo", "2.0"))
    peopled.upload(builders.wheel("foo", "1.0", summary="nearer"), index="manager/dev")
    client = Client(peopled)
    said = client.result("/manager/dev/foo/", "projectconfig")
    assert list(said) == ["2.0", "1.0"]
    assert said["1.0"]["summary"] == "nearer"
    assert [one["summary"] for one in said["1.0"]["+shadowing"]] == ["of the base"]
    assert "+shadowing" not in said["2.0"]
    for release in said.values():
        (link,) = release["+links"]
        assert link["href"].startswith("http://localhost/manager/dev/+f/")
        assert peopled.client().get(urlsplit(link["href"]).path).status_code == 200
    assert list(client.result("/manager/dev/foo/?ignore_bases=", "projectconfig")) == ["1.0"]
    assert client.result("/manager/dev", "indexconfig")["projects"] == ["foo"]
    assert client("GET", "/manager/dev/bar").status_code == 404
