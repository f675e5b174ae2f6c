"""Who may read what through the Simple API: lists, pages, files, and the metadata beside them, alike."""

import pytest

from mypi.registry import accounts
from tests.protocols.simple_pages import JSON, as_json
from tests.support import builders
from tests.support.peopled import HOLDERS, INSIDE, MAIN, SECRET

EVERYBODY = ("", "stranger", *HOLDERS, "patterned", "member", "admin")
READERS = {
    MAIN: set(EVERYBODY),
    INSIDE: set(EVERYBODY) - {""},
    SECRET: {"reader", "manager", "patterned", "member", "admin"},
}


@pytest.fixture(params=[MAIN, INSIDE, SECRET])
def urls(request, peopled):
    """The index, and the URLs of what is there of the project foo-a."""
    index = request.param
    peopled.upload(builders.wheel("foo-a", "1.0"), index=index)
    peopled.upload(builders.wheel("other", "1.0"), index=index)
    page = f"/{index}/+simple/foo-a/"
    file = peopled.page("foo-a", index)["files"][0]["url"].replace("../../", f"/{index}/")
    return index, [page, page.rstrip("/"), file, f"{file}.metadata"]


def test_page_file_and_metadata_are_for_the_same_people(peopled, urls):
    index, paths = urls
    for name in EVERYBODY:
        expected = {200, 301} if name in READERS[index] else {401 if name == "" else 404}
        client = peopled.client(name)
        for path in (path for path in paths if path.endswith("/") or "." in path):
            assert client.get(path).status_code in expected, (name, path)
            assert client.head(path).status_code in expected, (name, path)


def test_a_list_names_what_its_reader_may_read(peopled, urls):
    index, _ = urls
    for name in sorted(READERS[index]):
        listed = as_json(peopled.client(name), f"/{index}/+simple/")
        names = [project["name"] for project in listed["projects"]]
        assert names == (["foo-a"] if (name, index) == ("patterned", SECRET) else ["foo-a", "other"])
    for name in set(EVERYBODY) - READERS[index]:
        assert peopled.client(name).get(f"/{index}/+simple/").status_code == (401 if name == "" else 404)


def test_a_partial_list_is_private_and_has_tag_and_serial(peopled):
    for name in ("foo-a", "other"):
        peopled.upload(builders.wheel(name, "1.0"), index=SECRET)
    client = peopled.client("patterned")
    answer = client.get(f"/{SECRET}/+simple/", headers={"Accept": JSON})
    assert answer.headers["Cache-Control"] == "private, max-age=0"
    assert "Authorization" in answer.headers["Vary"]
    assert int(answer.headers["X-PyPI-Last-Serial"]) == answer.json["meta"]["_last-serial"] == peopled.serial() - 1
    headers = {"Accept": JSON, "If-None-Match": answer.headers["ETag"]}
    assert client.get(f"/{SECRET}/+simple/", headers=headers).status_code == 304


def shape(answer):
    """Return what can be seen of an answer, without what was asked for and when."""
    return answer.status_code, {key: value for key, value in answer.headers.items() if key != "Content-Length"}


@pytest.mark.parametrize("name", ["", "stranger", "uploader", "yanker"])
def test_an_index_that_one_may_not_read_answers_like_one_that_is_not_there(peopled, name):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    file = peopled.page("foo", SECRET)["files"][0]["url"].replace("../../", "/")
    for path in ("/+simple/", "/+simple/foo/", "/+simple/nothing/", file, f"{file}.metadata"):
        hidden, missing = (peopled.client(name).get(f"/{index}{path}") for index in (SECRET, "team/nowhere"))
        assert shape(hidden) == shape(missing)
        assert hidden.text.replace(SECRET, "") == missing.text.replace("team/nowhere", "")


def test_a_project_that_one_may_not_read_answers_like_one_that_is_not_there(peopled):
    peopled.upload(builders.wheel("other", "1.0"), index=SECRET)
    client = peopled.client("patterned")
    hidden, missing = (client.get(f"/{SECRET}/+simple/{name}/") for name in ("other", "nothing"))
    assert shape(hidden) == shape(missing)
    assert hidden.text.replace("other", "") == missing.text.replace("nothing", "")
    file = peopled.page("other", SECRET)["files"][0]["url"].replace("../../", f"/{SECRET}/")
    absent = file.replace("other-1.0", "never-1.0")
    for suffix in ("", ".metadata"):
        hidden, missing = client.get(file + suffix), client.get(absent + suffix)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text.replace("other-1.0", "") == missing.text.replace("never-1.0", "")


def test_who_leaves_a_group_reads_no_more_with_the_very_next_request(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    client = peopled.client("member")
    file = peopled.page("foo", SECRET)["files"][0]["url"].replace("../../", f"/{SECRET}/")
    paths = (f"/{SECRET}/+simple/", f"/{SECRET}/+simple/foo/", file, f"{file}.metadata")
    assert [client.get(path).status_code for path in paths] == [200] * 4
    accounts.set_membership(peopled.registry, peopled.actor("shell"), "crew", "member", member=False)
    assert [client.get(path).status_code for path in paths] == [404] * 4


def test_a_deleted_user_and_a_changed_password_count_at_once(peopled):
    client, shell = peopled.client("reader"), peopled.actor("shell")
    assert client.get(f"/{SECRET}/+simple/").status_code == 200
    accounts.set_password(peopled.registry, shell, "reader", "another long password")
    assert client.get(f"/{SECRET}/+simple/").status_code == 401
    again = peopled.client("reader", "another long password")
    assert again.get(f"/{SECRET}/+simple/").status_code == 200
    accounts.delete_user(peopled.registry, shell, "reader")
    assert again.get(f"/{SECRET}/+simple/").status_code == 401
