"""The content of zip members, in pieces of bounded size, held to the sizes and checksums that the frame gives."""

import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from mypi.standards.archives.limits import CHUNK, Fault, check_expansion
from mypi.standards.archives.zip_framing import DEFLATED, Member


def check_sizes(stream: BinaryIO, members: Iterable[Member]) -> None:
    """Refuse an archive that says itself that it expands too far. Raises `Fault`."""
    check_expansion(sum(member.size for member in members), stream.seek(0, 2))


def pieces(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    """Yield the content of a member. Raises `Fault` when it is longer, shorter or other than announced."""
    size = crc = 0
    for piece in _unpacked(stream, member):
        size += len(piece)
        crc = zlib.crc32(piece, crc)
        if size > member.size:
            break
        yield piece
    if size != member.size or crc != member.crc:
        raise Fault(f"the content of '{member.path}' does not have the size and checksum that are given for it")


def read(stream: BinaryIO, member: Member, most: int) -> bytes:
    """Return the whole content of a member of at most this many bytes. Raises `Fault`."""
    if member.size > most:
        raise Fault(f"'{member.path}' is larger than {most} bytes")
    return b"".join(pieces(stream, member))


def check_all(stream: BinaryIO, members: Iterable[Member]) -> None:
    """Read every member to its end. Raises `Fault`."""
    for member in members:
        for _ in pieces(stream, member):
            pass


def _unpacked(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    if member.method != DEFLATED:
        yield from _packed(stream, member)
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for packed in _packed(stream, member):
            if inflater.eof:
                raise Fault(f"there are bytes behind the packed content of '{member.path}'")
            yield inflater.decompress(packed, CHUNK)
            while inflater.unconsumed_tail:
                yield inflater.decompress(inflater.unconsumed_tail, CHUNK)
        yield inflater.flush()
    except zlib.error as fault:
        raise Fault(f"the content of '{member.path}' cannot be unpacked") from fault
    if not inflater.eof or inflater.unused_data:
        raise Fault(f"the packed content of '{member.path}' does not end where it should")


def _packed(stream: BinaryIO, member: Member) -> Iterator[bytes]:
    # The place is sought anew for each piece, so that two members can be read in turns.
    for position in range(0, member.packed_size, CHUNK):
        stream.seek(member.offset + position)
        data = stream.read(min(CHUNK, member.packed_size - position))
        if not data:
            raise Fault(f"the content of '{member.path}' is cut off")
        yield data
