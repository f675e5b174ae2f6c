"""Does an attestation hold, and whose is it? Signature, certificate, log entry and subject; no network is asked.

`pypi_attestations` reads and writes the objects, `sigstore` verifies. Both take what they trust from one file, so that
nothing is fetched and nothing is kept in a home directory (docs/decisions/attestations.rst). Needs the extra
`mypi[attestations]`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from cryptography.x509 import Certificate
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename
from pydantic import ValidationError
from pypi_attestations import Attestation, AttestationBundle, AttestationError, AttestationType, Provenance
from sigstore.errors import Error as SigstoreError
from sigstore.errors import VerificationError
from sigstore.models import TrustedRoot
from sigstore.verify import Verifier

from mypi.registry import publishers
from mypi.registry.publishers import Publisher

__all__ = ["Checks", "SigstoreError"]
PUBLIC_SIGSTORE = "https://tuf-repo-cdn.sigstore.dev"
STATEMENT = "https://in-toto.io/Statement/v1"
ENVELOPE = "application/vnd.in-toto+json"


class Checks:
    """What attestations are held against. Raises OSError, ValueError or SigstoreError where the root is none."""

    def __init__(self, root: Path | None, identities: tuple[str, ...]) -> None:
        self._verifier = _verifier(root)
        self._identities = identities

    def provenance(self, claimed: list[object], filename: str, sha256: str) -> tuple[bytes, tuple[str, ...]]:
        """Return the provenance object of attestations that hold, and who attests. Raises ValueError with the reason.

        The object is put together from what was verified: whatever else was sent is left out.
        """
        held = [self._held(one, filename, sha256) for one in claimed]
        types = [one.predicate_type for one in held]
        if len(set(types)) < len(types):
            raise ValueError("two of them are of one predicate type")
        bundles: dict[str, AttestationBundle] = {}
        for one in held:
            bundle = AttestationBundle(publisher=one.publisher, attestations=[])
            bundles.setdefault(publishers.said(one.publisher), bundle).attestations.append(one.attestation)
        document = Provenance(attestation_bundles=list(bundles.values())).model_dump(mode="json")
        return json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), tuple(bundles)

    def _held(self, claimed: object, filename: str, sha256: str) -> "_Held":
        try:
            attestation = Attestation.model_validate(claimed)
            bundle = attestation.to_bundle()
            identity = _Identity(self._identities, attestation.certificate_claims)
            payload_type, payload = self._verifier.verify_dsse(bundle, identity)
            if payload_type != ENVELOPE:
                raise ValueError(f"the envelope holds {payload_type}, not {ENVELOPE}")
            predicate_type = _stated(payload, filename, sha256)
            return _Held(Attestation.from_bundle(bundle), predicate_type, cast("Publisher", identity.publisher))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise ValueError(f"{place or 'one of them'} is not as PEP 740 has it: {first['msg']}") from error
        except (AttestationError, SigstoreError) as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True)
class _Held:
    """An attestation that holds, made anew of what was verified."""

    attestation: Attestation
    predicate_type: str
    publisher: Publisher


class _Identity:
    """Takes the identity from the certificate in the moment in which sigstore has found it to be one of its own."""

    def __init__(self, accepted: tuple[str, ...], claims: dict[str, str]) -> None:
        self._accepted = accepted
        self._claims = claims
        self.publisher: Publisher | None = None

    def verify(self, cert: Certificate) -> None:
        """Return when the certificate is of an accepted publisher. Raises VerificationError."""
        try:
            publisher = publishers.of_certificate(cert, self._claims)
        except ValueError as error:
            raise VerificationError(str(error)) from error
        said = publishers.said(publisher)
        if self._accepted and not any(fnmatchcase(said.casefold(), one.casefold()) for one in self._accepted):
            raise VerificationError(f"{said} is not among the identities that this server accepts")
        self.publisher = publisher


def _stated(payload: bytes, filename: str, sha256: str) -> str:
    """Return the predicate type of a statement about exactly this file. Raises ValueError."""
    statement: Any = json.loads(payload)
    if not isinstance(statement, dict) or statement.get("_type") != STATEMENT:
        raise ValueError("the statement is not one of in-toto version 1")
    match statement.get("subject"):
        case [{"name": str(name), "digest": {"sha256": str(digest)}}]:
            if digest != sha256:
                raise ValueError(f"it is about a file with the sha256 {digest}")
            if _distribution(name) != _distribution(filename):
                raise ValueError(f"it is about a file named {name}")
        case _:
            raise ValueError("the statement has not exactly one subject, with its name and its sha256")
    known = [kind.value for kind in AttestationType]
    if statement.get("predicateType") not in known:
        raise ValueError(f"the predicate type is {statement.get('predicateType')}, not one of {', '.join(known)}")
    return str(statement["predicateType"])


def _distribution(filename: str) -> tuple[object, ...]:
    parse: Callable[[str], tuple[object, ...]]
    parse = parse_wheel_filename if filename.endswith(".whl") else parse_sdist_filename
    try:
        return parse(filename)
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        raise ValueError(f"'{filename}' is no name of a wheel or sdist, and nothing else is attested") from error


@lru_cache(maxsize=4)
def _verifier(root: Path | None) -> Verifier:
    if root is not None:
        return Verifier(trusted_root=TrustedRoot.from_file(str(root)))
    bundled = resources.files("sigstore._store") / quote(PUBLIC_SIGSTORE, safe="") / "trusted_root.json"
    with resources.as_file(bundled) as file:
        return Verifier(trusted_root=TrustedRoot.from_file(str(file)))
