"""`devpi remove`: projects, releases and files are deleted, from an index that is not volatile only by force."""

from urllib.parse import urlsplit

import pytest

from tests.protocols.devpi.asked import Client
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, SECRET


def url_of_file(client: Client, index: str) -> str:
    (link,) = client.result(f"/{index}/foo/", "projectconfig")["1.0"]["+links"]
    return urlsplit(link["href"]).path


@pytest.fixture(params=["project", "project/", "release", "file"])
def removed(request, peopled):
    """A path below an index that is deleted."""

    def path(index: str) -> str:
        if request.param == "file":
            return url_of_file(Client(peopled, "manager"), index)
        return f"/{index}/" + {"project": "foo", "project/": "foo/", "release": "foo/1.0"}[request.param]

    return path


def test_what_is_in_a_volatile_index_is_deleted(peopled, removed):
    peopled.upload(builders.wheel("foo", "1.0"), index=SCRATCH)
    answer = Client(peopled, "deleter")("DELETE", removed(SCRATCH))
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json["message"]
    page = peopled.page("foo", SCRATCH)
    assert page is None or page["files"] == []


def test_what_is_in_another_index_is_deleted_by_force_only(peopled, removed):
    peopled.upload(builders.wheel("foo", "1.0"))
    client, url = Client(peopled, "deleter"), removed(MAIN)
    refused = client("DELETE", url)
    assert (refused.status_code, "cannot delete" in refused.json["message"]) == (403, True)
    assert len(peopled.page("foo")["files"]) == 1
    assert client("DELETE", f"{url}?force=").status_code == 200
    assert client("DELETE", f"{url}?force=").status_code in {404, 410}


@pytest.mark.parametrize(("name", "status"), [("", 401), ("reader", 403), ("uploader", 403), ("stranger", 403)])
def test_nobody_without_the_right_deletes(peopled, removed, name, status):
    peopled.upload(builders.wheel("foo", "1.0"), index=SCRATCH)
    url = removed(SCRATCH)
    assert Client(peopled, name)("DELETE", url).status_code == status
    assert len(peopled.page("foo", SCRATCH)["files"]) == 1


def test_what_one_may_not_read_looks_like_what_is_not_there(peopled, removed):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    client, url = Client(peopled, "stranger"), removed(SECRET)
    there, absent = client("DELETE", url), client("DELETE", url.replace("secret", "absent"))
    assert (there.status_code, absent.status_code) == (404, 404)
    assert there.json["message"].replace("secret", "absent") == absent.json["message"]


def test_a_file_that_was_deleted_before_is_gone(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    client = Client(peopled, "deleter")
    url = url_of_file(client, MAIN)
    assert client("DELETE", f"{url}?force=").status_code == 200
    assert client("DELETE", f"{url}?force=").status_code == 410
