"""The Range header (RFC 9110 §14), as a pure function. Never touches a file or an answer."""

import re
from dataclasses import dataclass

from mypi import errors

_ONE_RANGE = re.compile(r"bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)\s*", re.ASCII | re.IGNORECASE)
LONGEST_POSITION = 19
"""Digits: 2**63 has that many, and no file is longer."""


@dataclass(frozen=True, slots=True)
class ByteRange:
    """A part of a file that exists: never empty, never past its end."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """Return how many bytes it is."""
        return self.last - self.first + 1


def byte_range(header: str | None, size: int) -> ByteRange | None:
    """Return the part of `size` bytes that the header asks for, or None where the whole is to be sent.

    A header that cannot be understood is passed over, as RFC 9110 §14.2 tells. So are several ranges: no installer asks
    for them, and answering them is how servers have been brought to send a file many times over.
    Raises `errors.RangeNotSatisfiable` for a part that begins past the end.
    """
    found = _ONE_RANGE.fullmatch(header) if header else None
    if header is None or found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return _suffix(header, _position(found[2]), size)
    first, last = _position(found[1]), _position(found[2]) if found[2] else size
    if last < first and found[2]:
        return None
    if first >= size:
        raise errors.RangeNotSatisfiable(asked=header, size=size)
    return ByteRange(first, min(last, size - 1))


def _suffix(header: str, length: int, size: int) -> ByteRange | None:
    if length == 0:
        raise errors.RangeNotSatisfiable(asked=header, size=size)
    # A suffix longer than the file is the whole file as a part: Poetry asks small files for their last 10,000 bytes.
    return ByteRange(max(size - length, 0), size - 1) if size else None


def _position(digits: str) -> int:
    digits = digits.lstrip("0")
    return int(digits or "0") if len(digits) <= LONGEST_POSITION else 10**LONGEST_POSITION
