"""What is beside a file: does it belong to it, and can it be had again? Only metadata can be taken from the archive."""

import hashlib
from contextlib import suppress
from pathlib import Path

from mypi.publishing.publisher import Publisher
from mypi.publishing.verification import places, stored_files
from mypi.publishing.verification.stored_files import PIECE, StoredFile
from mypi.standards import provenance
from mypi.standards.digests import Digests
from mypi.standards.sidecars import Sidecar
from mypi.storage.interface import Storage, keep_bytes


def belongs(storage: Storage, file: StoredFile, sidecar: Sidecar, sha256: str) -> bool:
    """Return whether what the row names is about these bytes, as far as can be told. Raises KeyError, OSError."""
    if sidecar is Sidecar.METADATA:
        inspection = stored_files.inspected(storage, file)
        return inspection is None or hashlib.sha256(inspection.metadata).hexdigest() == sha256
    if sidecar is Sidecar.PROVENANCE:
        with storage.open(sha256) as stream:
            return provenance.is_about(stream.read(), file.published_sha256)
    return True


def found_again(publisher: Publisher, file: StoredFile) -> dict[Sidecar, str | None]:
    """Return the digests of what may be served beside a file; whatever was damaged is kept again where it is found."""
    again = {sidecar: _right(publisher, file, sidecar, sha256) for sidecar, sha256 in file.sidecars.items()}
    return again | {Sidecar.METADATA: _metadata(publisher.storage, file)}


def keep_again(storage: Storage, place: Path, sha256: str) -> Digests | None:
    """Keep the bytes that lie at a place, if they are those of the digest. Raises DiskFull."""
    incoming = storage.receive()
    try:
        with place.open("rb") as stream:
            while piece := stream.read(PIECE):
                incoming.write(piece)
        found = incoming.digests()
        if found.sha256 != sha256:
            return None
        incoming.keep()
        return found
    except OSError:
        return None
    finally:
        incoming.discard()


def _right(publisher: Publisher, file: StoredFile, sidecar: Sidecar, sha256: str | None) -> str | None:
    storage = publisher.storage
    if sha256 is None:
        return None
    if not _is_whole(storage, sha256):
        index = places.find_sides(publisher, file.index)
        if not index:
            return None
        if not keep_again(storage, index.right.beside(file.published_sha256, file.filename, sidecar), sha256):
            return None
    return sha256 if belongs(storage, file, sidecar, sha256) else None


def _metadata(storage: Storage, file: StoredFile) -> str | None:
    """Return the digest of the metadata that may be advertised, kept again from the archive where that can be read."""
    sha256 = file.sidecars[Sidecar.METADATA]
    if sha256 is None:
        return None
    inspection = stored_files.inspected(storage, file)
    if inspection:
        return keep_bytes(storage, inspection.metadata) if inspection.advertised else None
    return sha256 if _is_whole(storage, sha256) else None


def _is_whole(storage: Storage, sha256: str) -> bool:
    with suppress(KeyError, OSError):
        return stored_files.digests_now(storage, sha256).sha256 == sha256
    return False
