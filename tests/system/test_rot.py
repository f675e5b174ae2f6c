"""Bytes that change on the disk: found by `mypi verify`, named, and not given out once they are known to be damaged."""

from pathlib import Path

import pytest

from mypi import config
from mypi.config import Settings
from tests.support import builders
from tests.support.installations import CommandLine, running_server
from tests.support.raw_http import get, upload

WHEEL = builders.wheel("rots", "1.0", files={"rots.py": b"x = 1\n" * 100})
SOUND = builders.wheel("sound", "1.0")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of an installation."""
    return config.load(environ={}, data_directory=tmp_path / "data")


def flip(file: Path, at: int) -> None:
    """Change one bit of a file in place, as a disk does."""
    with file.open("r+b") as stream:
        stream.seek(at)
        byte = stream.read(1)
        stream.seek(at)
        stream.write(bytes([byte[0] ^ 1]))


def test_a_flipped_bit_is_named_then_withheld_and_the_same_upload_heals_it(settings: Settings) -> None:
    mypi = CommandLine(settings)
    with running_server(settings) as server:
        for built in (WHEEL, SOUND):
            assert upload(server.url, *built).status == 200
        page = get(server.url, "/simple/rots/").text
        place = page.partition('href="../..')[2].partition("#")[0]
        [blob] = [file for file in (settings.data_directory / "blobs").glob("*/*") if file.read_bytes() == WHEEL[1]]
        flip(blob, 60)

        found = mypi("verify")
        assert found.code == 1
        assert f"team/main: {WHEEL[0]}" in found.out
        assert SOUND[0] not in found.out

        mypi("verify", "--repair")
        refused = get(server.url, place)
        assert refused.status == 503
        assert "damaged" in refused.text
        assert WHEEL[0] not in get(server.url, "/simple/rots/").text
        assert SOUND[0] in get(server.url, "/simple/sound/").text

        assert upload(server.url, *WHEEL).status == 200
        assert get(server.url, place).body == WHEEL[1]
        assert mypi("verify").code == 0
