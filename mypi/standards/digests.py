"""Digests of a distribution file: computed in one pass, and compared with what a client claims.

md5 is there because old clients send and read it; nothing here trusts it.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from mypi import errors

_MISLABELLED_BLAKE2 = 128
"""distutils of Python 3.9 to 3.11 send blake2b with 512 bits under the name of the one with 256."""


@dataclass(frozen=True)
class Digests:
    """Size in bytes and digests in lower-case hex of one file."""

    size: int
    sha256: str
    md5: str
    blake2b_256: str


class Hasher:
    """Computes all digests of a file while its bytes go by."""

    def __init__(self) -> None:
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._md5 = hashlib.md5(usedforsecurity=False)
        self._blake2b_256 = hashlib.blake2b(digest_size=32)

    def update(self, data: bytes) -> None:
        """Take the next bytes of the file."""
        self._size += len(data)
        self._sha256.update(data)
        self._md5.update(data)
        self._blake2b_256.update(data)

    def digests(self) -> Digests:
        """Return the digests of everything taken so far."""
        return Digests(self._size, self._sha256.hexdigest(), self._md5.hexdigest(), self._blake2b_256.hexdigest())


def check_claims(claims: Mapping[str, str], found: Digests) -> None:
    """Compare what the form says (keys 'md5', 'sha256', 'blake2_256') with the file. Raises `DigestMismatch`.

    A claim that is empty or UNKNOWN is none, and an algorithm that is not computed here cannot be judged.
    """
    known = {"md5": found.md5, "sha256": found.sha256, "blake2_256": found.blake2b_256}
    for algorithm, computed in known.items():
        claim = claims.get(algorithm, "").strip().lower()
        if claim in {"", "unknown"} or (algorithm == "blake2_256" and len(claim) == _MISLABELLED_BLAKE2):
            continue
        if not hmac.compare_digest(claim.encode(), computed.encode()):
            raise errors.DigestMismatch(algorithm, computed, claim)
