"""A .tar.gz read once from front to end: members one by one, nothing extracted, nothing sought.

The frame is read here and not by `tarfile`, which allocates what an extended header announces, and which follows
extensions (sparse members, sizes given twice) that let two readers see different members.
"""

import re
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mypi.standards.archives.limits import CHUNK, EXPANSION_FREE, LARGEST_TEXT, MOST_EXPANSION, Fault

SYMLINK = tarfile.SYMTYPE

_BLOCK = 512
_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK = b"x", b"g", b"L", b"K"
_EXTENSIONS = {_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK}
_KINDS = {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE}
_PAX_LENGTH = re.compile(rb"([1-9][0-9]{0,8}) ")


@dataclass(frozen=True, slots=True)
class TarMember:
    """One member: a file, a folder, or a link to another path."""

    path: str
    kind: bytes
    size: int
    target: str

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.kind in {tarfile.REGTYPE, tarfile.AREGTYPE}

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.kind == tarfile.DIRTYPE


class Gunzip:
    """Reads one gzip stream of bounded expansion; a second stream or bytes behind it are a fault."""

    def __init__(self, stream: BinaryIO) -> None:
        self._most = max(EXPANSION_FREE, MOST_EXPANSION * stream.seek(0, 2))
        stream.seek(0)
        self._stream = stream
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._ready = b""
        self._given = 0

    def read(self, size: int) -> bytes:
        """Return this many bytes, fewer only at the end. Raises `Fault`."""
        parts = []
        while size:
            if not self._ready and not self._fill():
                break
            part, self._ready = self._ready[:size], self._ready[size:]
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Pass over this many bytes. Raises `Fault` when there are fewer."""
        while size:
            read = len(self.read(min(size, CHUNK)))
            if not read:
                raise Fault("it ends too early")
            size -= read

    def _fill(self) -> bool:
        while not self._ready and not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._stream.read(CHUNK)
            if not packed:
                raise Fault("its gzip stream ends too early")
            try:
                self._ready = self._inflater.decompress(packed, CHUNK)
            except zlib.error as fault:
                raise Fault("it is not one whole gzip stream") from fault
        self._given += len(self._ready)
        if self._given > self._most:
            raise Fault(f"it expands to more than {MOST_EXPANSION} times its size")
        if not self._ready and (self._inflater.unused_data or self._stream.read(1)):
            raise Fault("there are bytes behind its gzip stream")
        return bool(self._ready)


class Content:
    """The content of one member, read from the source that all members share."""

    def __init__(self, source: Gunzip, size: int) -> None:
        self._source = source
        self._left = size
        self._padding = -size % _BLOCK

    def read(self, size: int) -> bytes:
        """Return this many bytes, fewer only at the end. Raises `Fault`."""
        data = self._source.read(min(size, self._left))
        self._left -= len(data)
        return data

    def finish(self) -> None:
        """Pass over what nobody read. Raises `Fault`."""
        self._source.skip(self._left + self._padding)


def members(source: Gunzip) -> Iterator[tuple[TarMember, Content]]:
    """Yield each member with its content, which may be read before the next. Raises `Fault`."""
    extensions: dict[bytes, bytes] = {}
    while header := _header(source):
        if header.type in _EXTENSIONS:
            if header.type in extensions or header.size > LARGEST_TEXT:
                raise Fault("it has an extended header twice, or one that is too large")
            extensions[header.type] = _exactly(source, header.size)
            source.skip(-header.size % _BLOCK)
            if header.type == _PAX_GLOBAL:
                _check_global(extensions.pop(_PAX_GLOBAL))
            continue
        member = _member(header, extensions)
        extensions = {}
        content = Content(source, member.size)
        yield member, content
        content.finish()
    if extensions:
        raise Fault("it ends with an extended header")


def _header(source: Gunzip) -> tarfile.TarInfo | None:
    """Return the next header, or nothing at the end of the archive."""
    block = _exactly(source, _BLOCK)
    if not any(block):
        _check_end(source)
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as fault:
        raise Fault("it has a tar header that is damaged") from fault
    if header.type not in _KINDS | _EXTENSIONS:
        raise Fault(f"'{header.name}' is a device, a sparse file or another thing that is not read")
    if header.size < 0:
        raise Fault(f"'{header.name}' has a size below zero")
    return header


def _check_end(source: Gunzip) -> None:
    """Read to the end of the stream: behind the first empty block only zeros may stand."""
    while data := source.read(CHUNK):
        if any(data):
            raise Fault("there are members or bytes behind the end of its tar archive")


def _member(header: tarfile.TarInfo, extensions: dict[bytes, bytes]) -> TarMember:
    pax = _records(extensions.get(_PAX, b""))
    if any(key.startswith(b"GNU.sparse") for key in pax):
        raise Fault(f"'{header.name}' is a sparse file")
    if b"size" in pax and pax[b"size"] != str(header.size).encode():
        raise Fault(f"the size of '{header.name}' is given twice")
    path = _one(header.name, pax.get(b"path"), extensions.get(_LONG_NAME))
    target = _one(header.linkname, pax.get(b"linkpath"), extensions.get(_LONG_LINK))
    kind = header.type
    if header.isfile() and path.endswith("/"):
        # Archives older than POSIX mark folders by the slash alone.
        kind = tarfile.DIRTYPE
    if header.size and not (header.isfile() and kind != tarfile.DIRTYPE):
        raise Fault(f"'{path}' is a folder or a link, and has content")
    return TarMember(path, kind, header.size, target)


def _one(short: str, pax: bytes | None, gnu: bytes | None) -> str:
    """Return the name that counts: both extensions at once would be read differently by different readers."""
    if pax is not None and gnu is not None:
        raise Fault("it gives a member two long names")
    if pax is None and gnu is None:
        raw = short.encode("utf-8", "surrogateescape")
    else:
        raw = (pax or b"") if gnu is None else gnu.rstrip(b"\0")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # Python 2 wrote names as the author's file system had them; of any such text Latin-1 makes letters.
        return raw.decode("latin-1")


def _records(data: bytes) -> dict[bytes, bytes]:
    """Return the records of an extended header (POSIX pax): length, blank, key, equals sign, value, line feed."""
    records: dict[bytes, bytes] = {}
    position = 0
    while position < len(data):
        match = _PAX_LENGTH.match(data, position)
        end = position + int(match[1]) if match else 0
        if match is None or end > len(data) or end <= match.end() or data[end - 1 : end] != b"\n":
            raise Fault("it has an extended tar header that is damaged")
        key, equals, value = data[match.end() : end - 1].partition(b"=")
        if not equals or key in records:
            raise Fault("it has an extended tar header that is damaged or says one thing twice")
        records[key] = value
        position = end
    return records


def _check_global(data: bytes) -> None:
    """Git notes the commit in a global header; one that renames or resizes members is not read."""
    if any(key in {b"path", b"linkpath", b"size"} or key.startswith(b"GNU.") for key in _records(data)):
        raise Fault("it has a global header that changes its members")


def _exactly(source: Gunzip, size: int) -> bytes:
    data = source.read(size)
    if len(data) != size:
        raise Fault("its tar archive ends too early")
    return data
