"""What every storage answers: bytes by their sha256, whole and durable or not at all. It knows no names of files."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from mypi.standards.digests import Digests


class Incoming(Protocol):
    """A blob that is being received: hashed while it is written, kept or discarded at the end."""

    def write(self, data: bytes, /) -> int:
        """Take more bytes and return their number. Raises DiskFull."""

    def digests(self) -> Digests:
        """Return size and digests of what was written so far."""

    def reader(self) -> BinaryIO:
        """Return a file at the start of what was written, to be read before it is kept."""

    def keep(self) -> str:
        """Make the bytes durable under their sha256 and return it; what lies there damaged is replaced by them.

        Raises DiskFull; then nothing is kept.
        """

    def discard(self) -> None:
        """Forget the bytes. Harmless after `keep`."""


class Storage(Protocol):
    """A home of blobs."""

    def receive(self) -> Incoming:
        """Return a new blob to write to. Raises DiskFull."""

    def open(self, sha256: str) -> BinaryIO:
        """Return the bytes of a blob as a file. Raises KeyError when it is not there."""

    def contains(self, sha256: str) -> bool:
        """Return whether the blob is there."""

    def path(self, sha256: str) -> Path | None:
        """Return where the blob lies as a file of its own, for the published tree to link to; None if it does not."""

    def delete(self, sha256: str) -> None:
        """Remove a blob; harmless when it is not there."""

    def collect(self, sha256: str, kept_before: float) -> bool:
        """Remove a blob unless it was kept at or after a moment (seconds since 1970); return whether it is removed.

        A reception that keeps the same bytes at the same time finds them, or puts its own in their place.
        """

    def blobs(self) -> Iterator[tuple[str, int, float]]:
        """Yield sha256, size in bytes and modification time (seconds since 1970) of each blob."""

    def abandoned(self, older_than: float) -> Iterator[str]:
        """Yield the names of receptions that ended without `keep` or `discard`, last written before a moment."""

    def forget(self, abandoned: str) -> None:
        """Remove what an abandoned reception left."""


def keep_bytes(storage: Storage, data: bytes) -> str:
    """Keep a small blob and return its sha256. Raises DiskFull."""
    incoming = storage.receive()
    try:
        incoming.write(data)
        return incoming.keep()
    finally:
        incoming.discard()
