"""Eggs and bdist_wininst installers, which people of `setup.py upload` still have."""

import io

import pytest

from mypi import errors
from mypi.standards import archives, filenames
from mypi.standards.archives import Inspection
from tests.support import builders


def inspect(filename: str, data: bytes) -> Inspection:
    return archives.inspect(io.BytesIO(data), filenames.parse(filename))


INFO = builders.metadata("foo", "1.0")


@pytest.mark.parametrize("build", [builders.egg, builders.wininst])
def test_the_metadata_is_read_and_not_advertised(build: builders.Builder) -> None:
    filename, data = build("foo-bar", "1.0", summary="s", metadata_version="2.4")
    inspection = inspect(filename, data)
    assert (inspection.core_metadata.name, inspection.core_metadata.summary) == ("foo-bar", "s")
    assert not inspection.advertised


@pytest.mark.parametrize("build", [builders.egg, builders.wininst])
def test_a_file_of_another_release_is_refused(build: builders.Builder) -> None:
    filename, data = build("foo", "1.0", metadata_bytes=builders.metadata("foo", "1.1"))
    with pytest.raises(errors.MetadataMismatch):
        inspect(filename, data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (builders.zip_of([("foo.py", b"")]), "EGG-INFO/PKG-INFO' is missing"),
        (builders.zip_of([("PKG-INFO", INFO)]), "EGG-INFO/PKG-INFO' is missing"),
        (b"MZ" + builders.egg("foo", "1.0")[1], "in front of it"),
        (b"import foo", "not a whole zip|not a zip archive"),
    ],
)
def test_a_bad_egg_is_refused_for_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(errors.InvalidArchive, match=reason):
        inspect("foo-1.0-py2.7.egg", data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (builders.zip_of([("PURELIB/foo-1.0.egg-info", INFO)]), "does not begin as a Windows program"),
        (b"MZ" + bytes(100), "not a zip archive"),
        (b"MZ" + builders.zip_of([("PURELIB/foo.py", b"")]), "exactly one .egg-info"),
        (b"MZ" + builders.zip_of([("foo-1.0.egg-info", INFO)]), "exactly one .egg-info"),
        (b"MZ" + builders.zip_of([(f"{lib}/foo-1.0.egg-info", INFO) for lib in ("PURELIB", "PLATLIB")]), "exactly one"),
        (builders.wininst("foo", "1.0")[1] + b"x", "behind its end record"),
    ],
)
def test_a_bad_installer_is_refused_for_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(errors.InvalidArchive, match=reason):
        inspect("foo-1.0.win32.exe", data)


def test_the_folder_that_setuptools_wrote_into_installers_is_read() -> None:
    data = b"MZ" + builders.zip_of([("PLATLIB/foo-1.0-py2.7.egg-info/PKG-INFO", INFO)])
    assert inspect("foo-1.0.win32-py2.7.exe", data).metadata == INFO
