"""Wheels: what today's and older tools write passes, and what is not true in RECORD does not."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from mypi import errors
from mypi.standards import archives, filenames
from mypi.standards.archives import Inspection
from tests.support import builders

INFO = "foo-1.0.dist-info"
Built = tuple[str, bytes]


def inspect(built: Built) -> Inspection:
    filename, data = built
    return archives.inspect(io.BytesIO(data), filenames.parse(filename))


def with_record(record: Callable[[str], str], **arguments: Any) -> Built:
    """Return a wheel whose right RECORD went through the function."""
    with zipfile.ZipFile(io.BytesIO(builders.wheel("foo", "1.0", **arguments)[1])) as archive:
        right = archive.read(f"{INFO}/RECORD").decode()
    return builders.wheel("foo", "1.0", record=record(right).encode(), **arguments)


def with_entry_points(text: str) -> Built:
    return builders.wheel("foo", "1.0", dist_info_files={"entry_points.txt": text.encode()})


def sha(algorithm: str, data: bytes) -> str:
    return f"{algorithm}=" + base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()


def module(content: bytes = b"x") -> dict[str, bytes]:
    return {"foo.py": content}


LICENSE: dict[str, Any] = {"metadata_version": "2.4", "metadata_extra": ["License-File: LICENSE"]}

GOOD = {
    "plain": builders.wheel("foo", "1.0"),
    "nothing but metadata": builders.wheel("foo", "1.0", files={}),
    "Metadata 2.0 of old tools": builders.wheel("foo", "1.0", metadata_version="2.0"),
    "a build tag": builders.wheel("foo", "1.0", build="1"),
    "a local version": builders.wheel("foo", "1.0+cu121"),
    "a dotted name": builders.wheel("foo.bar", "1.0", dist_info="foo.bar-1.0.dist-info"),
    "another spelling in the folder": builders.wheel("Foo", "1.0", dist_info="Foo-1.0.dist-info"),
    "a version with zeros": builders.wheel("foo", "1.0", dist_info="foo-1.0.0.dist-info"),
    "a data folder": builders.wheel("foo", "1.0", files={"foo-1.0.data/scripts/foo": b"#!python\n"}),
    "a path with a comma": builders.wheel("foo", "1.0", files={"foo/a,b.txt": b"x"}),
    "a path in Greek": builders.wheel("foo", "1.0", files={"foo/άλφα.txt": b"x"}),
    "RECORD with line ends of Windows": with_record(lambda record: record.replace("\n", "\r\n")),
    "RECORD without itself": with_record(lambda record: record.replace(f"{INFO}/RECORD,,\n", "")),
    "RECORD without sizes": with_record(lambda record: record.replace(",1\n", ",\n"), files=module()),
    "RECORD with a line twice": with_record(lambda record: record + record),
    "RECORD with sha512": with_record(
        lambda record: record.replace(sha("sha256", b"x"), sha("sha512", b"x")), files=module()
    ),
    "RECORD with padding": with_record(
        lambda record: record.replace(",1\n", "=,1\n").replace("==", "=="), files=module()
    ),
    "a signature that is not listed": with_record(
        lambda record: "".join(line for line in record.splitlines(True) if "RECORD.jws" not in line),
        dist_info_files={"RECORD.jws": b"{}"},
    ),
    "scripts": with_entry_points("[console_scripts]\nfoo = foo.cli:main\nfoo-3.x = foo:App.run [extra]\n"),
    "a plug-in with blanks in its name": with_entry_points("[some.plugins]\nA name = foo.plugin:Plugin\nB=foo\n"),
    "no entry points": with_entry_points(""),
    "a licence where PEP 639 wants it": builders.wheel(
        "foo", "1.0", dist_info_files={"licenses/LICENSE": b"MIT"}, **LICENSE
    ),
    "a licence beside METADATA": builders.wheel("foo", "1.0", dist_info_files={"LICENSE": b"MIT"}, **LICENSE),
    "a licence that 2.1 names": builders.wheel("foo", "1.0", metadata_extra=["License-File: LICENSE"]),
}

BAD = {
    "no METADATA": (builders.wheel("foo", "1.0", without=["METADATA"]), "METADATA' is missing"),
    "no WHEEL": (builders.wheel("foo", "1.0", without=["WHEEL"]), "WHEEL' is missing"),
    "no RECORD": (builders.wheel("foo", "1.0", without=["RECORD"]), "RECORD' is missing"),
    "no .dist-info": (("foo-1.0-py3-none-any.whl", builders.zip_of([("foo.py", b"")])), "exactly one .dist-info"),
    "two .dist-info": (builders.wheel("foo", "1.0", files={"bar-1.dist-info/METADATA": b""}), "exactly one .dist-info"),
    "two by letter case": (builders.wheel("foo", "1.0", files={"foo-1.0.DIST-INFO/METADATA": b""}), "exactly one"),
    ".dist-info of another project": (builders.wheel("foo", "1.0", dist_info="bar-1.0.dist-info"), "not named after"),
    ".dist-info of another version": (builders.wheel("foo", "1.0", dist_info="foo-1.1.dist-info"), "not named after"),
    "another major version of wheels": (
        builders.wheel("foo", "1.0", dist_info_files={"WHEEL": b"Wheel-Version: 2.0\n"}),
        "this server knows 1.0",
    ),
    "WHEEL without a version": (builders.wheel("foo", "1.0", dist_info_files={"WHEEL": b""}), "this server knows 1.0"),
    "a file that RECORD does not list": (
        with_record(lambda record: record.replace("foo.py,", "bar.py,"), files=module()),
        "'foo.py' is not listed",
    ),
    "a file that is not there": (
        with_record(lambda record: record + "bar.py,sha256=x,1\n"),
        "not base64|not in the wheel",
    ),
    "a file that is not there, with a digest": (
        with_record(lambda record: record + f"bar.py,{sha('sha256', b'')},0\n"),
        "lists 'bar.py', which is not in the wheel",
    ),
    "a wrong digest": (
        with_record(lambda record: record.replace(sha("sha256", b"x"), sha("sha256", b"y")), files=module()),
        "digest in RECORD for 'foo.py'",
    ),
    "a wrong size": (with_record(lambda record: record.replace(",1\n", ",2\n"), files=module()), "size in RECORD"),
    "md5": (
        with_record(lambda record: record.replace(sha("sha256", b"x"), sha("md5", b"x")), files=module()),
        "not sha256 or stronger",
    ),
    "sha1": (
        with_record(lambda record: record.replace(sha("sha256", b"x"), sha("sha1", b"x")), files=module()),
        "not sha256 or stronger",
    ),
    "no digest": (
        with_record(lambda record: record.replace(sha("sha256", b"x"), ""), files=module()),
        "no digest for 'foo.py'",
    ),
    "two digests": (
        with_record(lambda record: record + f"foo.py,{sha('sha256', b'y')},1\n", files=module()),
        "twice with different digests",
    ),
    "RECORD in another form": (with_record(lambda record: "foo\n" + record), "three fields"),
    "RECORD that is not text": (builders.wheel("foo", "1.0", record=b"\xff\xfe"), "not a table in UTF-8"),
    "RECORD with an open quote": (with_record(lambda record: record + '"foo'), "not a table"),
    "a script outside of its folder": (
        with_entry_points("[console_scripts]\n../../foo = foo:main\n"),
        "is not named by",
    ),
    "a script in a folder": (with_entry_points("[gui_scripts]\na/b = foo:main\n"), "is not named by"),
    "a script of two dots": (with_entry_points("[console_scripts]\n.. = foo:main\n"), "is not named by"),
    "a script with more than a name": (
        with_entry_points("[console_scripts]\nfoo = foo:main; import os\n"),
        "does not name an object",
    ),
    "a script of two lines": (
        with_entry_points("[console_scripts]\nfoo = foo:main\n  evil()\n"),
        "does not name an object",
    ),
    "a script in odd blanks": (with_entry_points("[ console_scripts ]\n../x = foo:main\n"), "is not named by"),
    "entry points without a group": (with_entry_points("foo = foo:main\n"), "not an INI file"),
    "entry points without a target": (with_entry_points("[console_scripts]\nfoo\n"), "not an INI file"),
    "a script twice": (with_entry_points("[console_scripts]\nfoo = a:b\nfoo = c:d\n"), "each name once"),
    "a licence that is missing": (builders.wheel("foo", "1.0", **LICENSE), "licence file 'LICENSE'"),
}


@pytest.mark.parametrize("what", GOOD)
def test_a_wheel_as_tools_write_them_is_taken_and_its_metadata_advertised(what: str) -> None:
    filename, data = GOOD[what]
    inspection = inspect((filename, data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(path for path in archive.namelist() if path.endswith(".dist-info/METADATA"))
        assert inspection.metadata == archive.read(name)
    assert inspection.advertised


@pytest.mark.parametrize("what", BAD)
def test_a_bad_wheel_is_refused_for_its_reason(what: str) -> None:
    built, reason = BAD[what]
    with pytest.raises(errors.InvalidArchive, match=reason):
        inspect(built)


def test_a_wheel_renamed_to_another_version_is_refused() -> None:
    _, data = builders.wheel("foo", "1.0")
    with pytest.raises(errors.InvalidArchive, match="not named after"):
        inspect(("foo-2.0-py3-none-any.whl", data))


def test_a_wheel_whose_metadata_is_of_another_release_is_refused() -> None:
    for name, version in (("bar", "1.0"), ("foo", "2.0")):
        with pytest.raises(errors.MetadataMismatch):
            inspect(builders.wheel("foo", "1.0", metadata_bytes=builders.metadata(name, version)))


def test_metadata_that_breaks_a_rule_is_named_with_its_field() -> None:
    with pytest.raises(errors.InvalidMetadata) as refusal:
        inspect(builders.wheel("foo", "1.0", requires_python="three"))
    assert refusal.value.field == "Requires-Python"


def test_metadata_larger_than_can_be_is_refused_before_it_is_read() -> None:
    with pytest.raises(errors.InvalidArchive, match="larger than 8388608 bytes"):
        inspect(builders.wheel("foo", "1.0", metadata_bytes=b"x" * 8_388_609))
