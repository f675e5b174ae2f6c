"""POST to an upload URL, with the bodies that each client sends: all of them are published, byte for byte."""

import hashlib

import pytest

from mypi.registry.files import File
from mypi.registry.projects import Project
from tests.protocols.raw_bodies import bare_lf, crlf, metadata_fields
from tests.support import builders
from tests.support.peopled import MAIN, SECRET, form

UV_ACCEPT = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"
URLS = ["/", "/legacy/", "/legacy", "/pypi", "/pypi/", "/simple/", "/simple"]
NAMED = [f"/{MAIN}/", f"/{MAIN}", f"/{MAIN}/+simple/", f"/{MAIN}/+simple", f"/{SECRET}/", f"/{SECRET}/+simple/"]


def digests(body: bytes) -> dict[str, str]:
    return {
        "md5": hashlib.md5(body).hexdigest(),
        "sha256": hashlib.sha256(body).hexdigest(),
        "blake2": hashlib.blake2b(body, digest_size=32).hexdigest(),
        "blake2 of 512 bits": hashlib.blake2b(body).hexdigest(),
    }


def distutils_27(built):
    """Python 2.7: `protcol_version`, md5 alone, LF, no type of the file's own."""
    fields = [(":action", "file_upload"), ("protcol_version", "1"), *metadata_fields("My.Test_Pkg", "1.0")]
    fields += [("filetype", "sdist"), ("pyversion", ""), ("md5_digest", digests(built[1])["md5"]), ("comment", "")]
    return bare_lf(fields, [("content", built)])


def distutils_311(built):
    """Python 3.9 to 3.11: blake2 of 512 bits under the name of the one with 256."""
    fields = [(":action", "file_upload"), ("protocol_version", "1"), *metadata_fields("My.Test_Pkg", "1.0")]
    found = digests(built[1])
    fields += [("filetype", "sdist"), ("pyversion", ""), ("comment", ""), ("md5_digest", found["md5"])]
    fields += [("sha256_digest", found["sha256"]), ("blake2_256_digest", found["blake2 of 512 bits"])]
    return crlf(fields, [("content", built, "")])


def without_digests(built):
    """An old script: no digests at all."""
    return crlf([(":action", "file_upload"), *metadata_fields("My.Test_Pkg", "1.0")], [("content", built, "")])


def twine(built):
    """twine 7: sha256 and blake2, the name with dashes."""
    found = digests(built[1])
    fields = [("name", "My.Test-Pkg"), ("version", "1.0"), ("sha256_digest", found["sha256"].upper())]
    fields += [("blake2_256_digest", found["blake2"]), (":action", "file_upload"), ("protocol_version", "1")]
    fields += [("filetype", "sdist"), ("pyversion", "source"), ("keywords", "a, b")]
    return crlf(fields, [("content", built, "application/octet-stream"), ("gpg_signature", ("x.asc", b"PGP"), "")])


def uv(built):
    """uv: plurals where others have singulars, an empty requires_python, no type of the file's own."""
    fields = [(":action", "file_upload"), ("protocol_version", "1"), ("name", "My.Test_Pkg"), ("version", "1.0")]
    fields += [("requires_python", ""), ("import_names", "my"), ("import_namespaces", "my.test")]
    fields += [("sha256_digest", digests(built[1])["sha256"]), ("filetype", "sdist"), ("pyversion", "source")]
    return crlf(fields, [("content", built, "")])


def flit(built):
    """flit: md5 and sha256, no `pyversion`."""
    found = digests(built[1])
    fields = [(":action", "file_upload"), ("name", "My.Test_Pkg"), ("version", "1.0"), ("filetype", "sdist")]
    fields += [("metadata_version", "2.3"), ("md5_digest", found["md5"]), ("sha256_digest", found["sha256"])]
    return crlf(fields, [("content", built, "")])


def pdm(built):
    """pdm: the wrong plural of provides_extra, empty fields for what is absent."""
    fields = [("name", "My.Test_Pkg"), ("version", "1.0"), ("provides_extras", "a"), ("provides_extras", "b")]
    fields += [("summary", ""), ("home_page", ""), (":action", "file_upload"), ("protocol_version", "1")]
    return crlf(fields, [("content", built, "application/octet-stream")])


def unknown_fields(built):
    """A client of tomorrow: fields and digests that nobody knows today."""
    fields = [(":action", "file_upload"), ("colour", "blue"), ("sha3_512_digest", "00"), ("name", "My.Test_Pkg")]
    return crlf(fields, [("content", built, "application/gzip")])


CLIENTS = [distutils_27, distutils_311, without_digests, twine, uv, flit, pdm, unknown_fields]


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.__name__)
def test_what_a_client_sends_is_published_byte_for_byte(peopled, client):
    built = builders.sdist("My.Test_Pkg", "1.0", filename="My.Test_Pkg-1.0.tar.gz")
    body, content_type = client(built)

    answer = peopled.client("uploader").post("/", data=body, content_type=content_type)

    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    (file,), (project,) = peopled.rows(File), peopled.rows(Project)
    assert file.sha256 == digests(built[1])["sha256"]
    assert (file.python_version, project.display_name) == ("source", "My.Test_Pkg")
    served = peopled.client().get(peopled.page("my-test-pkg")["files"][0]["url"].replace("../../", "/"))
    assert served.data == built[1]
    assert peopled.litter() == []


def test_a_file_that_ends_in_a_carriage_return_is_sent_by_old_distutils_with_one_more_byte(peopled):
    # Its md5 is that of the file it read, so that the difference is seen and nothing wrong is published.
    filename, content = builders.zip_sdist("foo", "1.0")
    content += b"\r"
    fields = [(":action", "file_upload"), ("name", "foo"), ("md5_digest", digests(content)["md5"])]
    body, content_type = bare_lf(fields, [("content", (filename, content))])
    answer = peopled.client("uploader").post("/", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert "md5" in answer.text


@pytest.mark.parametrize("url", URLS + NAMED)
def test_every_upload_url_takes_a_file_in_place_with_and_without_its_slash(peopled, url):
    answer = peopled.client("admin").post(url, data=form(builders.wheel("foo", "1.0")))
    assert (answer.status_code, answer.headers.get("Location")) == (200, None)
    index = SECRET if SECRET in url else MAIN
    assert len(peopled.page("foo", index)["files"]) == 1


@pytest.mark.parametrize(
    "fields",
    [
        [("description", "d" * 5 * 1024**2)],
        [("requires_dist", f"requirement-{number}") for number in range(5000)],
        [*(("classifiers", f"Private :: {number}") for number in range(3000)), ("keywords", "k" * 600_000)],
    ],
    ids=["a description of 5 MB", "5000 requirements", "long lists"],
)
def test_large_forms_pass(peopled, fields):
    body, content_type = crlf([(":action", "file_upload"), *fields], [("content", builders.wheel("foo", "1.0"), "")])
    answer = peopled.client("uploader").post("/", data=body, content_type=content_type)
    assert answer.status_code == 200, answer.text


def test_attestations_of_2_mb_are_read_and_refused_for_what_they_say_and_not_as_too_large(peopled):
    fields = [(":action", "file_upload"), ("attestations", '["' + "x" * 2 * 1024**2 + '"]')]
    body, content_type = crlf(fields, [("content", builders.wheel("foo", "1.0"), "")])
    answer = peopled.client("uploader").post("/", data=body, content_type=content_type)
    assert answer.status_code == 400
    assert "PEP 740" in answer.text
    assert peopled.rows(File) == []


@pytest.mark.parametrize("newline", [crlf, bare_lf])
@pytest.mark.parametrize("url", URLS[:5])
def test_register_takes_a_name(peopled, newline, url):
    fields = [(":action", "submit"), ("protocol_version", "1"), *metadata_fields("My.Test_Pkg", "1.0")]
    body, content_type = newline(fields)
    client = peopled.client("uploader")
    for _ in range(2):
        assert client.post(url, data=body, content_type=content_type).status_code == 200
    assert [project.display_name for project in peopled.rows(Project)] == ["My.Test_Pkg"]
    assert peopled.page("my-test-pkg")["files"] == []


def test_register_by_an_urlencoded_form(peopled):
    answer = peopled.client("uploader").post("/", data={":action": "submit", "name": "foo", "version": "1.0"})
    assert answer.status_code == 200
    assert peopled.page("foo")["files"] == []


def test_register_sends_no_password_until_it_is_asked_in_the_realm_of_its_pypirc(peopled):
    body, content_type = bare_lf([(":action", "submit"), *metadata_fields("foo", "1.0")])
    asked = peopled.client().post("/", data=body, content_type=content_type)
    assert (asked.status_code, asked.headers["WWW-Authenticate"]) == (401, 'Basic realm="pypi"')
    again = peopled.client("uploader").post("/", data=body, content_type=content_type)
    assert again.status_code == 200


def test_verify_needs_no_account_and_changes_nothing(peopled):
    before = peopled.events()
    body, content_type = bare_lf([(":action", "verify"), *metadata_fields("foo", "1.0")])
    answer = peopled.client().post("/", data=body, content_type=content_type)
    assert (answer.status_code, peopled.events()) == (200, before)
    for url, name in (
        (f"/{SECRET}/", ""),
        (f"/{SECRET}/", "stranger"),
        ("/team/nowhere/", "stranger"),
        ("/", "reader"),
    ):
        again = peopled.client(name).post(url, data=body, content_type=content_type)
        assert (again.status_code, again.text) == (200, answer.text)
    bad, content_type = bare_lf([(":action", "verify"), ("name", "not a name")])
    assert peopled.client().post("/", data=bad, content_type=content_type).status_code == 400


@pytest.mark.parametrize("url", ["/", "/legacy/", "/pypi", "/simple/", f"/{MAIN}/"])
def test_the_classifiers_are_listed_at_every_upload_url(peopled, url):
    answer = peopled.client().get(url, query_string={":action": "list_classifiers"})
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert "Programming Language :: Python :: 3" in answer.text.splitlines()
    posted = peopled.client().post(url, data={":action": "list_classifiers"})
    assert posted.text == answer.text


@pytest.mark.parametrize("action", ["user", "password_reset", "submit_pkg_info"])
def test_actions_of_the_past_are_answered_by_a_plain_sentence(peopled, action):
    answer = peopled.client("uploader").post("/", data={":action": action, "name": "foo"})
    assert (answer.status_code, answer.content_type) == (410, "text/plain; charset=utf-8")
    assert action in answer.text
    assert len(answer.text.splitlines()) == 1
