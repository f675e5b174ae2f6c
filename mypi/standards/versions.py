"""Versions: which are legal, which are one release, which is newer (version specifiers specification).

The parser is that of `packaging`; this module bounds what reaches it, and never guesses what an illegal version means.
"""

from collections.abc import Iterable
from typing import Any

from packaging import version as packaging_version
from packaging.utils import canonicalize_version
from packaging.version import Version

from mypi import errors

LONGEST_VERSION = 100
"""Characters. A number of 100,000 digits would take seconds to read; the longest real versions have about 60."""


def parse(version: str) -> Version:
    """Return the parsed version. Raises `InvalidVersion`, also for what is too long, not ASCII, or padded by blanks."""
    if len(version) > LONGEST_VERSION or not version.isascii() or version != version.strip():
        raise errors.InvalidVersion(version)
    try:
        parsed = Version(version)
    except packaging_version.InvalidVersion as reason:
        raise errors.InvalidVersion(version) from reason
    if len(str(parsed)) > LONGEST_VERSION:  # 1-1 is written as 1.post1
        raise errors.InvalidVersion(version)
    return parsed


def identity(version: str) -> str:
    """Return the text that two spellings of one release share: '1.0.0' and '1' give '1'. Raises `InvalidVersion`."""
    return canonicalize_version(parse(version))


def are_same(version: str, other: str) -> bool:
    """Return whether two texts are spellings of one release; what is no version is none of any."""
    try:
        return identity(version) == identity(other)
    except errors.InvalidVersion:
        return False


def order(version: str) -> tuple[int, Any]:
    """Return a sort key for any text: legal versions in their order, all others below them by their letters."""
    try:
        return 1, parse(version)
    except errors.InvalidVersion:
        return 0, version


def newest(versions: Iterable[str]) -> str | None:
    """Return the highest final version, without one the highest of all, and nothing if there is none."""
    return max(versions, key=lambda version: (_is_final(version), *order(version)), default=None)


def _is_final(version: str) -> bool:
    rank, parsed = order(version)
    return rank == 1 and not parsed.is_prerelease
