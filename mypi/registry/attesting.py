"""Attestations that come with an upload (PEP 740): taken when every one holds, refused otherwise, never taken on trust.

`sigstore_checks` does the cryptography; it needs the extra `mypi[attestations]`, and is imported when the first comes.
"""

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from mypi.errors import AttestationsRefused, AttestationsUnsupported

log = logging.getLogger("mypi")
MOST = 2
"""One for each type of statement: what built the file, and what published it."""


@dataclass(frozen=True)
class Trust:
    """Whom this server believes (docs/protocols/attestations.rst)."""

    root: Path | None = None
    """A `trusted_root.json`; None is the one of the public Sigstore that comes with the library."""
    identities: tuple[str, ...] = ()
    """Patterns, one of which whoever attests must match; none lets everyone whom the root vouches for."""


@dataclass(frozen=True)
class Attested:
    """Attestations that hold: the provenance object that is served, and who attests, as `GitHub:owner/name/file`."""

    provenance: bytes
    by: tuple[str, ...]


def attested(trust: Trust, text: str, filename: str, sha256: str) -> Attested:
    """Return what the attestations of a file say, the JSON list that the form has.

    Raises AttestationsUnsupported where nothing can be verified, AttestationsRefused when any of them does not hold.
    """
    try:
        from mypi.registry import sigstore_checks
    except ImportError as error:
        raise AttestationsUnsupported(filename=filename) from error
    try:
        checks = sigstore_checks.Checks(trust.root, trust.identities)
    except (OSError, ValueError, sigstore_checks.SigstoreError) as error:
        log.error("the root of trust for attestations cannot be used: %s", error)
        raise AttestationsUnsupported(filename=filename) from error
    try:
        provenance, by = checks.provenance(_listed(text), filename, sha256)
    except ValueError as error:
        raise AttestationsRefused(filename=filename, reason=str(error)) from error
    except Exception as error:
        log.info("attestations of %s could not be read", filename, exc_info=error)
        raise AttestationsRefused(filename=filename, reason="they cannot be read") from error
    return Attested(provenance, by)


def _listed(text: str) -> list[object]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("the field is not JSON") from error
    if not isinstance(found, list) or not found:
        raise ValueError("the field is not a list with an attestation in it")
    if len(found) > MOST:
        raise ValueError(f"there are {len(found)}, and {MOST} kinds of which each may come once")
    return found
