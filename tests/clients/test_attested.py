"""Signatures and attestations as real clients send them, and as readers find them."""

import json
import shutil
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

import pytest

from tests.clients.projects import Project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.attested import CIRCLECI, GITHUB, GITLAB, RealFiles
from tests.support.environments import Outcome, environment
from tests.support.signed import SIGNATURE

IDENTITIES = {
    GITHUB: ["GitHub"],
    GITLAB: ["GitLab"],
    CIRCLECI: ["CircleCI"],
}


def _read(site: Site, url: str, ending: str) -> bytes:
    with urllib.request.urlopen(urljoin(site.simple + "project/", url) + ending) as response:
        body: bytes = response.read()
        return body


@pytest.mark.parametrize("version", ["twine-1.15-3.8", "twine-7"])
def test_twine_sends_the_signature_that_lies_beside_a_file(
    version: str, site: Site, home: Path, built: Project
) -> None:
    write_with_list(home, site, f"{site.url}/")
    paths = [f"dist/{filename}" for filename in built.built]
    for path in paths:
        (built.folder / f"{path}.asc").write_bytes(SIGNATURE)
    sent = [name for path in paths for name in (path, f"{path}.asc")]
    upload = ("-m", "twine", "upload", "-r", "local", "--disable-progress-bar", *sent)
    outcome = environment(version).run("python", *upload, folder=built.folder, home=home)
    assert outcome.code == 0, outcome.output
    files = site.page(built.name)["files"]
    assert [file["gpg-sig"] for file in files] == [True, True]
    assert [_read(site, file["url"], ".asc") for file in files] == [SIGNATURE, SIGNATURE]


def _publish(site: Site, home: Path, folder: Path) -> Outcome:
    login = ("--username", site.username, "--password", site.password, "--trusted-publishing", "never")
    publish = ("publish", *login, "--publish-url", f"{site.url}/legacy/", "dist/*")
    return environment("uv").run("uv", *publish, folder=folder, home=home)


def _with_attestations(real_files: RealFiles, folder: Path, filename: str, of: str) -> None:
    """Lay a file into `dist` with the attestations of that or of another one beside it, where uv looks for them."""
    dist = folder / "dist"
    dist.mkdir()
    shutil.copy(real_files.folder / filename, dist)
    for attestation in real_files.folder.glob(f"{of}.*.attestation"):
        shutil.copy(attestation, dist / attestation.name.replace(of, filename))


@pytest.mark.parametrize("filename", IDENTITIES)
def test_uv_sends_the_attestations_that_lie_beside_a_file(
    filename: str, embedded: Site, home: Path, tmp_path: Path, real_files: RealFiles
) -> None:
    _with_attestations(real_files, tmp_path, filename, filename)
    outcome = _publish(embedded, home, tmp_path)
    assert outcome.code == 0, outcome.output
    name = filename.partition("-")[0].replace("_", "-")
    (file,) = embedded.page(name)["files"]
    served = json.loads(_read(embedded, file["url"], ".provenance"))
    assert [bundle["publisher"]["kind"] for bundle in served["attestation_bundles"]] == IDENTITIES[filename]


def test_uv_shows_why_attestations_are_refused(
    embedded: Site, home: Path, tmp_path: Path, real_files: RealFiles
) -> None:
    other = "pypi_attestation_models-0.0.4a2.tar.gz"
    _with_attestations(real_files, tmp_path, other, of=GITLAB)
    outcome = _publish(embedded, home, tmp_path)
    assert outcome.code != 0
    assert "are refused, and so is the file: it is about a file" in outcome.output
    assert not embedded.knows("pypi-attestation-models")
