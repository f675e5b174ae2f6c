"""The frame of a zip archive: every record is walked, so that no two readers can see different members.

The directory at the end and the records in front of the data must say the same, in the same order, without a gap, an
overlap, or a byte that belongs to neither (APPNOTE 6.3.10 §4.3). Nothing is decompressed here.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mypi.standards.archives.limits import LONGEST_PATH, MOST_MEMBERS, Fault
from mypi.standards.archives.listing import Listing

STORED, DEFLATED = 0, 8

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF
_ZIP64, _UNICODE_PATH = 0x0001, 0x7075
_END64_REST = 44
"""Bytes behind the size field of the zip64 end record, without extensible data."""

_UTF8 = 0x0800
_KNOWN_FLAGS = _UTF8 | 0x0006
"""UTF-8 names and the two bits in which compressors note their effort. Not: encryption, descriptors, patches."""

_FILE, _FOLDER, _UNSAID = 0o100000, 0o040000, 0


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a zip archive, and where its packed bytes lie in the stream."""

    path: str
    offset: int
    packed_size: int
    size: int
    crc: int
    method: int


@dataclass(frozen=True, slots=True)
class _Record:
    """What a record of either kind says about a member."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int


@dataclass(frozen=True, slots=True)
class _Directory:
    """Where the directory lies, counted from the start of the archive, and how many entries it has."""

    count: int
    size: int
    offset: int
    end: int


def walk(stream: BinaryIO, *, program_in_front: bool = False) -> tuple[list[Member], Listing]:
    """Return the files of the archive in their order, and their paths. Raises `Fault`.

    `program_in_front`: the archive is appended to a program, and its offsets count from its own start.
    """
    length = stream.seek(0, 2)
    directory = _read_end(stream, length)
    start = directory.end - directory.size - directory.offset
    if start < 0 or (start > 0 and not program_in_front):
        raise Fault("its zip directory is not where the end record says, or there are bytes in front of it")
    if directory.count > MOST_MEMBERS:
        raise Fault(f"it has more than {MOST_MEMBERS} members")
    members: list[Member] = []
    listing = Listing()
    position = start
    for entry, offset, attributes in _entries(stream, directory):
        if start + offset != position:
            raise Fault("its members do not follow one another without gaps and in the order of the directory")
        data = _check_local(stream, position, entry)
        position = data + entry.packed_size
        path = _path_of(entry)
        listing.add(path.removesuffix("/"), folder=path.endswith("/"))
        _check_kind(path, attributes, entry)
        if not path.endswith("/"):
            members.append(Member(path, data, entry.packed_size, entry.size, entry.crc, entry.method))
    if position != start + directory.offset:
        raise Fault("there are bytes between its last member and its directory")
    listing.check_folders()
    return members, listing


def _read(stream: BinaryIO, position: int, size: int) -> bytes:
    if position < 0:
        raise Fault("it is not a whole zip archive")
    stream.seek(position)
    data = stream.read(size)
    if len(data) != size:
        raise Fault("it is not a whole zip archive: it ends too early")
    return data


def _read_end(stream: BinaryIO, length: int) -> _Directory:
    position = length - _END.size
    signature, disk, first_disk, here, count, size, offset, comment = _END.unpack(_read(stream, position, _END.size))
    if signature != b"PK\5\6" or comment:
        raise Fault("it is not a zip archive, or there are bytes or a comment behind its end record")
    if disk or first_disk or here != count:
        raise Fault("it is one part of a zip archive in several parts")
    locator = position - _LOCATOR64.size
    if locator >= 0 and _read(stream, locator, 4) == b"PK\6\7":
        whole = _read_end64(stream, locator)
        said = zip(
            (count, size, offset), (whole.count, whole.size, whole.offset), (_FULL16, _FULL32, _FULL32), strict=True
        )
        if any(short not in {long, full} for short, long, full in said):
            raise Fault("its two end records contradict each other")
        return whole
    if count == _FULL16 or _FULL32 in {size, offset}:
        raise Fault("its zip64 end record is missing")
    return _Directory(count, size, offset, position)


def _read_end64(stream: BinaryIO, locator: int) -> _Directory:
    position = locator - _END64.size
    _, disk, offset64, disks = _LOCATOR64.unpack(_read(stream, locator, _LOCATOR64.size))
    fields = _END64.unpack(_read(stream, position, _END64.size))
    signature, rest, _, _, this_disk, first_disk, here, count, size, offset = fields
    if signature != b"PK\6\6" or rest != _END64_REST or disk or disks > 1 or this_disk or first_disk or here != count:
        raise Fault("its zip64 end record is not a plain one right in front of its locator")
    start = position - size - offset
    if start + offset64 != position:
        raise Fault("its zip64 locator points elsewhere than to its zip64 end record")
    return _Directory(count, size, offset, position)


def _entries(stream: BinaryIO, directory: _Directory) -> Iterator[tuple[_Record, int, int]]:
    """Yield each entry of the directory with its offset and its attributes."""
    position = directory.end - directory.size
    for _ in range(directory.count):
        fields = _ENTRY.unpack(_read(stream, position, _ENTRY.size))
        signature, _, _, flags, method, _, _, crc, packed, size, name_length, extra_length, comment, disk = fields[:14]
        attributes, offset = fields[15:]
        if signature != b"PK\1\2" or comment or disk:
            raise Fault("its zip directory has an entry that is no plain one, or one with a comment")
        name = _read_name(stream, position + _ENTRY.size, name_length)
        extra = _read(stream, position + _ENTRY.size + name_length, extra_length)
        size, packed, offset = _widened(extra, (size, packed, offset))
        yield _Record(name, flags, method, crc, packed, size), offset, attributes
        position += _ENTRY.size + name_length + extra_length
    if position != directory.end:
        raise Fault("its zip directory has another number of entries than the end record says")


def _read_name(stream: BinaryIO, position: int, length: int) -> bytes:
    if not 0 < length <= LONGEST_PATH:
        raise Fault(f"a member's name has {length} bytes: 1 to {LONGEST_PATH} are read")
    return _read(stream, position, length)


def _check_local(stream: BinaryIO, position: int, entry: _Record) -> int:
    """Compare the record in front of the data with the directory's, and return where the data begins."""
    fields = _LOCAL.unpack(_read(stream, position, _LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = fields
    if signature != b"PK\3\4":
        raise Fault("its zip directory names a member that is not there")
    name = _read_name(stream, position + _LOCAL.size, name_length)
    extra = _read(stream, position + _LOCAL.size + name_length, extra_length)
    size, packed = _widened(extra, (size, packed))
    if _Record(name, flags, method, crc, packed, size) != entry:
        raise Fault(f"its zip directory says another thing about '{_shown(entry.name)}' than the record at the member")
    if flags & ~_KNOWN_FLAGS:
        raise Fault(f"'{_shown(name)}' is encrypted, has a data descriptor, or another feature that is not read")
    if method not in {STORED, DEFLATED} or (method == STORED and packed != size):
        raise Fault(f"'{_shown(name)}' is packed in another way than stored or deflated")
    return position + _LOCAL.size + len(name) + len(extra)


def _widened(extra: bytes, values: tuple[int, ...]) -> tuple[int, ...]:
    """Return the values with the full ones taken from the zip64 field, which holds just these (APPNOTE §4.5.3)."""
    wide = _extra_fields(extra).get(_ZIP64)
    full = [index for index, value in enumerate(values) if value == _FULL32]
    if wide is None:
        if full:
            raise Fault("a size of 4 GiB is given without a zip64 field")
        return values
    # Some writers always give both sizes; what is not needed must at least say the same.
    indexes = full if len(wide) == 8 * len(full) else list(range(len(wide) // 8))
    if len(wide) % 8 or len(indexes) > len(values) or not set(full) <= set(indexes):
        raise Fault("a zip64 field has another length than its member needs")
    result = list(values)
    for index, value in zip(indexes, struct.unpack(f"<{len(indexes)}Q", wide), strict=True):
        if index not in full and value != values[index]:
            raise Fault("a zip64 field contradicts the sizes of its member")
        result[index] = value
    return tuple(result)


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    while extra:
        if len(extra) < 4:
            raise Fault("a member has an extra field that is cut off")
        kind, length = struct.unpack_from("<HH", extra)
        if 4 + length > len(extra) or kind == _UNICODE_PATH or (kind == _ZIP64 and kind in fields):
            raise Fault("a member has an extra field that is cut off, repeated, or gives it a second name")
        fields[kind] = extra[4 : 4 + length]
        extra = extra[4 + length :]
    return fields


def _path_of(record: _Record) -> str:
    """Return the name as text: UTF-8 where the member says so, else code page 437, as all readers have it."""
    if not record.flags & _UTF8:
        return record.name.decode("cp437")
    try:
        return record.name.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Fault(f"the name '{_shown(record.name)}' is not UTF-8, although it is marked so") from fault


def _check_kind(path: str, attributes: int, entry: _Record) -> None:
    kind = (attributes >> 16) & 0o170000
    if kind not in {_FILE, _FOLDER, _UNSAID} or (kind == _FOLDER) > path.endswith("/"):
        raise Fault(f"'{path}' is a link or a device, not a file or a folder")
    if path.endswith("/") and (entry.size or entry.packed_size > 2):
        raise Fault(f"'{path}' is a folder with content")


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")
