"""Source distributions: one folder, PKG-INFO in it, and nothing that leaves it."""

import gzip
import io
import random
import tarfile

import pytest

from mypi import errors
from mypi.standards import archives, filenames
from mypi.standards.archives import Inspection
from mypi.standards.archives.limits import EXPANSION_FREE
from tests.support import builders

TOP = "foo-1.0"
INFO = (f"{TOP}/PKG-INFO", builders.metadata("foo", "1.0"))
TAR, ZIP = "foo-1.0.tar.gz", "foo-1.0.zip"
Member = tuple[str | tarfile.TarInfo, bytes]


def inspect(filename: str, data: bytes) -> Inspection:
    return archives.inspect(io.BytesIO(data), filenames.parse(filename))


def special(path: str, kind: bytes, target: str = "") -> Member:
    info = tarfile.TarInfo(f"{TOP}/{path}")
    info.type, info.linkname = kind, target
    return info, b""


def symlink(path: str, target: str) -> Member:
    return special(path, tarfile.SYMTYPE, target)


def folder(path: str) -> Member:
    return special(path, tarfile.DIRTYPE)


def with_headers(path: str, data: bytes = b"x", **headers: str) -> Member:
    info = tarfile.TarInfo(f"{TOP}/{path}")
    info.size, info.pax_headers = len(data), headers
    return info, data


def tar(*members: Member, tar_format: int = tarfile.PAX_FORMAT) -> bytes:
    return builders.tar_of([INFO, *members], tar_format)


def tar_bytes(*members: Member) -> bytes:
    return gzip.decompress(tar(*members))


def packed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)


def raw_header(path: str, kind: bytes, size: int) -> bytes:
    info, _ = special(path, kind)
    assert isinstance(info, tarfile.TarInfo)
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT)


def pax(*records: bytes, kind: bytes = b"x") -> bytes:
    body = b"".join(records)
    return raw_header("ext", kind, len(body)) + body + bytes(-len(body) % 512)


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 512)


def begin() -> bytes:
    """Return PKG-INFO as a tar archive without its end."""
    return raw_header("PKG-INFO", b"0", len(INFO[1])) + padded(INFO[1])


END = bytes(1024)
LICENSED = {"metadata_version": "2.4", "metadata_extra": ["License-File: LICENSE"]}

GOOD = {
    "plain": tar(),
    "GNU format": tar(("foo-1.0/" + "d/" * 60 + "long.txt", b"x"), tar_format=tarfile.GNU_FORMAT),
    "old ustar": tar((f"{TOP}/a", b"x"), tar_format=tarfile.USTAR_FORMAT),
    "a long path": tar(("foo-1.0/" + "d/" * 60 + "long.txt", b"x")),
    "a path in Greek": tar((f"{TOP}/άλφα.txt", b"x")),
    "a path in Latin-1 of Python 2": packed(begin() + raw_header("J\udcf6rg", b"0", 0) + END),
    "folders": tar(folder(""), folder("a"), (f"{TOP}/a/b", b"x")),
    "a folder twice": tar(folder("a"), folder("a")),
    "folders of the seventies": packed(begin() + raw_header("a/", b"\0", 0) + END),
    "dot and slash in front": builders.tar_of([(f"./{path}", data) for path, data in [INFO, (f"{TOP}/a", b"x")]]),
    "times with fractions": tar(with_headers("a", mtime="1.5")),
    "a commit in a global header": packed(pax(b"16 comment=1234\n", kind=b"g") + begin() + END),
    "a link to a file beside it": tar((f"{TOP}/a", b"x"), symlink("b", "a")),
    "a link to a folder above, within": tar(symlink("d/e/b", "../../a")),
    "a link to the top": tar(symlink("d/b", "..")),
    "a link to nothing": tar(symlink("b", "not-there")),
    "a hard link": tar((f"{TOP}/a", b"x"), special("b", tarfile.LNKTYPE, f"{TOP}/a")),
    "padding to ten blocks": packed(begin() + bytes(10240)),
}

BAD = {
    "empty": (b"", "ends too early"),
    "not gzip": (b"x" * 600, "not one whole gzip stream"),
    "bzip2": (b"BZh9" + b"x" * 600, "not one whole gzip stream"),
    "gzip of nothing": (packed(b""), "ends too early"),
    "gzip of something else": (packed(b"x" * 1024), "damaged"),
    "cut off": (tar()[:-9], "ends too early"),
    "a wrong gzip checksum": (tar()[:-8] + b"\0" * 4 + tar()[-4:], "not one whole gzip stream"),
    "bytes behind": (tar() + b"x", "behind its gzip stream"),
    "a second gzip stream": (tar() + tar(), "behind its gzip stream"),
    "no end": (packed(begin()), "ends too early"),
    "a member cut off": (packed(begin() + raw_header("a", b"0", 5000) + b"x" * 100), "ends too early"),
    "members behind the end": (packed(begin() + END + begin() + END), "behind the end"),
    "a wrong header checksum": (packed(begin()[:150] + b"9" + begin()[151:] + END), "damaged"),
    "no PKG-INFO": (builders.tar_of([(f"{TOP}/a", b"")]), "PKG-INFO' is missing"),
    "PKG-INFO too deep": (builders.tar_of([(f"{TOP}/a/PKG-INFO", INFO[1])]), "PKG-INFO' is missing"),
    "PKG-INFO at the top": (builders.tar_of([("PKG-INFO", INFO[1])]), "PKG-INFO' is missing"),
    "PKG-INFO is a link": (
        builders.tar_of([(f"{TOP}/a", INFO[1]), symlink("PKG-INFO", "a")]),
        "not a regular file",
    ),
    "PKG-INFO is a hard link": (
        builders.tar_of([(f"{TOP}/a", INFO[1]), special("PKG-INFO", tarfile.LNKTYPE, f"{TOP}/a")]),
        "not a regular file",
    ),
    "PKG-INFO is a folder": (builders.tar_of([folder("PKG-INFO")]), "PKG-INFO' is missing"),
    "PKG-INFO twice": (tar(INFO), "in it twice"),
    "PKG-INFO too large": (builders.tar_of([(f"{TOP}/PKG-INFO", b"x" * 8_388_609)]), "larger than 8388608 bytes"),
    "two folders on top": (tar(("bar-1.0/a", b"x")), "exactly one folder"),
    "a file on top": (tar(("setup.py", b"x")), "exactly one folder"),
    "a file twice": (tar((f"{TOP}/a", b"x"), (f"{TOP}/a", b"y")), "in it twice"),
    "a file and a folder": (tar((f"{TOP}/a", b"x"), folder("a")), "in it twice|under it"),
    "a file under a file": (tar((f"{TOP}/a", b"x"), (f"{TOP}/a/b", b"y")), "lies under it"),
    "a file under a link": (tar(symlink("a", "b"), (f"{TOP}/a/b", b"y")), "lies under it"),
    "a path upwards": (tar((f"{TOP}/../a", b"x")), "'..' part"),
    "an absolute path": (tar(("/etc/passwd", b"x")), "not a relative one"),
    "a path upwards in a long name": (tar((f"{TOP}/" + "d/" * 60 + "../x", b"")), "'..' part|deeper"),
    "a backslash": (tar((f"{TOP}/..\\a", b"x")), "not a relative one"),
    "a line feed": (tar((f"{TOP}/a\nb", b"x")), "cannot be printed"),
    "a link out": (tar(symlink("a", "../../etc/passwd")), "outside of"),
    "a link one up": (tar(symlink("a", "..")), "outside of"),
    "an absolute link": (tar(symlink("a", "/etc/passwd")), "outside of"),
    "a link out by detours": (tar(symlink("a", "b/../../c")), "'..' part"),
    "a chain of links out": (tar(symlink("p", "."), symlink("s", "p/p/p/../../..")), "'..' part"),
    "a link to no name": (tar(symlink("a", "")), "outside of"),
    "a hard link out": (tar(special("a", tarfile.LNKTYPE, "/etc/passwd")), "not a file of the archive"),
    "a hard link to nothing": (tar(special("a", tarfile.LNKTYPE, f"{TOP}/b")), "not a file of the archive"),
    "a hard link to a link": (
        tar(symlink("b", "c"), special("a", tarfile.LNKTYPE, f"{TOP}/b")),
        "not a file of the archive",
    ),
    "a device": (tar(special("a", tarfile.CHRTYPE)), "a device"),
    "a block device": (tar(special("a", tarfile.BLKTYPE)), "a device"),
    "a pipe": (tar(special("a", tarfile.FIFOTYPE)), "a device"),
    "a sparse file": (packed(begin() + raw_header("a", b"S", 0) + END), "a sparse file"),
    "a sparse file of PAX": (
        packed(begin() + pax(b"22 GNU.sparse.major=1\n") + raw_header("a", b"0", 0) + END),
        "is a sparse file",
    ),
    "a kind that nobody knows": (packed(begin() + raw_header("a", b"Z", 0) + END), "another thing"),
    "a folder with content": (packed(begin() + raw_header("a", b"5", 512) + bytes(512) + END), "has content"),
    "a link with content": (packed(begin() + raw_header("a", b"2", 512) + bytes(512) + END), "has content"),
    "a size given twice": (
        packed(begin() + pax(b"10 size=0\n") + raw_header("a", b"0", 512) + begin() + END),
        "size of .* is given twice",
    ),
    "two extended headers": (
        packed(begin() + pax(b"10 path=a\n") * 2 + raw_header("a", b"0", 0) + END),
        "extended header twice",
    ),
    "two long names": (
        packed(
            begin() + pax(b"10 path=a\n") + raw_header("l", b"L", 2) + padded(b"b\0") + raw_header("a", b"0", 0) + END
        ),
        "two long names",
    ),
    "a path said twice": (
        packed(begin() + pax(b"10 path=a\n", b"10 path=b\n") + raw_header("a", b"0", 0) + END),
        "says one thing twice",
    ),
    "a record of wrong length": (packed(begin() + pax(b"99 path=a\n") + raw_header("a", b"0", 0) + END), "damaged"),
    "a record without a length": (packed(begin() + pax(b"path=a\n") + raw_header("a", b"0", 0) + END), "damaged"),
    "a header that is too large": (packed(begin() + raw_header("a", b"x", 2**21) + bytes(2**21) + END), "too large"),
    "a header at the end": (packed(begin() + pax(b"10 path=a\n") + END), "ends with an extended header"),
    "a global header that renames": (packed(pax(b"10 path=a\n", kind=b"g") + begin() + END), "changes its members"),
}


@pytest.mark.parametrize("what", GOOD)
def test_a_source_distribution_as_tools_write_them_is_taken(what: str) -> None:
    inspection = inspect(TAR, GOOD[what])
    assert inspection.metadata == INFO[1]
    assert (inspection.core_metadata.name, inspection.core_metadata.version) == ("foo", "1.0")


@pytest.mark.parametrize("what", BAD)
def test_a_bad_source_distribution_is_refused_for_its_reason(what: str) -> None:
    data, reason = BAD[what]
    with pytest.raises(errors.InvalidArchive, match=reason):
        inspect(TAR, data)


def test_what_pip_would_unpack_as_a_zip_archive_is_no_tar_archive() -> None:
    stored = gzip.compress(tar_bytes((f"{TOP}/x.zip", builders.zip_of([("evil/setup.py", b"")]))), 0)
    assert inspect_fails(stored) == "it is a zip archive as well as a tar archive"


def inspect_fails(data: bytes) -> str:
    with pytest.raises(errors.InvalidArchive) as refusal:
        inspect(TAR, data)
    return refusal.value.reason


def test_the_signature_of_a_zip_archive_alone_does_no_harm() -> None:
    stored = gzip.compress(tar_bytes((f"{TOP}/x", b"PK\5\6" + b"x" * 30)), 0)
    assert inspect(TAR, stored).core_metadata.name == "foo"


def test_an_archive_that_expands_beyond_measure_is_refused() -> None:
    assert "more than 50 times" in inspect_fails(tar((f"{TOP}/zeros", bytes(EXPANSION_FREE + 1))))


def test_an_archive_that_expands_a_little_is_taken() -> None:
    assert inspect(TAR, tar((f"{TOP}/zeros", bytes(8 * 1024 * 1024)))).core_metadata.name == "foo"


def test_noise_behind_the_compressed_data_is_found_in_any_size() -> None:
    for size in (1, 300_000):
        assert "behind its gzip stream" in inspect_fails(tar() + random.Random(size).randbytes(size))


@pytest.mark.parametrize(
    ("version", "extra", "advertised"),
    [("2.1", [], False), ("2.2", [], True), ("2.2", ["Dynamic: Requires-Dist"], False), ("2.6", [], True)],
)
def test_metadata_is_advertised_only_when_it_is_final(version: str, extra: list[str], advertised: bool) -> None:
    for build in (builders.sdist, builders.zip_sdist):
        assert inspect(*build("foo", "1.0", metadata_version=version, metadata_extra=extra)).advertised is advertised


@pytest.mark.parametrize("build", [builders.sdist, builders.zip_sdist])
def test_a_licence_that_2_4_names_must_be_there(build: builders.Builder) -> None:
    assert inspect(*build("foo", "1.0", files={"LICENSE": b"MIT"}, **LICENSED)).advertised
    with pytest.raises(errors.InvalidArchive, match="licence file 'LICENSE'"):
        inspect(*build("foo", "1.0", **LICENSED))


@pytest.mark.parametrize("build", [builders.sdist, builders.zip_sdist])
def test_a_legacy_name_is_taken_when_it_is_that_of_the_metadata(build: builders.Builder) -> None:
    _, data = build("My.Test-Pkg", "1.0")
    ending = ".zip" if build is builders.zip_sdist else ".tar.gz"
    for spelling in ("My.Test_Pkg-1.0", "My.Test-Pkg-1.0", "my_test_pkg-1.0"):
        assert inspect(spelling + ending, data).core_metadata.name == "My.Test-Pkg"
    for spelling in ("My.Test-1.0", "My.Test-Pkg-2.0"):
        with pytest.raises(errors.MetadataMismatch):
            inspect(spelling + ending, data)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ([(f"{TOP}/setup.py", b"")], "PKG-INFO' is missing"),
        ([INFO, ("bar/a", b"")], "exactly one folder"),
        ([("PKG-INFO", INFO[1])], "PKG-INFO' is missing"),
        ([], "exactly one folder"),
        ([(f"{TOP}/PKG-INFO", b"x" * 8_388_609)], "larger than"),
    ],
)
def test_a_bad_zip_source_distribution_is_refused_for_its_reason(members: list[tuple[str, bytes]], reason: str) -> None:
    with pytest.raises(errors.InvalidArchive, match=reason):
        inspect(ZIP, builders.zip_of(members))


def test_a_tar_archive_named_zip_and_the_other_way_round_are_refused() -> None:
    for filename, data in ((ZIP, tar()), (TAR, builders.zip_of([INFO]))):
        with pytest.raises(errors.InvalidArchive):
            inspect(filename, data)


def test_a_damaged_member_of_a_zip_source_distribution_is_found() -> None:
    _, data = builders.zip_sdist("foo", "1.0", files={"noise": random.Random(1).randbytes(1000)})
    damaged = bytearray(data)
    damaged[data.index(b"foo-1.0/noise") + 500] ^= 1
    with pytest.raises(errors.InvalidArchive, match="noise"):
        inspect(ZIP, bytes(damaged))
