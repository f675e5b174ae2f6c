"""`devpi push`: a release is shown in another index, with its documentation and the results of its tests."""

import io
import zipfile
from urllib.parse import urlsplit

import pytest

from tests.protocols.devpi.asked import Client
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, SECRET

PUSHED = {"name": "foo", "version": "1.0", "targetindex": SCRATCH}


def pages(text: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        packed.writestr(zipfile.ZipInfo("index.html"), text)
    return body.getvalue()


@pytest.fixture
def pushing(peopled):
    """The client of someone who uploads everywhere; in the source there is a release with all that can be of one."""
    peopled.upload(builders.wheel("foo", "1.0"))
    peopled.upload(builders.sdist("foo", "1.0"))
    form = {":action": "doc_upload", "name": "foo", "version": "1.0", "content": (io.BytesIO(pages("docs")), "foo.zip")}
    assert peopled.client("manager").post(f"/{MAIN}/", data=form).status_code == 200
    client = Client(peopled, "manager")
    for link in client.result(f"/{MAIN}/foo", "projectconfig")["1.0"]["+links"]:
        if link["rel"] == "releasefile":
            assert client("POST", urlsplit(link["href"]).path, {"testenvs": {}}).status_code == 200
    return client


def rels(client: Client, index: str) -> list[str]:
    said = client.result(f"/{index}/foo", "projectconfig")
    return sorted(link["rel"] for link in said["1.0"]["+links"])


@pytest.mark.parametrize("method", ["PUSH", "POST"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_release_is_shown_with_all_that_belongs_to_it(pushing, peopled, method, slash):
    answer = pushing(method, f"/{MAIN}{slash}", PUSHED)
    assert (answer.status_code, answer.json["type"]) == (200, "actionlog")
    assert all(row[0] == 200 for row in answer.json["result"])
    words = [row[1] for row in answer.json["result"]]
    assert sorted(words) == ["register", *["store_doczip"], *["store_releasefile"] * 2, *["store_toxresult"] * 2]
    assert rels(pushing, SCRATCH) == ["doczip", *["releasefile"] * 2, *["toxresult"] * 2]
    here, there = peopled.page("foo"), peopled.page("foo", SCRATCH)
    same = ("filename", "hashes", "size", "upload-time", "requires-python", "core-metadata")
    assert [{key: file.get(key) for key in same} for file in here["files"]] == [
        {key: file.get(key) for key in same} for file in there["files"]
    ]
    assert peopled.client().get(f"/{SCRATCH}/+doc/foo/1.0/").data == b"docs"
    event = peopled.events()[-1]
    assert (event.kind, event.index_name, event.project, event.details["source"]) == (
        "release.promoted",
        SCRATCH,
        "foo",
        MAIN,
    )


def test_every_file_is_read_below_the_target(pushing, peopled):
    pushing("PUSH", f"/{MAIN}", PUSHED)
    for link in pushing.result(f"/{SCRATCH}/foo", "projectconfig")["1.0"]["+links"]:
        assert urlsplit(link["href"]).path.startswith(f"/{SCRATCH}/")
        assert peopled.client().get(urlsplit(link["href"]).path).status_code == 200


def test_without_documentation_or_nothing_else(pushing, peopled):
    pushing("PUSH", f"/{MAIN}", PUSHED | {"no_docs": True})
    assert "doczip" not in rels(pushing, SCRATCH)
    pushing("PUSH", f"/{MAIN}", PUSHED | {"only_docs": True})
    assert rels(pushing, SCRATCH).count("doczip") == 1


def test_only_documentation_is_shown_where_that_is_wanted(pushing, peopled):
    pushing("PUSH", f"/{MAIN}", PUSHED | {"only_docs": True})
    assert rels(pushing, SCRATCH) == ["doczip"]
    assert peopled.page("foo", SCRATCH)["files"] == []


def test_the_same_again_changes_nothing(pushing, peopled):
    pushing("PUSH", f"/{MAIN}", PUSHED)
    before = peopled.serial()
    again = pushing("PUSH", f"/{MAIN}", PUSHED)
    assert (again.status_code, [row[1] for row in again.json["result"]]) == (200, ["register"])
    assert peopled.serial() == before


def test_other_bytes_in_the_target_refuse_the_whole_release(pushing, peopled):
    peopled.upload(builders.wheel("foo", "1.0", summary="other"), index=SECRET)
    before = peopled.serial()
    answer = pushing("PUSH", f"/{MAIN}", PUSHED | {"targetindex": SECRET})
    assert (answer.status_code, "already exists" in answer.json["message"]) == (409, True)
    assert peopled.serial() == before
    assert len(peopled.page("foo", SECRET)["files"]) == 1


def test_what_was_deleted_from_the_target_may_come_back_as_it_was(pushing, peopled):
    pushing("PUSH", f"/{MAIN}", PUSHED | {"targetindex": SECRET})
    assert pushing("DELETE", f"/{SECRET}/foo/1.0?force=").status_code == 200
    assert pushing("PUSH", f"/{MAIN}", PUSHED | {"targetindex": SECRET}).status_code == 200
    assert len(peopled.page("foo", SECRET)["files"]) == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (PUSHED | {"version": "2.0"}, 404),
        (PUSHED | {"name": "bar"}, 404),
        (PUSHED | {"targetindex": "no/such"}, 404),
        (PUSHED | {"targetindex": "no-slash"}, 400),
        (PUSHED | {"colour": "red"}, 400),
        ({"name": "foo"}, 400),
        (PUSHED | {"posturl": "http://127.0.0.1/", "username": "u", "password": "p-secret"}, 403),
    ],
)
def test_what_cannot_be_pushed_is_refused_with_its_reason(pushing, peopled, body, status):
    before = peopled.serial()
    answer = pushing("PUSH", f"/{MAIN}", body)
    assert (answer.status_code, answer.content_type) == (status, "application/json")
    assert "p-secret" not in answer.text
    assert peopled.serial() == before


@pytest.mark.parametrize(
    ("name", "target", "status"), [("", SCRATCH, 401), ("reader", SCRATCH, 403), ("stranger", SECRET, 404)]
)
def test_nobody_pushes_who_may_not_upload_to_the_target(pushing, peopled, name, target, status):
    answer = Client(peopled, name)("PUSH", f"/{MAIN}", PUSHED | {"targetindex": target})
    assert answer.status_code == status
    assert "Location" not in answer.headers


def test_nobody_pushes_what_they_may_not_read(pushing, peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    answer = Client(peopled, "stranger")("PUSH", f"/{SECRET}", PUSHED)
    assert answer.status_code == 404


def test_a_file_of_another_project_is_not_replaced_because_its_name_reads_both_ways(peopled):
    # foo-2-2.tar.gz is foo 2-2 as well as foo-2 2.
    theirs = builders.sdist("foo-2", "2", filename="foo-2-2.tar.gz", folder="foo-2-2")
    mine = builders.sdist("foo", "2-2", filename="foo-2-2.tar.gz", folder="foo-2-2")
    assert peopled.upload(theirs, index=SCRATCH)
    assert peopled.upload(mine)
    answer = Client(peopled, "manager")("PUSH", f"/{MAIN}", PUSHED | {"version": "2-2"})
    assert (answer.status_code, answer.json["error"]) == (409, "file-exists")
    assert [file["filename"] for file in peopled.page("foo-2", SCRATCH)["files"]] == ["foo-2-2.tar.gz"]


def test_what_is_replaced_in_a_volatile_index_is_served_no_more_and_told_of(peopled):
    peopled.upload(builders.wheel("foo", "1.0", summary="older"), index=SCRATCH)
    peopled.upload(builders.wheel("foo", "1.0", summary="newer"))
    (before,), (after,) = (peopled.page("foo", index)["files"] for index in (SCRATCH, MAIN))
    assert Client(peopled, "manager")("PUSH", f"/{MAIN}", PUSHED).status_code == 200
    (now,) = peopled.page("foo", SCRATCH)["files"]
    assert now["hashes"] == after["hashes"]
    assert peopled.events()[-1].details["files"] == [[before["filename"], before["hashes"]["sha256"]]]
    sha256 = before["hashes"]["sha256"]
    gone = peopled.client().get(f"/{SCRATCH}/+f/{sha256[:3]}/{sha256[3:16]}/{before['filename']}")
    assert gone.status_code == 404
