"""A part of an open file as the body of an answer: read in blocks, never past its end, closed after the last byte."""

from typing import BinaryIO

BLOCK = 64 * 1024
"""Bytes that are read at once, and so the most that an answer keeps in memory."""


class FilePart:
    """The next `length` bytes of an open file, as an iterable that owns the file."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

    def __iter__(self) -> "FilePart":
        return self

    def __next__(self) -> bytes:
        block = self._file.read(min(BLOCK, self._left)) if self._left else b""
        self._left -= len(block)
        if not block:
            self.close()
            raise StopIteration
        if not self._left:
            self.close()
        return block

    def close(self) -> None:
        """Close the file. The server calls this also when the client went away half-way."""
        self._left = 0
        self._file.close()
