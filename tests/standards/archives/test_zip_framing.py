"""Zip archives that two readers would read in two ways, or that are built to hurt."""

import io
import struct
import zipfile

import pytest

from mypi import errors
from mypi.standards import archives, filenames
from mypi.standards.archives import zip_content, zip_framing
from mypi.standards.archives.limits import Fault
from tests.standards.archives.raw_zip import Entry, build, central_record, deflated, zip64_end
from tests.support import builders

A, B = Entry(b"a", b"first"), Entry(b"b", b"second")
FULL = 0xFFFFFFFF
UNIX_LINK, DEVICE, FOLDER = 0o120777 << 16, 0o020644 << 16, 0o040755 << 16


def extra(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def read_all(data: bytes) -> dict[str, bytes]:
    stream = io.BytesIO(data)
    members, _ = zip_framing.walk(stream)
    zip_content.check_sizes(stream, members)
    return {member.path: b"".join(zip_content.pieces(stream, member)) for member in members}


def sizes64(size: int, packed: int) -> bytes:
    return extra(1, struct.pack("<QQ", size, packed))


GOOD = {
    "stored": build([A, B]),
    "nothing in it": build([]),
    "deflated": build([Entry(b"a", b"x" * 99, deflated(b"x" * 99), both={"method": 8})]),
    "deflated, in a hurry": build([Entry(b"a", b"x" * 99, deflated(b"x" * 99), both={"method": 8, "flags": 4})]),
    "a UTF-8 name": build([Entry("é".encode(), b"", both={"flags": 0x800})]),
    "a folder": build([Entry(b"d/", central={"attributes": FOLDER}), Entry(b"d/a", b"x")]),
    "a folder behind its files": build([Entry(b"d/a", b"x"), Entry(b"d/", central={"attributes": FOLDER})]),
    "no attributes": build([Entry(b"a", b"x", central={"attributes": 0})]),
    "a time in an extra field": build([Entry(b"a", b"x", local={"extra": extra(0x5455, b"\0" * 5)})]),
    "zip64 sizes in front": build([Entry(b"a", b"x", local={"size": FULL, "packed": FULL, "extra": sizes64(1, 1)})]),
    "zip64 sizes that are not needed": build([Entry(b"a", b"x", local={"extra": sizes64(1, 1)})]),
    "zip64 end": build([], zip64=zip64_end(0, 0, 0)),
    "zip64 end with all fields": build([], zip64=zip64_end(0, 0, 0), count=0xFFFF, size=FULL, offset=FULL),
}

BAD = {
    "empty": (b"", "not a whole zip"),
    "no zip at all": (b"x" * 100, "not a zip archive"),
    "cut off": (GOOD["stored"][:-5], "not a zip archive"),
    "bytes in front": (b"#!/bin/sh\n" + GOOD["stored"], "in front of it"),
    "bytes in front, offsets right": (build([A, B], front=b"junk"), "do not follow one another"),
    "bytes behind": (build([A], behind=b"x"), "behind its end record"),
    "a second archive behind": (GOOD["stored"] + build([A], own_offsets=True), "in front of it"),
    "a comment": (build([A], comment=b"hello"), "a comment behind"),
    "bytes between member and directory": (build([A], between=b"junk"), "between its last member"),
    "a gap between members": (build([Entry(b"a", b"1", gap=b"junk"), B]), "do not follow one another"),
    "members in another order": (
        build([Entry(b"a", b"1", central={"offset": 32}), Entry(b"b", b"2", central={"offset": 0})]),
        "do not follow",
    ),
    "two entries for one member": (build([A, Entry(b"b", b"second", central={"offset": 0})]), "do not follow"),
    "a hidden member": (build([A, B], count=1), "in front of it|another number of entries"),
    "one entry too few": (build([A, B], count=1, here=1), "another number of entries"),
    "one entry too many": (build([A], count=2), "no plain one|ends too early"),
    "too many entries": (build([], zip64=zip64_end(100_001, 0, 0), count=0xFFFF), "more than 100000 members"),
    "in several parts": (build([A], disk=1), "several parts"),
    "an entry on another disk": (build([Entry(b"a", b"1", central={"disk": 1})]), "no plain one"),
    "directory size wrong": (build([A], size=10), "where the end record says|in front of it"),
    "directory offset behind the end": (build([A], offset=10_000), "where the end record says"),
    "other name in front": (build([Entry(b"a", b"1", local={"name": b"x"})]), "says another thing"),
    "other size in front": (build([Entry(b"a", b"1", local={"size": 2})]), "says another thing"),
    "other packed size in front": (build([Entry(b"a", b"1", local={"packed": 0})]), "says another thing"),
    "other checksum in front": (build([Entry(b"a", b"1", local={"crc": 0})]), "says another thing"),
    "other method in front": (build([Entry(b"a", b"1", local={"method": 8})]), "says another thing"),
    "other flags in front": (build([Entry(b"a", b"1", local={"flags": 0x800})]), "says another thing"),
    "no record in front": (build([Entry(b"a", b"1", local={"signature": b"PK\7\7"})]), "a member that is not there"),
    "a bad entry": (build([Entry(b"a", b"1", central={"signature": b"PK\7\7"})]), "no plain one"),
    "a comment on a member": (build([Entry(b"a", b"1", central={"comment": b"c"})]), "one with a comment"),
    "a data descriptor": (build([Entry(b"a", b"1", both={"flags": 8})]), "data descriptor"),
    "encrypted": (build([Entry(b"a", b"1", both={"flags": 1})]), "encrypted"),
    "strongly encrypted": (build([Entry(b"a", b"1", both={"flags": 0x41})]), "encrypted"),
    "a masked directory": (build([Entry(b"a", b"1", both={"flags": 0x2000})]), "encrypted"),
    "bzip2": (build([Entry(b"a", b"1", both={"method": 12})]), "another way than stored or deflated"),
    "lzma": (build([Entry(b"a", b"1", both={"method": 14})]), "another way than stored or deflated"),
    "zstandard": (build([Entry(b"a", b"1", both={"method": 93})]), "another way than stored or deflated"),
    "stored with two sizes": (build([Entry(b"a", b"12", both={"size": 1})]), "another way than stored"),
    "the same path twice": (build([A, A]), "in it twice"),
    "a file and a folder of one name": (build([A, Entry(b"a/")]), "in it twice|under it"),
    "a file under a file": (build([A, Entry(b"a/b", b"x")]), "lies under it"),
    "a path upwards": (build([Entry(b"../a")]), "'..' part"),
    "a path upwards inside": (build([Entry(b"a/../../b")]), "'..' part"),
    "an absolute path": (build([Entry(b"/etc/passwd")]), "not a relative one"),
    "a drive": (build([Entry(b"C:/a")]), "not a relative one"),
    "a backslash": (build([Entry(b"a\\b")]), "not a relative one"),
    "an empty part": (build([Entry(b"a//b")]), "empty"),
    "a dot": (build([Entry(b"./a")]), "'.'"),
    "a line feed": (build([Entry(b"a\nb")]), "cannot be printed"),
    "a NUL": (build([Entry(b"a\0b")]), "cannot be printed"),
    "text that turns round": (build([Entry("a\u202eb".encode(), both={"flags": 0x800})]), "cannot be printed"),
    "no name": (build([Entry(b"")]), "0 bytes"),
    "a name that is too long": (build([Entry(b"a" * 1025)]), "1025 bytes"),
    "a path that is too deep": (build([Entry(b"a/" * 65 + b"b")]), "deeper than 64"),
    "a name that is not UTF-8": (build([Entry(b"\xff", both={"flags": 0x800})]), "not UTF-8"),
    "a second name": (build([Entry(b"a", local={"extra": extra(0x7075, b"\1" + b"\0" * 4 + b"evil")})]), "second name"),
    "a second name in the directory": (build([Entry(b"a", central={"extra": extra(0x7075, b"x")})]), "second name"),
    "an extra field cut off": (build([Entry(b"a", local={"extra": b"\1\0\x10\0xx"})]), "cut off"),
    "a rest of an extra field": (build([Entry(b"a", local={"extra": b"\1\0"})]), "cut off"),
    "two zip64 fields": (build([Entry(b"a", b"x", local={"extra": sizes64(1, 1) * 2})]), "repeated"),
    "a zip64 field missing": (build([Entry(b"a", b"x", both={"size": FULL})]), "without a zip64 field"),
    "a zip64 field of odd length": (
        build([Entry(b"a", b"x", both={"size": FULL, "extra": extra(1, b"x" * 7)})]),
        "another length",
    ),
    "a zip64 field that is too short": (
        build([Entry(b"a", b"x", both={"size": FULL, "packed": FULL, "extra": extra(1, b"\0" * 8)})]),
        "another length",
    ),
    "a zip64 field that is too long": (
        build([Entry(b"a", b"x", local={"extra": extra(1, b"\0" * 24)})]),
        "another length",
    ),
    "a zip64 field that contradicts": (build([Entry(b"a", b"x", local={"extra": sizes64(2, 2)})]), "contradicts"),
    "zip64 sizes that differ": (
        build([Entry(b"a", b"x", local={"size": FULL, "packed": FULL, "extra": sizes64(9, 1)})]),
        "says another thing",
    ),
    "zip64 end with other numbers": (build([A], zip64=zip64_end(0, 0, 0)), "contradict each other"),
    "zip64 end with more data": (build([], zip64=zip64_end(0, 0, 0, rest=45)), "not a plain one"),
    "zip64 locator elsewhere": (build([], zip64=zip64_end(0, 0, 0, position=7)), "points elsewhere"),
    "zip64 end missing": (build([A], offset=FULL), "zip64 end record is missing"),
    "a link": (build([Entry(b"a", b"/etc/passwd", central={"attributes": UNIX_LINK})]), "a link or a device"),
    "a device": (build([Entry(b"a", b"", central={"attributes": DEVICE})]), "a link or a device"),
    "a folder without a slash": (build([Entry(b"a", b"", central={"attributes": FOLDER})]), "a link or a device"),
    "a folder with content": (build([Entry(b"a/", b"x", central={"attributes": FOLDER})]), "folder with content"),
    "a wrong checksum": (build([Entry(b"a", b"x", both={"crc": 1})]), "size and checksum"),
    "longer than announced": (
        build([Entry(b"a", b"x", deflated(b"x" * 10**6), both={"method": 8})]),
        "size and checksum",
    ),
    "shorter than announced": (build([Entry(b"a", b"xx", deflated(b"x"), both={"method": 8})]), "size and checksum"),
    "not deflated at all": (build([Entry(b"a", b"x", b"\xff\xff", both={"method": 8})]), "cannot be unpacked"),
    "deflated, cut off": (
        build([Entry(b"a", b"xyz", deflated(b"xyz")[:-2], both={"method": 8})]),
        "size and checksum|does not end",
    ),
    "bytes behind the deflated": (
        build([Entry(b"a", b"x", deflated(b"x") + b"junk", both={"method": 8})]),
        "does not end where",
    ),
    "many bytes behind the deflated": (
        build([Entry(b"a", b"x", deflated(b"x") + b"j" * 600_000, both={"method": 8})]),
        "bytes behind the packed",
    ),
    "a bomb": (
        build([Entry(b"a", b"", deflated(b""), both={"method": 8, "size": 65 * 1024 * 1024})]),
        "more than 50 times",
    ),
}


@pytest.mark.parametrize("what", GOOD)
def test_a_sound_archive_is_read_as_zipfile_reads_it(what: str) -> None:
    with zipfile.ZipFile(io.BytesIO(GOOD[what])) as archive:
        expected = {info.filename: archive.read(info) for info in archive.infolist() if not info.is_dir()}
    assert read_all(GOOD[what]) == expected


@pytest.mark.parametrize("what", BAD)
def test_a_bad_archive_is_refused_for_its_reason(what: str) -> None:
    data, reason = BAD[what]
    with pytest.raises(Fault, match=reason):
        read_all(data)


def test_a_member_of_the_size_of_a_bomb_is_not_unpacked_further_than_announced() -> None:
    bomb = deflated(bytes(200 * 1024 * 1024))
    stream = io.BytesIO(build([Entry(b"a", b"", bomb, both={"method": 8, "size": 10})]))
    members, _ = zip_framing.walk(stream)
    taken: list[bytes] = []
    with pytest.raises(Fault, match="size and checksum"):
        taken.extend(zip_content.pieces(stream, members[0]))
    assert sum(map(len, taken)) <= 10


def test_the_entry_of_a_member_in_a_directory_of_zip64_offsets_is_found() -> None:
    entry = Entry(b"a", b"x", central={"offset": FULL, "extra": extra(1, struct.pack("<Q", 0))})
    assert read_all(build([entry])) == {"a": b"x"}
    assert len(central_record(entry.record(0))) == 47


def test_a_flipped_bit_anywhere_in_a_wheel_is_noticed() -> None:
    filename, data = builders.wheel("foo", "1.0", summary="s", compression=zipfile.ZIP_STORED)
    parsed = filenames.parse(filename)
    taken = []
    for position in range(len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 0x10
        try:
            archives.inspect(io.BytesIO(bytes(damaged)), parsed)
        except errors.Failure:
            continue
        taken.append(position)
    directory = data.index(b"PK\1\2")
    # What is left says nothing about content: versions of the writer, dates, and attributes beside the kind of file.
    assert all(is_idle(data, position, directory) for position in taken)


def is_idle(data: bytes, position: int, directory: int) -> bool:
    if position < directory:
        return position - data.rindex(b"PK\3\4", 0, position + 1) in {4, 5, 10, 11, 12, 13}
    return position - data.rindex(b"PK\1\2", 0, position + 1) in {4, 5, 6, 7, 12, 13, 14, 15, *range(36, 42)}
