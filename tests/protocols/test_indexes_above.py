"""An index above others, by each of its URLs: what it shows of its bases is its own to whoever asks."""

import json

import pytest

from mypi.registry import deleting, indexing, project_search
from mypi.registry.indexes import IndexKind, Visibility
from tests.support import builders
from tests.support.peopled import MAIN, SECRET, form

DEV = "alice/dev"
WHEEL = builders.wheel("foo", "1.0", summary="from below")
SIMPLE = {"Accept": "application/vnd.pypi.simple.v1+json"}


@pytest.fixture
def above(peopled):
    """Return the installation with a public index above a private one, in which a file is."""
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, DEV, Visibility.PUBLIC, base_names=[SECRET])
    peopled.upload(WHEEL, index=SECRET)
    return peopled


def page(client, path):
    answered = client.get(path, headers=SIMPLE)
    return json.loads(answered.data) if answered.status_code == 200 else answered.status_code


def test_who_reads_an_index_reads_its_bases_through_it_and_only_through_it(above):
    client = above.client()
    (file,) = page(client, f"/{DEV}/+simple/foo/")["files"]
    below = file["url"].removeprefix("../../")
    assert client.get(f"/{DEV}/{below}").data == WHEEL[1]
    assert client.get(f"/{DEV}/{below}.metadata").status_code == 200
    assert [project["name"] for project in page(client, f"/{DEV}/+simple/")["projects"]] == ["foo"]
    assert client.get(f"/{SECRET}/{below}").status_code == 401
    assert client.get(f"/{SECRET}/+simple/foo/").status_code == 401
    assert page(client, "/simple/foo/") == 404


def test_an_upload_to_an_index_goes_to_itself_and_comes_before_its_bases(above):
    another = builders.wheel("foo", "1.0", summary="from above")
    assert above.client("admin").post(f"/{DEV}/", data=form(another)).status_code == 200
    (file,) = page(above.client(), f"/{DEV}/+simple/foo/")["files"]
    below = file["url"].removeprefix("../../")
    assert above.client().get(f"/{DEV}/{below}").data == another[1]
    (kept,) = page(above.client("admin"), f"/{SECRET}/+simple/foo/")["files"]
    assert above.client("admin").get(f"/{SECRET}/{kept['url'].removeprefix('../../')}").data == WHEEL[1]
    hidden = kept["url"].removeprefix("../../")
    assert above.client().get(f"/{DEV}/{hidden}").status_code == 404


def test_a_file_that_was_deleted_below_is_gone_above(above):
    (file,) = page(above.client(), f"/{DEV}/+simple/foo/")["files"]
    deleting.delete_file(above.registry, above.actor("shell"), above.index(SECRET), "foo", WHEEL[0])
    assert above.client().get(f"/{DEV}/{file['url'].removeprefix('../../')}").status_code == 410


@pytest.mark.parametrize(
    "path", ["/+simple/", "/+simple/foo/", "/", "/+f/abc/0123456789abc/foo-1.0.tar.gz", "/pypi/foo/json"]
)
@pytest.mark.parametrize("visibility", Visibility)
def test_all_that_is_read_of_a_mirror_is_unavailable_to_who_may_read_it(peopled, path, visibility):
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "root/other", visibility, kind=IndexKind.MIRROR)
    answered = peopled.client("admin").get(f"/root/other{path}")
    assert (answered.status_code, "no upstream configured" in answered.text) == (503, True)
    asked_to_log_in = 302 if path == "/" else 401
    anonymous = 503 if visibility is Visibility.PUBLIC else asked_to_log_in
    assert peopled.client().get(f"/root/other{path}").status_code == anonymous


def test_a_mirror_below_adds_nothing_and_stands_in_nobodys_way(peopled):
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "root/other", Visibility.PUBLIC, kind=IndexKind.MIRROR)
    indexing.create_index(peopled.registry, shell, DEV, Visibility.PUBLIC, base_names=["root/other", MAIN])
    peopled.upload(WHEEL)
    assert len(page(peopled.client(), f"/{DEV}/+simple/foo/")["files"]) == 1
    assert page(peopled.client(), f"/{DEV}/+simple/bar/") == 404


def described(client, path):
    answered = client.get(path)
    assert answered.status_code == 200
    return json.loads(answered.data)


def test_the_json_api_tells_of_all_that_an_index_shows(above):
    above.upload(builders.wheel("foo", "2.0"), by="shell", index=DEV)
    another = builders.wheel("foo", "1.0", summary="nearer")
    above.upload(another, by="shell", index=DEV)
    above.upload(builders.sdist("foo", "1.0.0", summary="other spelling"), by="shell", index=SECRET)
    told = described(above.client(), f"/{DEV}/pypi/foo/json")
    assert (told["info"]["version"], set(told["releases"])) == ("2.0", {"1.0", "2.0"})
    assert told["last_serial"] == above.serial()
    old = described(above.client(), f"/{DEV}/pypi/foo/1.0/json")
    assert {file["filename"] for file in old["urls"]} == {another[0], "foo-1.0.0.tar.gz"}
    (wheel,) = [file for file in old["urls"] if file["filename"] == another[0]]
    assert above.client().get(wheel["url"]).data == another[1]
    assert old["info"]["summary"] == "nearer"
    assert set(described(above.client("admin"), f"/{SECRET}/pypi/foo/json")["releases"]) == {"1.0"}


def test_the_page_for_people_shows_it_too_and_names_no_index_that_one_may_not_know(above):
    shown = above.client().get(f"/{DEV}/foo/")
    assert (shown.status_code, WHEEL[0] in shown.text, "another index" in shown.text) == (200, True, True)
    assert SECRET not in shown.text
    assert f"From {SECRET}" in above.client("admin").get(f"/{DEV}/foo/").text
    assert 'id="govern"' not in above.client("admin").get(f"/{DEV}/foo/").text


def test_lists_for_people_and_searches_show_what_is_below_once_and_as_its_own(above):
    above.upload(builders.wheel("foo", "2.0", summary="nearer words"), by="shell", index=DEV)
    above.upload(builders.wheel("bar", "1.0", summary="from below"), index=SECRET)
    anonymous = above.client()
    shown = anonymous.get(f"/{DEV}/").text
    assert (shown.count("nearer words"), shown.count("from below")) == (1, 1)
    assert SECRET not in shown
    assert "foo" not in anonymous.get(f"/{DEV}/?q=bar").text.partition("<main")[2].partition("</form>")[2]
    assert anonymous.get(f"/{DEV}/bar/").status_code == 200
    assert f"{SECRET}/" in above.client("admin").get(f"/{DEV}/").text
    with above.app.app_context():
        found = project_search.search(above.actor(""), DEV, {"summary": ["from"]}, every=True)
    assert [(project.display_name, project.newest_version) for project in found] == [("bar", "1.0")]
