"""Real files with real attestations, by publishers of every kind: those that `pypi_attestations` is tested with.

Fetched by pip from where this machine's configuration says, once, and kept beside the environments of the clients: they
are not ours to copy, and nobody can make one offline.
"""

import fcntl
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.environments.building import folder
from tests.support.requirements import need

SOURCE = "pypi-attestations==0.0.30"


@dataclass(frozen=True)
class RealFiles:
    """The folder with files, and attestations beside them."""

    folder: Path

    def built(self, filename: str) -> tuple[str, bytes]:
        """Return a distribution file as builders do."""
        return filename, (self.folder / filename).read_bytes()

    def attestation(self, name: str) -> str:
        """Return the text of one attestation."""
        return (self.folder / name).read_text("utf-8")

    def field(self, *names: str) -> str:
        """Return what a client sends in the field of this name."""
        return "[" + ",".join(self.attestation(name) for name in names) + "]"


GITHUB = "pypi_attestations-0.0.19.tar.gz"
"""Attested twice: what published it, and what built it."""
PUBLISH, SLSA = f"{GITHUB}.publish.attestation", f"{GITHUB}.slsa.attestation"
GITLAB = "gitlab_oidc_project-0.0.3.tar.gz"
CIRCLECI = "circleci_sign_publish_example-0.0.1.dev137-py3-none-any.whl"
GOOGLE = "gcb_attestation_test-0.0.0.tar.gz"
STAGING = "rfc8785-0.1.2-py3-none-any.whl"
"""Attested for the Sigstore where people try things out: by nobody whom the public one vouches for."""


@pytest.fixture(scope="session")
def real_files() -> RealFiles:
    """Return real files with real attestations; skip the test when they cannot be fetched."""
    kept = folder() / "attested"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (kept / "complete").exists():
            _fetch(kept)
            (kept / "complete").touch()
    return RealFiles(kept / "assets")


def _fetch(kept: Path) -> None:
    options = ("--quiet", "--no-deps", "--no-binary", ":all:", "--dest", kept)
    command = (sys.executable, "-m", "pip", "download", *options, SOURCE)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    need(done.returncode == 0, f"{SOURCE} cannot be fetched: {done.stderr[-500:]}")
    (sdist,) = kept.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        for member in archive.getmembers():
            if "/test/assets/" in member.name and member.isfile():
                member.name = f"assets/{Path(member.name).name}"
                archive.extract(member, kept, filter="data")
