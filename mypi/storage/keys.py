"""Where a blob lies below the storage's root. Paths are made of digests, never of what a request says."""

import re
from pathlib import PurePosixPath

SHA256 = re.compile(r"[0-9a-f]{64}")


def blob_key(sha256: str) -> PurePosixPath:
    """Return the place of a blob. Raises ValueError.

    One level of 256 folders keeps each folder small, and soon all are there: to make one durable costs two syncs.
    """
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"'{sha256}' is not a sha256 in hex")
    return PurePosixPath(sha256[:2], sha256)


def of_blob(key: PurePosixPath) -> str | None:
    """Return the sha256 of the blob at a place, or None for a stranger: the inverse of `blob_key`."""
    return key.name if SHA256.fullmatch(key.name) and blob_key(key.name) == key else None
