"""A long text out of many short ones in order, kept in pieces: a change makes one piece anew, not the whole.

Where a piece begins is told by the names of its texts alone, so that the same texts give the same bytes whichever way
they came together, and a page that is rebuilt is the page that grew. Asks nobody, writes nothing.
"""

import zlib
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Any

LEVEL = 6  # of gzip: 9 takes twice the time for two percent
TEXTS_IN_PIECE = 64
"""On average: a piece is then as long as what gzip looks back over, and making one takes about a millisecond."""

_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # of RFC 1952: deflate, no name, no time, no particular system
_END = b"\x03\x00"  # an empty last block (RFC 1951)

Key = tuple[Any, ...]
"""What texts are sorted by; its last part is the name that no other text has."""


@dataclass
class _Piece:
    keys: list[Key] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    made: tuple[bytes, bytes] | None = None
    """Its bytes, plain and deflated, as long as no text changed."""


class Pieces:
    """Texts in the order of their keys, with a separator in between."""

    def __init__(self, separator: str) -> None:
        self._separator = separator
        self._pieces = [_Piece()]
        self._firsts: list[Key] = []
        """With what each piece but the first begins."""

    def put(self, key: Key, text: str) -> None:
        """Add a text, or put it in the place of the one of the same key."""
        at = bisect_right(self._firsts, key)
        piece = self._pieces[at]
        place = bisect_left(piece.keys, key)
        piece.made = None
        if place < len(piece.keys) and piece.keys[place] == key:
            piece.texts[place] = text
            return
        piece.keys.insert(place, key)
        piece.texts.insert(place, text)
        if _begins_piece(key):
            self._pieces.insert(at + 1, _Piece(piece.keys[place:], piece.texts[place:]))
            self._firsts.insert(at, key)
            del piece.keys[place:], piece.texts[place:]

    def remove(self, key: Key) -> None:
        """Take a text out; harmless when there is none of this key."""
        at = bisect_right(self._firsts, key)
        piece = self._pieces[at]
        place = bisect_left(piece.keys, key)
        if piece.keys[place : place + 1] != [key]:
            return
        del piece.keys[place], piece.texts[place]
        piece.made = None
        if at and self._firsts[at - 1] == key:
            before = self._pieces[at - 1]
            before.keys += piece.keys
            before.texts += piece.texts
            before.made = None
            del self._pieces[at], self._firsts[at - 1]

    def body(self, before: str, after: str) -> tuple[bytes, bytes]:
        """Return all texts between two others, as `joined` does."""
        return joined(before, self, after)

    def made(self) -> tuple[bytes, bytes]:
        """Return all texts in order, plain and deflated so that they can stand between any others."""
        plain, deflated = _made(self._separator)
        made = [self._of(piece) for piece in self._pieces if piece.texts]
        return plain.join(text for text, _ in made), deflated.join(text for _, text in made)

    def _of(self, piece: _Piece) -> tuple[bytes, bytes]:
        if piece.made is None:
            piece.made = _made(self._separator.join(piece.texts))
        return piece.made


def joined(*parts: str | Pieces) -> tuple[bytes, bytes]:
    """Return texts one after the other: as they are, and as one gzip member (RFC 1952)."""
    made = [_made(part) if isinstance(part, str) else part.made() for part in parts]
    whole = b"".join(plain for plain, _ in made)
    gzipped = b"".join([_HEADER, *(deflated for _, deflated in made), _END])
    return whole, gzipped + zlib.crc32(whole).to_bytes(4, "little") + (len(whole) % 2**32).to_bytes(4, "little")


def _begins_piece(key: Key) -> bool:
    return zlib.crc32(str(key[-1]).encode()) % TEXTS_IN_PIECE == 0


def _made(text: str) -> tuple[bytes, bytes]:
    """Return a text as bytes, plain and deflated so that it can stand between any others: it looks back at none."""
    plain = text.encode()
    if not plain:
        return plain, plain
    deflating = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    return plain, deflating.compress(plain) + deflating.flush(zlib.Z_FULL_FLUSH)
