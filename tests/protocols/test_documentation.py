"""Documentation: uploaded by the legacy protocol, unpacked, served from a sandbox, gone with its release."""

import io
import shutil
import zipfile

import pytest

from mypi.publishing import verification
from mypi.publishing.verification.repair import repair
from mypi.registry import deleting, project_statuses
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, SECRET

PAGES = {"index.html": b"<h1>Foo</h1>", "sub/style.css": b"h1 {}", "sub/index.html": b"<p>Sub", "data.bin": b"\0"}


def archive(pages: dict[str, bytes] | None = None, **attributes: int) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        for path, content in (PAGES if pages is None else pages).items():
            info = zipfile.ZipInfo(path)
            info.external_attr = attributes.get("external_attr", 0o644 << 16)
            packed.writestr(info, content)
    return body.getvalue()


def send(peopled, body: bytes, version: str = "1.0", name: str = "uploader", index: str = MAIN):
    fields = {":action": "doc_upload", "protocol_version": "1", "name": "Foo", "version": version}
    fields = {key: value for key, value in fields.items() if value}
    return peopled.client(name).post(f"/{index}/", data=fields | {"content": (io.BytesIO(body), "foo.zip")})


@pytest.fixture
def documented(peopled):
    """An installation with a release that has documentation in each of three indexes."""
    for index in (MAIN, SCRATCH, SECRET):
        peopled.upload(builders.wheel("foo", "1.0"), index=index)
        assert send(peopled, archive(), index=index).status_code == 200
    return peopled


def folders(peopled, index: str = MAIN) -> list[str]:
    root = peopled.installation.tree.index(peopled.index(index)).root / "documentation"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()) if root.exists() else []


def test_pages_are_served_as_what_they_are(documented):
    client = documented.client()
    types = {"": "text/html", "sub/style.css": "text/css; charset=utf-8", "data.bin": "application/octet-stream"}
    for page, content_type in types.items():
        answer = client.get(f"/{MAIN}/+doc/foo/1.0/{page}")
        assert (answer.status_code, answer.content_type) == (200, content_type)
        assert answer.data == PAGES[page or "index.html"]
    assert client.get(f"/{MAIN}/+doc/foo/1.0/sub/").data == PAGES["sub/index.html"]
    moved = client.get(f"/{MAIN}/+doc/foo/1.0/sub")
    assert (moved.status_code, moved.headers["Location"]) == (301, "./sub/")


def test_pages_are_in_a_sandbox_and_no_cookie_is_set(documented):
    for client in (documented.client(), documented.client("reader")):
        for page in ("", "sub/style.css", "no-such-page"):
            answer = client.get(f"/{MAIN}/+doc/foo/1.0/{page}")
            policy = answer.headers["Content-Security-Policy"]
            assert "sandbox" in policy
            assert "allow-scripts" not in policy
            assert "script-src" not in policy
            assert "form-action 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in answer.headers


def test_the_latest_is_that_of_the_newest_release_that_has_any(documented):
    documented.upload(builders.wheel("foo", "2.0"))
    documented.upload(builders.wheel("foo", "3.0"))
    assert send(documented, archive({"index.html": b"two"}), "2.0").status_code == 200
    client = documented.client()
    assert client.get(f"/{MAIN}/+doc/foo/latest/").data == b"two"
    assert client.get(f"/{MAIN}/+doc/foo/1/").data == PAGES["index.html"]
    assert client.get(f"/{MAIN}/+doc/foo/3.0/").status_code == 404


def test_without_a_version_it_is_of_the_newest_release(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    peopled.upload(builders.wheel("foo", "2.0"))
    assert send(peopled, archive(), version="").status_code == 200
    assert peopled.client().get(f"/{MAIN}/+doc/foo/2.0/").status_code == 200
    assert peopled.client().get(f"/{MAIN}/+doc/foo/1.0/").status_code == 404


def test_the_same_again_changes_nothing_and_other_bytes_only_where_the_index_is_volatile(documented):
    before = documented.serial()
    assert send(documented, archive()).status_code == 200
    assert documented.serial() == before
    refused = send(documented, archive({"index.html": b"other"}))
    assert (refused.status_code, "already exists" in refused.text) == (409, True)
    assert documented.client().get(f"/{MAIN}/+doc/foo/1.0/").data == PAGES["index.html"]
    assert send(documented, archive({"index.html": b"other"}), index=SCRATCH).status_code == 200
    assert documented.client().get(f"/{SCRATCH}/+doc/foo/1.0/").data == b"other"
    assert len(folders(documented, SCRATCH)) == 1
    assert documented.events()[-1].kind == "release.documented"


@pytest.mark.parametrize(
    "path", ["../index.html", "/etc/passwd", "a/../../b", "C:/x", "a\\b", "a//b", ".htaccess", "a/.new-1/b", "x" * 300]
)
def test_a_path_that_leaves_its_folder_or_is_no_name_is_refused(peopled, path):
    peopled.upload(builders.wheel("foo", "1.0"))
    answer = send(peopled, archive({"index.html": b"", path: b"bad"}))
    assert answer.status_code == 400, path
    assert folders(peopled) == []
    assert [event.kind for event in peopled.events()].count("release.documented") == 0


@pytest.mark.parametrize("kind", [0o120000, 0o020000, 0o010000], ids=["link", "device", "pipe"])
def test_links_and_devices_are_refused(peopled, kind):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert send(peopled, archive({"a": b"/etc/passwd"}, external_attr=(kind | 0o777) << 16)).status_code == 400
    assert folders(peopled) == []


def bomb() -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("index.html", bytes(80 * 1024**2))
    return body.getvalue()


def test_what_expands_as_no_honest_archive_does_is_refused(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    answer = send(peopled, bomb())
    assert (answer.status_code, "expands" in answer.text) == (400, True)


@pytest.mark.parametrize("body", [b"no archive", b"", archive({})], ids=["text", "nothing", "empty"])
def test_what_is_no_archive_of_pages_is_refused(peopled, body):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert send(peopled, body).status_code == 400


@pytest.mark.parametrize(("name", "status"), [("", 401), ("reader", 403), ("stranger", 403)])
def test_nobody_without_the_right_to_upload_documents(peopled, name, status):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert send(peopled, archive(), name=name).status_code == status
    assert folders(peopled) == []


def test_what_is_not_there_is_not_documented(peopled):
    assert send(peopled, archive()).status_code == 404
    peopled.upload(builders.wheel("foo", "1.0"))
    assert send(peopled, archive(), version="2.0").status_code == 404


@pytest.mark.parametrize(("name", "status"), [("", 401), ("stranger", 404), ("reader", 200)])
def test_documentation_is_read_by_whoever_reads_the_project(documented, name, status):
    client = documented.client(name)
    assert client.get(f"/{SECRET}/+doc/foo/1.0/").status_code == status
    if status != 200:
        absent = client.get("/team/absent/+doc/foo/1.0/")
        assert absent.status_code == status


@pytest.mark.parametrize("page", ["../1.0", "..%2f..%2fmark", "./index.html", ".hidden", "sub//style.css", "%00"])
def test_no_path_leads_out_of_the_folder(documented, page):
    assert documented.client().get(f"/{MAIN}/+doc/foo/1.0/{page}").status_code in {301, 308, 404}


def test_documentation_goes_with_its_release_and_with_its_project(documented):
    shell = documented.actor("shell")
    deleting.delete_release(documented.registry, shell, documented.index(), "foo", "1.0")
    assert folders(documented) == []
    assert documented.client().get(f"/{MAIN}/+doc/foo/1.0/").status_code == 404
    deleting.delete_project(documented.registry, shell, documented.index(SCRATCH), "foo")
    assert folders(documented, SCRATCH) == []


def test_documentation_of_a_quarantined_project_is_withheld_and_comes_back(documented):
    for status, code in ((ProjectStatus.QUARANTINED, 404), (ProjectStatus.ACTIVE, 200)):
        shell = documented.actor("shell")
        project_statuses.set_status(documented.registry, shell, documented.index(), "foo", status, "")
        assert documented.client().get(f"/{MAIN}/+doc/foo/1.0/").status_code == code
        assert bool(folders(documented)) == (code == 200)


def test_a_rebuilt_tree_has_the_same_pages(documented):
    before = {
        path.relative_to(documented.data): path.read_bytes()
        for path in documented.data.rglob("*/documentation/**/*")
        if path.is_file()
    }
    assert len(before) == 3 * len(PAGES)
    documented.installation.publisher.tree.clear()
    documented.installation.publisher.start()
    after = {
        path.relative_to(documented.data): path.read_bytes()
        for path in documented.data.rglob("*/documentation/**/*")
        if path.is_file()
    }
    assert after == before


def test_what_differs_from_the_archive_is_named_and_repaired(documented):
    root = documented.installation.tree.index(documented.index()).root / "documentation/foo/1.0"
    (folder,) = root.iterdir()
    for spoil in (
        lambda: (folder / "index.html").write_bytes(b"<h1>Bar</h1>"),
        (folder / "sub/index.html").unlink,
        lambda: (folder / "more.html").write_bytes(b""),
        lambda: shutil.rmtree(folder),
    ):
        spoil()
        found = list(verification.differences(documented.installation.publisher, patience=0))
        assert [one.kind.value for one in found] == ["documentation.changed"]
        repair(documented.installation.publisher, documented.registry, documented.actor("shell"), found)
        assert not list(verification.differences(documented.installation.publisher, patience=0))
        assert documented.client().get(f"/{MAIN}/+doc/foo/1.0/").data == PAGES["index.html"]


def test_documentation_of_no_release_is_named_and_removed(documented):
    root = documented.installation.tree.index(documented.index()).root / "documentation"
    shutil.copytree(root / "foo", root / "bar")
    found = list(verification.differences(documented.installation.publisher, patience=0))
    assert [one.kind.value for one in found] == ["documentation.still-served"]
    repair(documented.installation.publisher, documented.registry, documented.actor("shell"), found)
    assert not (root / "bar").exists() or not any(path.is_file() for path in (root / "bar").rglob("*"))


def test_a_folder_that_is_named_as_an_address_leads_nowhere_else(documented):
    pages = {"https:elsewhere.example/index.html": b"here", "a b?/index.html": b"here"}
    assert send(documented, archive(pages), index=SCRATCH).status_code == 200
    for folder in ("https:elsewhere.example", "a%20b%3F"):
        client = documented.client()
        moved = client.get(f"/{SCRATCH}/+doc/foo/1.0/{folder}")
        assert moved.status_code == 301
        assert moved.headers["Location"].startswith("./")
        assert client.get(f"/{SCRATCH}/+doc/foo/1.0/{moved.headers['Location'][2:]}").data == b"here"
