"""A .tar.gz that is a zip archive as well: pip unpacks by what it finds at the end, other installers by the name."""

from typing import BinaryIO

from mypi.standards.archives.limits import Fault

_LONGEST_COMMENT = 65_535
_END_SIZE = 22


def check_not_zip(stream: BinaryIO) -> None:
    """Refuse bytes that end as a zip archive does. Raises `Fault`.

    The signature alone stands by chance in one of 65,000 archives; with that of a directory in its place, or of a
    zip64 locator in front of it, it does not.
    """
    length = stream.seek(0, 2)
    begin = max(0, length - _LONGEST_COMMENT - _END_SIZE)
    stream.seek(begin)
    tail = stream.read()
    position = tail.rfind(b"PK\5\6")
    while position >= 0:
        if _ends_zip(stream, tail[max(0, position - 20) : position + _END_SIZE], begin + position, min(position, 20)):
            raise Fault("it is a zip archive as well as a tar archive")
        position = tail.rfind(b"PK\5\6", 0, position)


def _ends_zip(stream: BinaryIO, around: bytes, position: int, before: int) -> bool:
    if around[:before].startswith(b"PK\6\7"):
        return True
    size = int.from_bytes(around[before + 12 : before + 16], "little")
    if not size or size > position:
        return False
    stream.seek(position - size)
    return stream.read(4) == b"PK\1\2"
