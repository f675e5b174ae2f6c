"""Archives that mean harm, sent to the real server: refused in a line, nothing of them kept, little memory spent."""

import gzip
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mypi import config
from tests.standards.archives import raw_zip
from tests.standards.archives.raw_zip import Entry
from tests.support import builders
from tests.support.installations import RunningServer, running_server
from tests.support.raw_http import get, upload

MEMORY = 100 * 1024**2
"""Bytes by which the process may grow: the hash of a password, some spools of a megabyte, what one archive needs."""

NAME = "evil-1.0-py3-none-any.whl"
SDIST = "evil-1.0.tar.gz"
HUGE = 768 * 1024**2


@dataclass(frozen=True)
class Target:
    """The server that is sent all this."""

    server: RunningServer
    data: Path

    def peak(self) -> int:
        """Return the most memory that its process ever had, in bytes."""
        status = Path(f"/proc/{self.server.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found
        return int(found[1]) * 1024

    def kept(self) -> set[Path]:
        """Return every file that is kept."""
        return {file for folder in ("blobs", "incoming", "tree") for file in (self.data / folder).rglob("*")}


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """Yield a server that has taken a file."""
    data = tmp_path_factory.mktemp("target") / "data"
    with running_server(config.load(environ={}, data_directory=data)) as server:
        assert upload(server.url, *builders.wheel("good", "1.0")).status == 200
        yield Target(server, data)


def zeros(length: int, wbits: int) -> bytes:
    """Return so many zeros, compressed without holding them."""
    packer, block = zlib.compressobj(1, zlib.DEFLATED, wbits), bytes(1024**2)
    return b"".join(packer.compress(block) for _ in range(length // len(block))) + packer.flush()


def zip_bomb(*, honest: bool) -> bytes:
    """Return a wheel with one member of zeros, whose size is given as it is, or as small."""
    packed = zeros(HUGE, -15)
    said = {"method": 8, "crc": 0, "size": HUGE if honest else 100}
    return raw_zip.build([Entry(b"evil/zeros", packed=packed, both=said), *members()])


def members() -> list[Entry]:
    """Return the members of a wheel, without its RECORD."""
    return [
        Entry(b"evil-1.0.dist-info/METADATA", builders.metadata("evil", "1.0")),
        Entry(b"evil-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\nRoot-Is-Purelib: true\n"),
    ]


def overlapping() -> bytes:
    """Return a wheel with many members that are all the same bytes of the archive."""
    packed = zeros(16 * 1024**2, -15)
    inner = {"method": 8, "crc": 0, "size": 16 * 1024**2}
    first = Entry(b"evil/0", packed=packed, both=inner)
    others = [Entry(b"evil/%d" % n, both=inner | {"packed": len(packed)}, central={"offset": 0}) for n in range(1, 500)]
    return raw_zip.build([first, *others, *members()])


def metadata_bomb() -> bytes:
    """Return a wheel whose METADATA is gigantic."""
    packed = zeros(HUGE, -15)
    entry = Entry(b"evil-1.0.dist-info/METADATA", packed=packed, both={"method": 8, "crc": 0, "size": HUGE})
    return raw_zip.build([entry, members()[1]])


def tar(name: str, kind: bytes, link: str = "") -> bytes:
    """Return an sdist with one member of a kind that has no business there."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    folder = "evil-1.0"
    return builders.tar_of([(f"{folder}/PKG-INFO", builders.metadata("evil", "1.0")), (info, b"")])


def tar_bomb() -> bytes:
    """Return an sdist that is nothing but zeros behind its first member."""
    info = tarfile.TarInfo("evil-1.0/zeros")
    info.size = HUGE
    head = gzip.compress(info.tobuf())
    return head + zeros(HUGE, 31)


def crowded_tar() -> bytes:
    """Return an sdist of empty files."""
    return gzip.compress(b"".join(tarfile.TarInfo(f"evil-1.0/{number}").tobuf() for number in range(120_000)), 1)


ARCHIVES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a zip bomb": (NAME, lambda: zip_bomb(honest=True)),
    "a zip bomb that understates": (NAME, lambda: zip_bomb(honest=False)),
    "members that overlap": (NAME, overlapping),
    "a gigantic METADATA": (NAME, metadata_bomb),
    "a tar bomb": (SDIST, tar_bomb),
    "more members than any sdist has": (SDIST, crowded_tar),
    "a way out of a zip": (NAME, lambda: builders.wheel("evil", "1.0", files={"../../../etc/cron.d/evil": b"x"})[1]),
    "an absolute path": (NAME, lambda: builders.wheel("evil", "1.0", files={"/etc/cron.d/evil": b"x"})[1]),
    "a backslash": (NAME, lambda: builders.wheel("evil", "1.0", files={"..\\evil.py": b"x"})[1]),
    "two members of a name": (NAME, lambda: raw_zip.build([*members(), *members()])),
    "a program in front": (NAME, lambda: b"MZ" + bytes(1000) + builders.wheel("evil", "1.0")[1]),
    "noise behind": (NAME, lambda: builders.wheel("evil", "1.0")[1] + b"noise"),
    "half of it": (NAME, lambda: builders.wheel("evil", "1.0", files={"a": bytes(10_000)})[1][:500]),
    "another project inside": (NAME, lambda: builders.wheel("good", "1.0")[1]),
    "a path into the archive as an entry point": (
        NAME,
        lambda: builders.wheel(
            "evil", "1.0", dist_info_files={"entry_points.txt": b"[console_scripts]\n../../../bin/sh = evil:main\n"}
        )[1],
    ),
    "a link out of a tar": (SDIST, lambda: tar("evil-1.0/link", tarfile.SYMTYPE, "../../../../etc/passwd")),
    "a hard link out of a tar": (SDIST, lambda: tar("evil-1.0/link", tarfile.LNKTYPE, "/etc/passwd")),
    "a device": (SDIST, lambda: tar("evil-1.0/null", tarfile.CHRTYPE)),
    "a pipe": (SDIST, lambda: tar("evil-1.0/pipe", tarfile.FIFOTYPE)),
    "a way out of a tar": (SDIST, lambda: tar("evil-1.0/../../evil", tarfile.REGTYPE)),
    "no archive": (SDIST, lambda: b"<html>not found</html>"),
    "a tar that is a zip": (SDIST, lambda: builders.zip_sdist("evil", "1.0")[1]),
}


@pytest.mark.parametrize("archive", ARCHIVES)
def test_a_hostile_archive_is_refused_in_a_line_and_leaves_nothing(target: Target, archive: str) -> None:
    filename, make = ARCHIVES[archive]
    before = target.kept()
    answer = upload(target.server.url, filename, make())
    assert answer.status == 400, answer
    assert len(answer.text.splitlines()) == 1
    assert answer.reason == answer.text.strip()[: len(answer.reason)]
    assert target.kept() == before
    assert get(target.server.url, "/simple/evil/").status == 404
    assert get(target.server.url, "/simple/good/").status == 200


def test_no_hostile_archive_makes_the_process_large(tmp_path: Path) -> None:
    with running_server(config.load(environ={}, data_directory=tmp_path / "data")) as server:
        target = Target(server, tmp_path / "data")
        assert upload(server.url, *builders.wheel("good", "1.0")).status == 200
        before = target.peak()
        for name in (
            "a zip bomb",
            "a zip bomb that understates",
            "members that overlap",
            "a gigantic METADATA",
            "a tar bomb",
        ):
            filename, make = ARCHIVES[name]
            assert upload(server.url, filename, make()).status == 400
        assert target.peak() - before < MEMORY


DESCRIPTIONS = {
    "tags without an end": ("text/markdown", "<a>" * 50_000),
    "brackets within brackets": ("text/markdown", "[" * 50_000),
    "quotes within quotes": ("text/markdown", ">" * 20_000 + "x"),
    "lists within lists": ("text/markdown", "".join("  " * depth + "* x\n" for depth in range(1_000))),
    "stars": ("text/markdown", "*a_ " * 50_000),
    "substitutions that multiply": (
        "text/x-rst",
        ".. |a0| replace:: xxxxxxxxxx\n"
        + "".join(f".. |a{n}| replace:: {f'|a{n - 1}| ' * 10}\n" for n in range(1, 12))
        + "\n|a11|\n",
    ),
    "a file of the server": ("text/x-rst", ".. include:: /etc/passwd\n\n.. raw:: html\n   :file: /etc/passwd\n"),
    "a table without an end": ("text/x-rst", "=" * 100 + "\n" + ("a " * 50 + "\n") * 2_000),
}


@pytest.mark.parametrize("description", DESCRIPTIONS)
def test_a_hostile_description_tells_nothing_of_the_server(target: Target, description: str) -> None:
    content_type, text = DESCRIPTIONS[description]
    name = re.sub(r"[^a-z]+", "-", description)
    built = builders.wheel(name, "1.0", description=text, description_content_type=content_type)
    assert upload(target.server.url, *built).status == 200
    page = get(target.server.url, f"/package/{name}/", Accept="text/html")
    assert page.status == 200
    assert "root:x:0" not in page.text
