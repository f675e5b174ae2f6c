"""Attestations are taken when they hold, each for its file alone, and from whom the administrator accepts."""

import base64
import json
import socket

import pytest
from pypi_attestations import Attestation, AttestationType, Provenance

from mypi.errors import AttestationsRefused, AttestationsUnsupported
from mypi.registry import attesting
from mypi.registry.attesting import Trust
from mypi.standards import provenance
from tests.registry.test_uploading import sha256
from tests.support.attested import CIRCLECI, GITHUB, GITLAB, GOOGLE, PUBLISH, SLSA, STAGING, RealFiles

WHOEVER = Trust()
REAL = {
    "GitHub:trailofbits/pypi-attestations/release.yml": (GITHUB, [PUBLISH]),
    "GitLab:facutuesca/gitlab-oidc-project//.gitlab-ci.yml": (GITLAB, [f"{GITLAB}.publish.attestation"]),
    "CircleCI:fdd9283f-e619-46af-8f9c-851f7d3e8b2b/8e4f8ab2-8d7c-4827-9f15-de076d6d647f": (
        CIRCLECI,
        [f"{CIRCLECI}.publish.attestation"],
    ),
}


@pytest.fixture(autouse=True)
def _no_network_and_no_home(monkeypatch, tmp_path):
    """Let nothing be asked, and nothing be kept where a daemon may not write."""

    def refuse(*_, **__):
        raise AssertionError("the network was asked")

    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield
    assert list(home.iterdir()) == []


def attest(real_files: RealFiles, text: str, filename: str = GITHUB, trust: Trust = WHOEVER):
    return attesting.attested(trust, text, filename, sha256(real_files.built(filename)[1]))


def assert_refused(real_files: RealFiles, text: str, filename: str = GITHUB, trust: Trust = WHOEVER) -> str:
    with pytest.raises(AttestationsRefused) as raised:
        attest(real_files, text, filename, trust)
    assert filename in raised.value.message
    return raised.value.message


def changed(real_files: RealFiles, name: str = PUBLISH, **envelope: bytes) -> str:
    """Return the field with one attestation in which the signature or the statement is another one."""
    one = json.loads(real_files.attestation(name))
    one["envelope"] |= {key: base64.b64encode(value).decode() for key, value in envelope.items()}
    return json.dumps([one])


@pytest.mark.parametrize("by", REAL)
def test_a_real_attestation_holds_and_names_its_publisher(real_files, by):
    filename, names = REAL[by]
    found = attest(real_files, real_files.field(*names), filename)
    assert found.by == (by,)
    (bundle,) = Provenance.model_validate_json(found.provenance).attestation_bundles
    assert bundle.publisher.kind == by.partition(":")[0]
    assert provenance.is_about(found.provenance, sha256(real_files.built(filename)[1]))


def test_a_service_account_of_google_attests_too(real_files):
    whole = json.loads(real_files.attestation(f"{GOOGLE}.provenance"))
    (bundle,) = whole["attestation_bundles"]
    found = attest(real_files, json.dumps(bundle["attestations"]), GOOGLE)
    assert found.by == (f"Google:{bundle['publisher']['email']}",)


def test_what_built_and_what_published_a_file_are_one_bundle(real_files):
    found = attest(real_files, real_files.field(PUBLISH, SLSA))
    (bundle,) = json.loads(found.provenance)["attestation_bundles"]
    assert len(bundle["attestations"]) == 2
    assert bundle["publisher"]["repository"] == "trailofbits/pypi-attestations"


def test_what_is_served_is_the_same_however_it_was_written(real_files):
    one = json.loads(real_files.attestation(PUBLISH))
    one["extra"] = "not ours to hand on"
    one["verification_material"]["transparency_entries"].append({"never": "verified"})
    rewritten = json.dumps([dict(reversed(one.items()))], indent=4)
    assert attest(real_files, rewritten).provenance == attest(real_files, real_files.field(PUBLISH)).provenance


def test_the_library_itself_finds_what_is_served_to_hold(real_files, monkeypatch, tmp_path):
    from pypi_attestations import Distribution

    cache = tmp_path / "cache"
    monkeypatch.setenv("XDG_DATA_HOME", str(cache))  # it keeps a copy of its root there
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    found = attest(real_files, real_files.field(PUBLISH, SLSA))
    (bundle,) = Provenance.model_validate_json(found.provenance).attestation_bundles
    distribution = Distribution.from_file(real_files.folder / GITHUB)
    types = [one.verify(bundle.publisher, distribution, offline=True)[0] for one in bundle.attestations]
    assert len(set(types)) == 2


def test_an_attestation_of_another_file_is_refused(real_files):
    assert "sha256" in assert_refused(real_files, real_files.field(f"{GITLAB}.publish.attestation"))


def test_an_attestation_of_the_same_bytes_under_another_name_is_refused(real_files):
    digest = sha256(real_files.built(GITHUB)[1])
    with pytest.raises(AttestationsRefused, match="about a file named"):
        attesting.attested(WHOEVER, real_files.field(PUBLISH), "pypi_attestations-0.0.20.tar.gz", digest)


@pytest.mark.parametrize("other", ["pypi_attestations-0.0.19.exe", "pypi_attestations-0.0.19-py3.11.egg"])
def test_only_wheels_and_sdists_are_attested(real_files, other):
    with pytest.raises(AttestationsRefused, match="wheel or sdist"):
        attesting.attested(WHOEVER, real_files.field(PUBLISH), other, sha256(real_files.built(GITHUB)[1]))


def test_one_bit_of_the_signature_or_the_statement_is_enough(real_files):
    envelope = Attestation.model_validate_json(real_files.attestation(PUBLISH)).envelope
    flipped = bytes([*envelope.signature[:-1], envelope.signature[-1] ^ 1])
    assert_refused(real_files, changed(real_files, signature=flipped))
    other = envelope.statement.replace(b"0.0.19", b"0.0.20")
    assert other != envelope.statement
    assert_refused(real_files, changed(real_files, statement=other))


def test_a_statement_of_our_own_under_a_borrowed_signature_is_refused(real_files):
    digest = sha256(b"anything")
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "anything-1.0.tar.gz", "digest": {"sha256": digest}}],
        "predicateType": AttestationType.PYPI_PUBLISH_V1.value,
        "predicate": None,
    }
    text = changed(real_files, statement=json.dumps(statement).encode())
    with pytest.raises(AttestationsRefused):
        attesting.attested(WHOEVER, text, "anything-1.0.tar.gz", digest)


def test_the_certificate_of_another_is_refused(real_files):
    one, other = (json.loads(real_files.attestation(name)) for name in (PUBLISH, f"{GITLAB}.publish.attestation"))
    one["verification_material"]["certificate"] = other["verification_material"]["certificate"]
    assert_refused(real_files, json.dumps([one]))


def test_the_log_entry_of_another_is_refused(real_files):
    one, other = (json.loads(real_files.attestation(name)) for name in (PUBLISH, SLSA))
    key = "transparency_entries"
    one["verification_material"][key] = other["verification_material"][key]
    assert_refused(real_files, json.dumps([one]))


def test_one_that_does_not_hold_refuses_those_that_do(real_files):
    bad = json.loads(changed(real_files, SLSA, signature=b"no signature"))
    assert_refused(real_files, json.dumps([json.loads(real_files.attestation(PUBLISH)), *bad]))


def test_whom_another_root_vouches_for_is_refused(real_files):
    assert "certificate" in assert_refused(real_files, real_files.field(f"{STAGING}.publish.attestation"), STAGING)


def test_one_predicate_type_comes_once(real_files):
    assert "one predicate type" in assert_refused(real_files, real_files.field(PUBLISH, PUBLISH))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "list"),
        ("null", "list"),
        ("[]", "list"),
        ("[1]", "PEP 740"),
        ("[{}]", "PEP 740"),
        ('[{"version": 2}]', "PEP 740"),
        ("[{}, {}, {}]", "3"),
    ],
)
def test_what_is_no_list_of_attestations_is_told_so(text, said):
    with pytest.raises(AttestationsRefused, match=said):
        attesting.attested(WHOEVER, text, GITHUB, "0" * 64)


@pytest.mark.parametrize("garbage", [b"", b"\x30\x03", b"not a certificate" * 99], ids=["empty", "cut off", "text"])
def test_a_certificate_that_is_none_is_refused_like_the_rest(real_files, garbage):
    one = json.loads(real_files.attestation(PUBLISH))
    one["verification_material"]["certificate"] = base64.b64encode(garbage).decode()
    assert_refused(real_files, json.dumps([one]))


@pytest.mark.parametrize(
    "pattern", ["GitHub:trailofbits/*", "github:TrailOfBits/pypi-attestations/release.yml", "GitLab:a/* GitHub:*"]
)
def test_an_accepted_identity_is_taken(real_files, pattern):
    trust = Trust(identities=tuple(pattern.split()))
    assert attest(real_files, real_files.field(PUBLISH), trust=trust).by


@pytest.mark.parametrize("pattern", ["GitHub:acme/*", "GitLab:*", "trailofbits/*", "GitHub:trailofbits"])
def test_any_other_identity_is_refused_and_named(real_files, pattern):
    said = assert_refused(real_files, real_files.field(PUBLISH), trust=Trust(identities=(pattern,)))
    assert "GitHub:trailofbits/pypi-attestations/release.yml" in said


def test_a_root_of_ones_own_replaces_the_public_one(real_files, tmp_path):
    from sigstore._utils import read_embedded

    from mypi.registry.sigstore_checks import PUBLIC_SIGSTORE

    file = tmp_path / "trusted_root.json"
    file.write_bytes(read_embedded("trusted_root.json", PUBLIC_SIGSTORE))
    assert attest(real_files, real_files.field(PUBLISH), trust=Trust(root=file)).by
    staging = tmp_path / "staging.json"
    staging.write_bytes(read_embedded("trusted_root.json", "https://tuf-repo-cdn.sigstage.dev"))
    assert_refused(real_files, real_files.field(PUBLISH), trust=Trust(root=staging))


@pytest.mark.parametrize("content", [None, "", "{}", '{"mediaType": "text/plain"}'])
def test_a_root_that_is_none_lets_nobody_in(tmp_path, content):
    file = tmp_path / "trusted_root.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(AttestationsUnsupported):
        attesting.attested(Trust(root=file), "[{}]", GITHUB, "0" * 64)


def test_without_the_library_they_are_refused_with_the_way_out(monkeypatch):
    import sys

    import mypi.registry

    monkeypatch.delattr(mypi.registry, "sigstore_checks", raising=False)
    monkeypatch.delitem(sys.modules, "mypi.registry.sigstore_checks", raising=False)
    monkeypatch.setitem(sys.modules, "pypi_attestations", None)
    with pytest.raises(AttestationsUnsupported, match="--no-attestations"):
        attesting.attested(WHOEVER, "[{}]", GITHUB, "0" * 64)
