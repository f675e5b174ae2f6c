"""GET of what is beside a file, and the integrity API: provenance and signatures, from the upload to the reader."""

import json

import pytest

from mypi.publishing import verification
from mypi.registry import deleting
from mypi.registry.files import File
from mypi.standards import provenance
from tests.protocols.raw_bodies import crlf
from tests.support import builders
from tests.support.attested import GITHUB, GITLAB, PUBLISH, SLSA
from tests.support.peopled import INSIDE, MAIN, SCRATCH, SECRET, at, form
from tests.support.signed import SIGNATURE

BASE = "https://packages.example/mypi"
WHEEL = builders.wheel("foo", "1.0")
INTEGRITY = f"/integrity/pypi-attestations/0.0.19/{GITHUB}/provenance"


@pytest.fixture
def secure(peopled_template, tmp_path):
    """Yield an installation that people reach by https."""
    with at(peopled_template, tmp_path / "data", base_url=BASE) as made:
        reached_at(made, BASE)
        yield made


def reached_at(peopled, base_url):
    """Say so to whoever looks at the installation afterwards."""
    (peopled.data / "mypi.toml").write_text(f'base_url = "{base_url}"\n')


def send(peopled, built, index=MAIN, signature=None, **fields):
    """Upload by the protocol, as twine does with an .asc and *.attestation on its command line."""
    sent = [(":action", "file_upload"), ("protocol_version", "1"), *fields.items()]
    files = [("content", built, "application/octet-stream")]
    if signature is not None:
        files.append(("gpg_signature", (f"{built[0]}.asc", signature), "application/octet-stream"))
    body, content_type = crlf(sent, files)
    return peopled.client("admin").post(f"/{index}/", data=body, content_type=content_type)


def attested(peopled, real_files, index=MAIN):
    answer = send(peopled, real_files.built(GITHUB), index, attestations=real_files.field(PUBLISH, SLSA))
    assert answer.status_code == 200, answer.text


def url_of(peopled, filename, index=MAIN):
    (file,) = (row for row in peopled.rows(File) if row.filename == filename)
    folder = "/packages" if index == MAIN else f"/{index}/+f"
    return f"{folder}/{file.sha256[:3]}/{file.sha256[3:16]}/{filename}"


def shown(peopled, project, index=MAIN):
    """Return what the page says of its one file, in JSON and in HTML."""
    url = f"/{index}/+simple/{project}/"
    client = peopled.client("admin")
    (entry,) = client.get(url, query_string={"format": "application/vnd.pypi.simple.v1+json"}).json["files"]
    return entry, client.get(url).text


@pytest.mark.parametrize("index", [MAIN, SECRET])
def test_what_is_attested_is_served_beside_the_file_and_linked_to_by_https(secure, real_files, index):
    attested(secure, real_files, index)
    entry, html = shown(secure, "pypi-attestations", index)
    path = f"{url_of(secure, GITHUB, index)}.provenance"
    assert entry["provenance"] == f"{BASE}{path}"
    assert f'data-provenance="{BASE}{path}"' in html
    answer = secure.client("reader").get(path)
    assert (answer.status_code, answer.content_type) == (200, provenance.CONTENT_TYPE)
    (bundle,) = answer.json["attestation_bundles"]
    assert (answer.json["version"], bundle["publisher"]["kind"], len(bundle["attestations"])) == (1, "GitHub", 2)
    event = secure.events()[-1]
    assert event.details["attested_by"] == ["GitHub:trailofbits/pypi-attestations/release.yml"]
    assert event.details["provenance_sha256"] == secure.rows(File)[0].provenance_sha256


def test_without_an_address_by_https_it_is_served_and_not_linked_to(peopled, real_files):
    attested(peopled, real_files)
    entry, html = shown(peopled, "pypi-attestations")
    assert "provenance" not in entry
    assert "data-provenance" not in html
    assert peopled.client().get(url_of(peopled, GITHUB) + ".provenance").status_code == 200


def test_another_base_url_is_on_the_pages_after_the_next_start(peopled_template, tmp_path, real_files):
    elsewhere = "https://elsewhere.example"
    with at(peopled_template, tmp_path / "old", base_url=BASE) as old:
        attested(old, real_files)
        reached_at(old, BASE)
    with at(tmp_path / "old", tmp_path / "new", base_url=elsewhere) as new:
        found = verification.differences(new.installation.publisher, patience=0)
        assert [one.kind.value for one in found] == ["tree.of-another-address"]
        entry, _ = shown(new, "pypi-attestations")
        assert entry["provenance"].startswith(f"{elsewhere}/packages/")
        reached_at(new, elsewhere)


def test_attestations_of_another_file_refuse_the_upload_and_nothing_is_stored(peopled, real_files):
    before = peopled.blobs()
    answer = send(peopled, real_files.built(GITLAB), attestations=real_files.field(PUBLISH))
    assert answer.status_code == 400
    assert "refused" in answer.status
    assert (peopled.rows(File), peopled.blobs(), peopled.litter()) == ([], before, [])


def test_only_accepted_identities_are_taken(peopled_template, tmp_path, real_files):
    with at(peopled_template, tmp_path / "data", attestation_identities="GitHub:acme/*  GitLab:*") as made:
        refused = send(made, real_files.built(GITHUB), attestations=real_files.field(PUBLISH))
        assert (refused.status_code, "attestation" in refused.text) == (400, True)
        taken = send(made, real_files.built(GITLAB), attestations=real_files.field(f"{GITLAB}.publish.attestation"))
        assert taken.status_code == 200


def test_the_integrity_api_finds_the_provenance_by_name(peopled, real_files):
    attested(peopled, real_files)
    answer = peopled.client().get(INTEGRITY)
    assert (answer.status_code, answer.content_type, answer.headers["Vary"]) == (200, provenance.CONTENT_TYPE, "Accept")
    assert answer.data == peopled.client().get(url_of(peopled, GITHUB) + ".provenance").data
    assert peopled.client().get(INTEGRITY, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    for other in (INTEGRITY.replace("pypi-att", "PyPI_att"), f"/{MAIN}/+{INTEGRITY[1:]}"):
        assert peopled.client().get(other).data == answer.data


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        ("application/json", 200, "application/json"),
        (provenance.CONTENT_TYPE, 200, provenance.CONTENT_TYPE),
        ("*/*", 200, provenance.CONTENT_TYPE),
        ("application/*;q=0.5", 200, provenance.CONTENT_TYPE),
        ("text/html", 406, "text/plain; charset=utf-8"),
        ("application/vnd.pypi.integrity.v2+json", 406, "text/plain; charset=utf-8"),
    ],
)
def test_the_integrity_api_answers_in_an_accepted_type_or_406(peopled, real_files, accept, status, kind):
    attested(peopled, real_files)
    answer = peopled.client().get(INTEGRITY, headers={"Accept": accept})
    assert (answer.status_code, answer.content_type) == (status, kind)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "path",
    [
        "/integrity/foo/1.0/foo-1.0-py3-none-any.whl/provenance",
        INTEGRITY.replace("0.0.19/", "0.0.20/"),
        INTEGRITY.replace("0.0.19/", "no version/"),
        INTEGRITY.replace("pypi-attestations", "foo"),
        INTEGRITY.replace(".tar.gz", ".zip"),
        f"/{INSIDE}/+{INTEGRITY[1:]}",
    ],
)
def test_the_integrity_api_answers_404_for_what_is_not_there_or_not_attested(peopled, real_files, path):
    peopled.upload(WHEEL)
    attested(peopled, real_files)
    assert peopled.client("admin").get(path).status_code == 404


@pytest.mark.parametrize("name", ["stranger", "uploader", ""])
def test_who_may_not_read_the_file_sees_no_provenance_and_no_signature(peopled, real_files, name):
    answer = send(peopled, real_files.built(GITHUB), SECRET, SIGNATURE, attestations=real_files.field(PUBLISH))
    assert answer.status_code == 200
    url = url_of(peopled, GITHUB, SECRET)
    missing = url.replace("attestations", "nothing")
    for path, nowhere in (
        (f"{url}.provenance", f"{missing}.provenance"),
        (f"{url}.asc", f"{missing}.asc"),
        (f"/{SECRET}/+{INTEGRITY[1:]}", f"/{SECRET}/+{INTEGRITY[1:].replace('0.0.19', '0.0.20')}"),
    ):
        client = peopled.client(name)
        got, none = client.get(path), client.get(nowhere)
        assert got.status_code == none.status_code != 200
        assert client.get(url).status_code == got.status_code


@pytest.mark.parametrize("index", [MAIN, SECRET])
def test_a_signature_is_served_beside_the_file_as_it_came_and_pages_say_so(peopled, index):
    assert send(peopled, WHEEL, index, SIGNATURE).status_code == 200
    answer = peopled.client("reader").get(url_of(peopled, WHEEL[0], index) + ".asc")
    assert (answer.status_code, answer.content_type, answer.data) == (200, "application/pgp-signature", SIGNATURE)
    assert "immutable" not in answer.headers["Cache-Control"]
    entry, html = shown(peopled, "foo", index)
    assert entry["gpg-sig"] is True
    assert 'data-gpg-sig="true"' in html


def test_where_one_file_is_signed_every_link_says_whether_its_own_is(peopled):
    peopled.upload(WHEEL)
    assert "gpg-sig" not in peopled.page("foo")["files"][0]
    peopled.upload(builders.sdist("foo", "1.0"), signature=SIGNATURE)
    said = {entry["filename"]: entry["gpg-sig"] for entry in peopled.page("foo")["files"]}
    assert said == {WHEEL[0]: False, "foo-1.0.tar.gz": True}


@pytest.mark.parametrize(
    "signature", [b"", b"PGP", b"\x89\x01\x1c", SIGNATURE * 200], ids=["empty", "word", "binary", "long"]
)
def test_what_is_no_signature_does_not_hold_up_an_upload_and_is_passed_over(peopled, signature):
    answer = send(peopled, WHEEL, signature=signature)
    assert answer.status_code == 200
    assert "passed over" in answer.text
    assert peopled.rows(File)[0].signature_sha256 is None
    assert peopled.client().get(url_of(peopled, WHEEL[0]) + ".asc").status_code == 404


def test_a_deleted_file_takes_what_is_beside_it_along(peopled, real_files):
    send(peopled, real_files.built(GITHUB), signature=SIGNATURE, attestations=real_files.field(PUBLISH))
    url = url_of(peopled, GITHUB)
    deleting.delete_file(peopled.registry, peopled.actor("admin"), peopled.index(), "pypi-attestations", GITHUB)
    answers = [peopled.client().get(url + ending).status_code for ending in ("", ".provenance", ".asc", ".metadata")]
    assert answers == [410, 410, 410, 410]
    assert peopled.client().get(INTEGRITY).status_code == 404


def test_a_replaced_file_takes_its_signature_along_and_has_none_of_the_old(peopled):
    send(peopled, WHEEL, SCRATCH, SIGNATURE)
    old = url_of(peopled, WHEEL[0], SCRATCH)
    send(peopled, builders.wheel("foo", "1.0", summary="new"), SCRATCH)
    new = url_of(peopled, WHEEL[0], SCRATCH)
    assert [peopled.client().get(f"{url}.asc").status_code for url in (old, new)] == [404, 404]
    assert "gpg-sig" not in json.dumps(peopled.page("foo", SCRATCH))


def test_the_same_file_again_changes_nothing_whatever_comes_with_it(peopled, real_files):
    peopled.upload(real_files.built(GITHUB))
    before = peopled.events()
    attested(peopled, real_files)
    assert peopled.events() == before
    assert peopled.rows(File)[0].provenance_sha256 is None


def test_the_json_api_says_that_there_is_a_signature(peopled):
    send(peopled, WHEEL, signature=SIGNATURE)
    assert [file["has_sig"] for file in peopled.client().get("/pypi/foo/json").json["urls"]] == [True]


def test_a_field_of_text_in_the_place_of_a_signature_is_passed_over(peopled):
    answer = peopled.client("admin").post("/", data=form(WHEEL, gpg_signature="PGP"))
    assert answer.status_code == 200


def test_people_find_both_on_the_page_of_the_project(peopled, real_files):
    send(peopled, real_files.built(GITHUB), signature=SIGNATURE, attestations=real_files.field(PUBLISH))
    peopled.upload(WHEEL)
    url = url_of(peopled, GITHUB).lstrip("/")
    page = peopled.client().get("/package/pypi-attestations/").text
    assert f'{url}.provenance">Provenance</a>' in page
    assert f'{url}.asc">Signature</a>' in page
    without = peopled.client().get("/package/foo/").text
    assert "Provenance" not in without
    assert "Signature" not in without
