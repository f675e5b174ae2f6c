"""What Simple pages say and how their files are served, on a public, an authenticated and a private index."""

import gzip
import hashlib
import re
import zipfile
from io import BytesIO
from urllib.parse import urljoin

import pytest

from mypi.registry import deleting, project_statuses, registering, yanking
from mypi.registry.files import File
from mypi.standards.project_status import ProjectStatus
from tests.protocols.simple_pages import Page, as_html, as_json
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET, Peopled

PLACES = {"default": ("/simple/", MAIN), "public": (f"/{MAIN}/+simple/", MAIN)} | {
    "authenticated": (f"/{INSIDE}/+simple/", INSIDE),
    "private": (f"/{SECRET}/+simple/", SECRET),
}
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")
REASON = """bad <b>"luck"</b> & 'more' >=2"""


class Place:
    """An index, seen through a client."""

    def __init__(self, peopled: Peopled, url: str, index: str) -> None:
        self.peopled, self.url, self.index = peopled, url, index
        self.client = peopled.client("" if index == MAIN else "reader")

    def upload(self, built):
        self.peopled.upload(built, index=self.index)
        return built

    def json(self, project: str = ""):
        return as_json(self.client, f"{self.url}{project and project + '/'}")

    def html(self, project: str = "") -> Page:
        return as_html(self.client, f"{self.url}{project and project + '/'}")

    def act(self, act, *words, **named):
        return act(self.peopled.registry, self.peopled.actor("shell"), self.peopled.index(self.index), *words, **named)

    def file_url(self, project: str, number: int = 0) -> str:
        return urljoin(f"{self.url}{project}/", self.json(project)["files"][number]["url"])


@pytest.fixture(params=sorted(PLACES))
def place(request, peopled) -> Place:
    return Place(peopled, *PLACES[request.param])


def test_the_list_names_each_project_once_with_a_relative_link(place):
    for name in ("Foo.Bar", "zeta", "alpha"):
        place.upload(builders.wheel(name, "1.0"))
    place.upload(builders.wheel("zeta", "2.0"))
    page = place.html()
    assert page.source.startswith("<!DOCTYPE html>")
    assert [(anchor.text, anchor.href) for anchor in page.anchors] == [
        ("alpha", "alpha/"),
        ("Foo.Bar", "foo-bar/"),
        ("zeta", "zeta/"),
    ]
    assert page.meta["pypi:repository-version"] == "1.4"
    listed = place.json()
    assert listed["meta"]["api-version"] == "1.4"
    assert [project["name"] for project in listed["projects"]] == ["alpha", "Foo.Bar", "zeta"]
    serials = [project["_last-serial"] for project in listed["projects"]]
    assert listed["meta"]["_last-serial"] == max(serials) == place.peopled.serial()
    assert [as_json(place.client, f"{place.url}{anchor.href}")["name"] for anchor in page.anchors] == [
        "alpha",
        "foo-bar",
        "zeta",
    ]


def fill(place: Place) -> list[tuple[str, bytes]]:
    built = [
        builders.sdist("Foo.Bar", "1.0", filename="Foo.Bar-1.0.tar.gz", metadata_version="2.2"),
        builders.wheel("Foo.Bar", "1.0", requires_python=">=3.8,<4"),
        builders.wheel("Foo.Bar", "1!2.0+cu121"),
        builders.egg("Foo.Bar", "0.9"),
        builders.wheel("Foo.Bar", "3.0rc1"),
    ]
    for one in built:
        place.upload(one)
    place.act(yanking.set_release_yanked, "foo-bar", "1.0", yanked=True, reason=REASON)
    place.act(yanking.set_release_yanked, "foo-bar", "3.0rc1", yanked=True)
    return built


def test_a_page_says_of_each_file_what_every_client_needs(place):
    built = dict(fill(place))
    page = place.json("foo-bar")
    assert (page["name"], page["meta"]["api-version"]) == ("foo-bar", "1.4")
    assert page["versions"] == ["0.9", "1.0", "3.0rc1", "1!2.0+cu121"]
    assert {file["filename"] for file in page["files"]} == set(built)
    for file in page["files"]:
        body = built[file["filename"]]
        assert file["hashes"] == {"sha256": hashlib.sha256(body).hexdigest()}
        assert (file["size"], type(file["size"])) == (len(body), int)
        assert TIME.match(file["upload-time"])
        assert file["url"].rpartition("/")[2].replace("%2B", "+") == file["filename"]
        assert "dist-info-metadata" not in file
        assert None not in file.values()
    assert "project-status" not in page or page["project-status"]["status"] == "active"
    assert not {"tracks", "alternate-locations", "namespaces"} & set(page) | set(page["meta"]) - {
        "api-version",
        "_last-serial",
    }


def test_versions_come_in_their_order(place):
    for version in ("1.0.post1", "1.0", "1.0rc1", "1.0+local", "1.0.dev1", "1.0a1", "2!0.1", "0.9"):
        place.upload(builders.wheel("foo", version))
    ordered = ["0.9", "1.0.dev1", "1.0a1", "1.0rc1", "1.0", "1.0+local", "1.0.post1", "2!0.1"]
    assert place.json("foo")["versions"] == ordered
    assert [anchor.text.split("-")[1] for anchor in place.html("foo").anchors] == ordered


def test_html_and_json_say_the_same(place):
    fill(place)
    page, files = place.html("foo-bar"), place.json("foo-bar")["files"]
    assert page.source.startswith("<!DOCTYPE html>")
    assert page.meta["pypi:repository-version"] == "1.4"
    assert len(page.anchors) == len(files) == 5
    for anchor, file in zip(page.anchors, files, strict=True):
        assert anchor.text == file["filename"]
        assert anchor.href == f"{file['url']}#sha256={file['hashes']['sha256']}"
        assert anchor.attributes.get("data-requires-python") == file.get("requires-python")
        yanked = file["yanked"]
        assert anchor.attributes.get("data-yanked", False) == ("" if yanked is True else yanked)
        metadata = file.get("core-metadata")
        assert anchor.attributes.get("data-core-metadata") == (metadata and f"sha256={metadata['sha256']}")
        assert anchor.attributes.get("data-dist-info-metadata") == anchor.attributes.get("data-core-metadata")
    assert "tracks" not in page.source
    assert "alternate-locations" not in page.source


def test_a_reason_of_any_text_comes_out_as_it_went_in_and_without_a_reason_the_attribute_is_empty(place):
    fill(place)
    by_version = {file["filename"]: file["yanked"] for file in place.json("foo-bar")["files"]}
    assert by_version["Foo.Bar-1.0.tar.gz"] == REASON
    assert by_version["foo_bar-3.0rc1-py3-none-any.whl"] is True
    source = place.html("foo-bar").source
    assert 'data-yanked=""' in source
    assert "<b>" not in source


def test_yanking_is_undone_in_both_forms_and_the_file_stays_downloadable(place):
    place.upload(builders.wheel("foo", "1.0"))
    url = place.file_url("foo")
    for yanked in (True, False, True):
        place.act(yanking.set_release_yanked, "foo", "1.0", yanked=yanked)
        assert place.json("foo")["files"][0]["yanked"] is yanked
        assert ("data-yanked" in place.html("foo").anchors[0].attributes) is yanked
        assert place.client.get(url).status_code == 200


def test_a_file_alone_can_be_yanked_and_one_that_comes_to_a_yanked_release_is(place):
    wheel, sdist = builders.wheel("foo", "1.0"), builders.sdist("foo", "1.0")
    place.upload(wheel)
    place.act(yanking.set_file_yanked, "foo", wheel[0], yanked=True, reason="broken")
    place.upload(sdist)
    assert {file["filename"]: file["yanked"] for file in place.json("foo")["files"]} == {
        wheel[0]: "broken",
        sdist[0]: False,
    }
    place.act(yanking.set_release_yanked, "foo", "1.0", yanked=True, reason="all of it")
    late = place.upload(builders.wheel("foo", "1.0", build="1"))
    assert {file["filename"]: file["yanked"] for file in place.json("foo")["files"]} == {
        wheel[0]: "broken",
        sdist[0]: "all of it",
        late[0]: "all of it",
    }


@pytest.mark.parametrize("status", [ProjectStatus.ARCHIVED, ProjectStatus.DEPRECATED])
def test_an_archived_or_deprecated_project_offers_its_files_and_says_so(place, status):
    place.upload(builders.wheel("foo", "1.0"))
    url = place.file_url("foo")
    place.act(project_statuses.set_status, "foo", status, REASON)
    assert place.json("foo")["project-status"] == {"status": status.value, "reason": REASON}
    page = place.html("foo")
    assert (page.meta["pypi:project-status"], page.meta["pypi:project-status-reason"]) == (status.value, REASON)
    assert page.source.index("pypi:project-status") < page.source.index("</head>")
    assert place.client.get(url).status_code == 200


def test_a_quarantined_project_offers_no_file_on_its_page_nor_by_url(place):
    place.upload(builders.wheel("foo", "1.0"))
    url = place.file_url("foo")
    place.act(project_statuses.set_status, "foo", ProjectStatus.QUARANTINED, "malware")
    page = place.json("foo")
    assert (page["files"], page["versions"]) == ([], ["1.0"])
    assert page["project-status"] == {"status": "quarantined", "reason": "malware"}
    assert place.html("foo").anchors == []
    for path in (url, f"{url}.metadata"):
        assert place.client.get(path).status_code == 403
    place.act(project_statuses.set_status, "foo", ProjectStatus.ACTIVE)
    assert place.client.get(url).status_code == 200


def test_a_registered_project_has_a_page_without_files(place):
    place.act(registering.register, "foo")
    assert place.json("foo")["files"] == []
    assert place.html("foo").anchors == []
    assert [project["name"] for project in place.json()["projects"]] == ["foo"]


def test_a_deleted_file_is_410_and_a_deleted_project_404(place):
    wheel, sdist = place.upload(builders.wheel("foo", "1.0")), place.upload(builders.sdist("foo", "1.0"))
    urls = {file["filename"]: urljoin(f"{place.url}foo/", file["url"]) for file in place.json("foo")["files"]}
    place.act(deleting.delete_file, "foo", wheel[0])
    for path in (urls[wheel[0]], f"{urls[wheel[0]]}.metadata"):
        assert place.client.get(path).status_code == 410
    assert place.client.get(urls[sdist[0]]).status_code == 200
    before = place.json()["meta"]["_last-serial"]
    place.act(deleting.delete_project, "foo")
    assert place.client.get(urls[sdist[0]]).status_code == 410
    assert place.client.get(f"{place.url}foo/").status_code == 404
    assert place.json()["projects"] == []
    assert place.json()["meta"]["_last-serial"] == before + 1


def test_what_is_offered_as_metadata_is_there_byte_for_byte(place):
    built = dict(fill(place))
    offered = [file for file in place.json("foo-bar")["files"] if file.get("core-metadata")]
    assert {file["filename"] for file in offered} == {name for name in built if not name.endswith(".egg")}
    for file in offered:
        answer = place.client.get(urljoin(f"{place.url}foo-bar/", file["url"]) + ".metadata")
        assert answer.status_code == 200
        assert file["core-metadata"] == {"sha256": hashlib.sha256(answer.data).hexdigest()}
        if file["filename"].endswith(".whl"):
            with zipfile.ZipFile(BytesIO(built[file["filename"]])) as archive:
                (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
                assert archive.read(name) == answer.data


def test_metadata_that_is_not_offered_is_404(place):
    place.upload(builders.egg("foo", "1.0"))
    assert place.client.get(f"{place.file_url('foo')}.metadata").status_code == 404


def test_a_file_comes_whole_and_with_the_headers_that_clients_need(place):
    _, body = place.upload(builders.sdist("foo", "1.0"))
    url = place.file_url("foo")
    for method in ("GET", "HEAD"):
        answer = place.client.open(url, method=method, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.data == (body if method == "GET" else b"")
        assert answer.headers["Content-Length"] == str(len(body))
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]
        assert ("private" in answer.headers["Cache-Control"]) is (place.index != MAIN)
        assert not {"Content-Encoding", "Content-Disposition", "Set-Cookie"} & set(answer.headers.keys())
        again = place.client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_parts_of_a_file(place):
    _, body = place.upload(builders.sdist("foo", "1.0"))
    url, size = place.file_url("foo"), len(body)
    tag = place.client.head(url).headers["ETag"]
    for asked, status, first, last in (
        ("bytes=0-9", 206, 0, 9),
        ("bytes=5-", 206, 5, size - 1),
        ("bytes=-7", 206, size - 7, size - 1),
        (f"bytes=-{size * 10}", 206, 0, size - 1),
    ):
        answer = place.client.get(url, headers={"Range": asked, "If-Range": tag})
        assert (answer.status_code, answer.data) == (status, body[first : last + 1])
        assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{size}"
    past = place.client.get(url, headers={"Range": f"bytes={size}-"})
    assert (past.status_code, past.headers["Content-Range"]) == (416, f"bytes */{size}")
    stale = place.client.get(url, headers={"Range": "bytes=0-9", "If-Range": '"old"'})
    assert (stale.status_code, stale.data) == (200, body)


def test_a_plus_and_an_epoch_in_a_filename_may_come_raw_or_encoded(place):
    filename, body = place.upload(builders.wheel("foo", "1!1.0+cu121"))
    url = place.file_url("foo")
    folder = url.rpartition("/")[0]
    for name in (filename, filename.replace("+", "%2B"), filename.replace("+", "%2b").replace("!", "%21")):
        assert place.client.get(f"{folder}/{name}").data == body


def test_a_file_is_found_under_its_own_digest_and_name_and_no_other(place):
    filename, _ = place.upload(builders.wheel("foo", "1.0"))
    url = place.file_url("foo")
    *_, digits3, digits13, _name = url.split("/")
    folder = url.rpartition("/")[0].removesuffix(f"/{digits3}/{digits13}")
    for path in (
        f"{digits3}/{digits13}/foo-2.0-py3-none-any.whl",
        f"{digits3}/{'0' * 13}/{filename}",
        f"000/{digits13}/{filename}",
        f"{digits3}/{digits13}/{filename}.asc",
        f"{digits3}/{digits13}/..%2f{filename}",
        f"{digits3}/{digits13}/%00",
        f"..%2f..%2f..%2f/{filename}",
    ):
        assert place.client.get(f"{folder}/{path}").status_code in {400, 404}, path


def test_a_file_url_stays_when_the_project_changes(place):
    filename, body = place.upload(builders.wheel("foo", "1.0"))
    url, first = place.file_url("foo"), place.json("foo")["files"][0]
    place.act(yanking.set_release_yanked, "foo", "1.0", yanked=True, reason="x")
    place.upload(builders.wheel("foo", "2.0"))
    place.act(project_statuses.set_status, "foo", ProjectStatus.ARCHIVED)
    place.peopled.installation.publisher.rebuild()
    after = next(file for file in place.json("foo")["files"] if file["filename"] == filename)
    assert {key: first[key] for key in ("url", "size", "hashes", "upload-time")} == {
        key: after[key] for key in ("url", "size", "hashes", "upload-time")
    }
    assert place.client.get(url).data == body


def test_links_on_the_default_index_begin_with_packages_and_on_the_rest_as_devpi_has_them(place):
    place.upload(builders.wheel("foo", "1.0"))
    link = place.json("foo")["files"][0]["url"]
    sha256 = place.peopled.rows(File)[0].sha256
    folder = "packages" if place.index == MAIN else "+f"
    assert link == f"../../{folder}/{sha256[:3]}/{sha256[3:16]}/foo-1.0-py3-none-any.whl"


def test_a_gzipped_page_is_served_as_it_lies_in_the_tree(place):
    place.upload(builders.wheel("foo", "1.0"))
    answer = place.client.get(f"{place.url}foo/", headers={"Accept-Encoding": "gzip"})
    tree = place.peopled.data / "tree"
    (stored,) = tree.glob(f"*/{place.index}/simple/foo/*.html.gz")
    assert answer.data == stored.read_bytes()
    assert gzip.decompress(answer.data) == stored.with_suffix("").read_bytes()
