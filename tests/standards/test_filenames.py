"""Filenames: what they say, which are one, whether they agree with the metadata."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from mypi import errors
from mypi.standards import filenames, names
from mypi.standards.filenames import FileType
from tests.standards.test_names import LEGAL as LEGAL_NAMES
from tests.standards.test_versions import LEGAL as LEGAL_VERSIONS
from tests.support import builders

WHEEL, SDIST, EGG, WININST = FileType.WHEEL, FileType.SDIST, FileType.EGG, FileType.WININST


@pytest.mark.parametrize(
    ("filename", "file_type", "project", "version", "python_version"),
    [
        ("foo-1.0-py3-none-any.whl", WHEEL, "foo", "1.0", "py3"),
        ("Foo.Bar-1.0-py2.py3-none-any.whl", WHEEL, "Foo.Bar", "1.0", "py2.py3"),
        ("foo-1.0-1local-cp311-abi3-manylinux_2_17_x86_64.whl", WHEEL, "foo", "1.0", "cp311"),
        ("foo-1!1.0+cu121-py3-none-any.whl", WHEEL, "foo", "1!1.0+cu121", "py3"),
        ("foo_bar-1.0.tar.gz", SDIST, "foo_bar", "1.0", "source"),
        ("My.Test_Pkg-1.0.tar.gz", SDIST, "My.Test_Pkg", "1.0", "source"),
        ("foo-bar-1.0.zip", SDIST, "foo-bar", "1.0", "source"),
        ("foo-1.0-beta.tar.gz", SDIST, "foo", "1.0-beta", "source"),
        ("foo-1.0-py2.7.egg", EGG, "foo", "1.0", "2.7"),
        ("foo_bar-1.0-py2.7-linux-x86_64.egg", EGG, "foo_bar", "1.0", "2.7"),
        ("foo-1.0_1-py3.6.egg", EGG, "foo", "1.0_1", "3.6"),
        ("foo-1.0.win32.exe", WININST, "foo", "1.0", ""),
        ("foo-bar-1.0.win-amd64-py2.7.exe", WININST, "foo-bar", "1.0", "2.7"),
        ("foo-1.0.linux-x86_64.exe", WININST, "foo", "1.0", ""),
    ],
)
def test_a_filename_says_type_project_version_and_python(
    filename: str, file_type: FileType, project: str, version: str, python_version: str
) -> None:
    parsed = filenames.parse(filename)
    found = (parsed.filename, parsed.file_type, parsed.project, parsed.version, parsed.python_version)
    assert found == (filename, file_type, project, version, python_version)


@pytest.mark.parametrize(
    "filename",
    [
        "foo-1.0-none-any.whl",
        "foo-1.0-py3-none-any-x-y.whl",
        "foo-1.0-x1-py3-none-any.whl",
        "foo-x-py3-none-any.whl",
        "-1.0-py3-none-any.whl",
        "_foo-1.0-py3-none-any.whl",
        "foo-1.0-py3--any.whl",
        "foo.tar.gz",
        "foo-.tar.gz",
        "-1.0.tar.gz",
        "foo-bar.tar.gz",
        "foo-1.0.exe",
        "foo.egg",
        "foo-1.0-2.7.egg",
        "../foo-1.0.tar.gz",
        "a/foo-1.0.tar.gz",
        "a\\foo-1.0.zip",
        ".foo-1.0.tar.gz",
        "foo-1.0.tar.gz\n",
        "foo-1.0\0.tar.gz",
        "fo\x7f-1.0.zip",
        "föö-1.0.tar.gz",
        "foo 1.0.zip",
        "",
        "foo-%2e-1.0.zip",
        "f" * 300 + "-1.0.tar.gz",
        "f" * 201 + "-1.0.tar.gz",
        f"foo-{'1' * 101}.tar.gz",
    ],
)
def test_what_cannot_be_a_distribution_file_is_refused(filename: str) -> None:
    with pytest.raises(errors.InvalidFilename):
        filenames.parse(filename)


@pytest.mark.parametrize(
    "filename",
    [
        "foo-1.0.tar.bz2",
        "foo-1.0.tgz",
        "foo-1.0.rpm",
        "foo-1.0.whl.metadata",
        "index.html",
        "foo-1.0.tar.gz.asc",
        "foo-1.0.ZIP",
        "foo",
    ],
)
def test_other_types_of_files_are_not_taken(filename: str) -> None:
    with pytest.raises(errors.UnsupportedFileType):
        filenames.parse(filename)


@given(LEGAL_NAMES, LEGAL_VERSIONS)
def test_what_the_builders_name_is_read_back(name: str, version: str) -> None:
    for written in (
        f"{builders.escaped(name)}-{version}-py3-none-any.whl",
        f"{builders.escaped(name)}-{version}.tar.gz",
        f"{name}-{version}.zip",
        f"{builders.escaped(name)}-{version}-py2.7.egg",
        f"{name}-{version}.win32.exe",
    ):
        parsed = filenames.parse(written)
        assert names.normalize(parsed.project) == names.normalize(name)
        assert Version(parsed.version) == Version(version)
        filenames.agrees(parsed, name, version)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("IMM-1.0-py3-none-any.whl", "imm-1.0-py3-none-any.whl"),
        ("foo.bar-1.0-py3-none-any.whl", "foo_bar-1.0.0-py3-none-any.whl"),
        ("foo-1.0-py2.py3-none-any.whl", "foo-1.0-py3.py2-none-any.whl"),
        ("foo-1.0-01-py3-none-any.whl", "foo-1.0-1-py3-none-any.whl"),
        ("Foo-Bar-1.0.tar.gz", "foo_bar-1.0.tar.gz"),
        ("foo-1.0c1.zip", "foo-1.0rc1.zip"),
        ("Foo-1.0-py2.7.egg", "foo-1.0-py2.7.egg"),
        ("foo-1.0.win32.exe", "FOO-1.0.win32.exe"),
    ],
)
def test_two_spellings_of_one_distribution_have_one_key(first: str, second: str) -> None:
    assert filenames.key(first) == filenames.key(second)


def test_different_distributions_have_different_keys() -> None:
    different = [
        "foo-1.0.tar.gz",
        "foo-1.0.zip",
        "foo-1.0-py2.7.egg",
        "foo-1.0-py3.6.egg",
        "foo-1.0-py2.7-win32.egg",
        "foo-1.0.win32.exe",
        "foo-1.0.win-amd64.exe",
        "foo-1.0.win32-py2.7.exe",
        "foo-1.0-py3-none-any.whl",
        "foo-1.0-1-py3-none-any.whl",
        "foo-1.0-2-py3-none-any.whl",
        "foo-1.0-1a-py3-none-any.whl",
        "foo-1.0-cp311-cp311-linux_x86_64.whl",
        "foo-1.0-cp311-abi3-linux_x86_64.whl",
        "foo-1.0+a-py3-none-any.whl",
        "foo-1.0.1.tar.gz",
        "foo-1.0.post1.tar.gz",
        "foo_1-0.tar.gz",
        "foo-1!1.0.tar.gz",
        "foo-10.tar.gz",
        "f_oo-1.0.tar.gz",
    ]
    assert len({filenames.key(filename) for filename in different}) == len(different)


@pytest.mark.parametrize(
    ("filename", "name", "version"),
    [
        ("foo-2-2.tar.gz", "foo-2", "2"),
        ("foo-2-2.tar.gz", "foo", "2-2"),
        ("My.Test_Pkg-1.0.tar.gz", "My.Test-Pkg", "1.0"),
        ("foo-bar-1.0.zip", "Foo_Bar", "1.0"),
        ("foo-1.0_1-py2.7.egg", "foo", "1.0-1"),
        ("foo-1.0_abc-py2.7.egg", "foo", "1.0+abc"),
        ("foo-1.0+abc_1-py3-none-any.whl", "foo", "1.0+abc.1"),
        ("foo-1.0.0-py3-none-any.whl", "foo", "1.0"),
        ("rails-html-sanitizer-1.4.2.tar.gz", "rails-html-sanitizer", "1.4.2"),
    ],
)
def test_the_metadata_decides_where_the_name_ends(filename: str, name: str, version: str) -> None:
    filenames.agrees(filenames.parse(filename), name, version)


@pytest.mark.parametrize(
    ("filename", "name", "version", "field"),
    [
        ("rails-html-sanitizer-1.4.2.tar.gz", "rails-html", "1.4.2", "version"),
        ("foo-2-2.tar.gz", "foo", "2", "version"),
        ("foo-1.0.tar.gz", "bar", "1.0", "name"),
        ("foo-1.0-py3-none-any.whl", "foo", "1.1", "version"),
        ("foo-1.0-py3-none-any.whl", "foo", "1.0+local", "version"),
        ("foo-1.0+local-py3-none-any.whl", "foo", "1.0", "version"),
        ("foo-1.0.tar.gz", "foo", "1.0.post1", "version"),
        ("foo_bar-1.0-py2.7.egg", "foo", "1.0", "name"),
        ("foo-bar-1.0.win32.exe", "foo", "1.0", "version"),
    ],
)
def test_a_filename_of_another_release_is_refused(filename: str, name: str, version: str, field: str) -> None:
    with pytest.raises(errors.MetadataMismatch) as refusal:
        filenames.agrees(filenames.parse(filename), name, version)
    assert refusal.value.field == field


@given(st.text(max_size=60))
def test_any_text_is_a_filename_or_refused_by_name(text: str) -> None:
    try:
        parsed = filenames.parse(text)
    except (errors.InvalidFilename, errors.UnsupportedFileType) as refusal:
        outcome = refusal.message
    else:
        outcome = parsed.filename
        assert outcome == text
    assert outcome.isprintable()
