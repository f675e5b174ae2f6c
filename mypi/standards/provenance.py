"""The provenance object of a file (PEP 740) as it is stored and served: read without asking whether it is true."""

import base64
import binascii
import json
from collections.abc import Iterator

CONTENT_TYPE = "application/vnd.pypi.integrity.v1+json"


def is_about(body: bytes, sha256: str) -> bool:
    """Return whether every statement in a provenance object is about the file of this digest, and there is one."""
    try:
        digests = list(_digests(json.loads(body)))
    except (ValueError, TypeError, KeyError, IndexError, binascii.Error):
        return False
    return bool(digests) and set(digests) == {sha256}


def _digests(provenance: dict[str, list[dict[str, list[dict[str, dict[str, str]]]]]]) -> Iterator[str]:
    for bundle in provenance["attestation_bundles"]:
        for attestation in bundle["attestations"]:
            statement = json.loads(base64.b64decode(attestation["envelope"]["statement"]))
            for subject in statement["subject"]:
                yield subject["digest"]["sha256"]
