"""Core metadata: read as old and new tools write it, refused where identity or resolution is at stake."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.standards import core_metadata
from mypi.standards.core_metadata import CoreMetadata
from tests.support.builders import metadata

_VALUES = {str: st.text(), tuple[str, ...]: st.lists(st.text(min_size=1)).map(tuple)}
_PAIRS = st.lists(st.tuples(st.text(), st.text())).map(tuple)
ANY = st.builds(CoreMetadata, **{field.name: _VALUES.get(field.type, _PAIRS) for field in fields(CoreMetadata)})  # type: ignore[arg-type]


EVERY_FIELD = (
    "Summary: a summary",
    "Keywords: a, b c",
    "Author: A",
    "Author-email: a@example.org",
    "Maintainer: M",
    "Maintainer-email: m@example.org",
    "License-Expression: MIT OR Apache-2.0",
    "License-File: LICENSE",
    "Classifier: Private :: x",
    "Classifier: Topic :: y",
    "Platform: any",
    "Supported-Platform: linux",
    "Home-page: https://example.org",
    "Download-URL: https://example.org/d",
    "Project-URL: Docs, https://example.org/a,b",
    "Project-URL: Docs, https://example.org/c",
    "Requires-Python: >=3.8,<4",
    "Requires-Dist: bar>=1; extra == 'x'",
    "Requires-External: C",
    "Provides-Extra: x",
    "Provides-Dist: p",
    "Obsoletes-Dist: o",
    "Requires: r",
    "Provides: v",
    "Obsoletes: s",
    "Dynamic: Requires-Dist",
    "Import-Name: foo",
    "Import-Namespace: ns",
    "Description-Content-Type: text/markdown",
)
EVERYTHING = CoreMetadata(
    "2.6",
    "foo",
    "1.0",
    summary="a summary",
    description="# Title\n\n  indented",
    description_content_type="text/markdown",
    keywords=("a", "b c"),
    author="A",
    author_email="a@example.org",
    maintainer="M",
    maintainer_email="m@example.org",
    license_expression="MIT OR Apache-2.0",
    license_files=("LICENSE",),
    classifiers=("Private :: x", "Topic :: y"),
    platforms=("any",),
    supported_platforms=("linux",),
    home_page="https://example.org",
    download_url="https://example.org/d",
    project_urls=(("Docs", "https://example.org/a,b"), ("Docs", "https://example.org/c")),
    requires_python=">=3.8,<4",
    requires_dist=("bar>=1; extra == 'x'",),
    requires_external=("C",),
    provides_extra=("x",),
    provides_dist=("p",),
    obsoletes_dist=("o",),
    requires=("r",),
    provides=("v",),
    obsoletes=("s",),
    dynamic=("Requires-Dist",),
    import_names=("foo",),
    import_namespaces=("ns",),
)


def read(*lines: str, version: str = "2.1", description: str = "") -> CoreMetadata:
    data = metadata("foo", "1.0", metadata_version=version, metadata_extra=lines, description=description)
    return core_metadata.parse(data, "foo-1.0.tar.gz")


@given(ANY)
def test_what_was_stored_as_json_is_read_back(value: CoreMetadata) -> None:
    assert CoreMetadata.from_json(value.to_json()) == value


def test_every_field_of_the_specification_is_read() -> None:
    assert read(*EVERY_FIELD, version="2.6", description="# Title\n\n  indented") == EVERYTHING
    assert all(getattr(EVERYTHING, field.name) for field in fields(CoreMetadata) if field.name != "license")


@pytest.mark.parametrize(
    "version", ["1.0", "1.1", "1.2", "1.3", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.99"]
)
def test_each_version_of_metadata_and_a_newer_minor_one_is_read(version: str) -> None:
    assert read("Classifier: a", "License-File: L", version=version).classifiers == ("a",)


@pytest.mark.parametrize("value", ["UNKNOWN", ""])
def test_unknown_and_empty_mean_absent(value: str) -> None:
    read_back = read(
        f"License: {value}",
        f"Platform: {value}",
        f"Home-page: {value}",
        f"Requires-Python: {value}",
        description="UNKNOWN",
    )
    assert read_back == CoreMetadata("2.1", "foo", "1.0")


@pytest.mark.parametrize("fold", ["        ", "       |"])
def test_a_description_in_the_header_is_unfolded(fold: str) -> None:
    assert read(f"Description: Title\n{fold}\n{fold}  code\n{fold}end").description == "Title\n\n  code\nend"


def test_keywords_without_commas_are_split_at_blanks() -> None:
    assert read("Keywords: a b").keywords == ("a", "b")


def test_latin_1_of_old_tools_is_read() -> None:
    data = metadata("foo", "1.0", metadata_version="1.0") + "Author: Jörg\n".encode("latin-1")
    assert core_metadata.parse(data, "foo-1.0.tar.gz").author == "Jörg"


def test_a_nul_in_a_text_is_written_out() -> None:
    assert read("Summary: a\0b").summary == "a\\x00b"


def test_line_ends_of_windows_are_read() -> None:
    data = metadata("foo", "1.0", summary="s", description="one\ntwo").replace(b"\n", b"\r\n")
    read_back = core_metadata.parse(data, "foo-1.0.tar.gz")
    assert (read_back.name, read_back.summary) == ("foo", "s")
    assert read_back.description.split() == ["one", "two"]


@pytest.mark.parametrize(
    ("version", "lines", "final"),
    [
        ("2.1", (), False),
        ("2.2", (), True),
        ("2.4", ("Dynamic: License-File",), False),
        ("2.10", (), True),
        ("1.2", (), False),
    ],
)
def test_metadata_is_final_from_2_2_on_when_nothing_is_dynamic(
    version: str, lines: tuple[str, ...], final: bool
) -> None:
    assert read(*lines, version=version).is_final is final


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b"", "Metadata-Version"),
        (b"Name: foo\nVersion: 1\n", "Metadata-Version"),
        (b"Metadata-Version: 3.0\nName: foo\nVersion: 1\n", "Metadata-Version"),
        (b"Metadata-Version: 0.9\nName: foo\nVersion: 1\n", "Metadata-Version"),
        (b"Metadata-Version: two\nName: foo\nVersion: 1\n", "Metadata-Version"),
        (b"Metadata-Version: 2.1\nMetadata-Version: 2.1\nName: foo\nVersion: 1\n", "Metadata-Version"),
        (b"Metadata-Version: 2.1\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: UNKNOWN\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: -foo\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: foo\nName: bar\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: foo\nname: foo\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: foo\n bar\nVersion: 1\n", "Name"),
        (b"Metadata-Version: 2.1\nName: foo\n", "Version"),
        (b"Metadata-Version: 2.1\nName: foo\nVersion: latest\n", "Version"),
        (b"Metadata-Version: 2.1\nName: foo\nVersion: 1\nVersion: 2\n", "Version"),
        (b"Metadata-Version: 2.1\n\nName: foo\nVersion: 1\n", "Name"),
        (metadata("foo", "1", requires_python="three"), "Requires-Python"),
        (metadata("foo", "1", requires_python=">=2.7.*"), "Requires-Python"),
        (metadata("foo", "1", metadata_extra=["Requires-Python: >=3", "Requires-Python: >=2"]), "Requires-Python"),
        (metadata("foo", "1", requires_dist=["bar >>1"]), "Requires-Dist"),
        (
            metadata("foo", "1", metadata_version="2.4", metadata_extra=["License: MIT", "License-Expression: MIT"]),
            "License-Expression",
        ),
        (
            metadata("foo", "1", metadata_version="2.4", metadata_extra=["License-Expression: My Own"]),
            "License-Expression",
        ),
        (
            metadata("foo", "1", metadata_version="2.4", metadata_extra=["License-Expression: " + "(" * 900 + "MIT"]),
            "License-Expression",
        ),
        (
            metadata(
                "foo", "1", metadata_version="2.4", metadata_extra=["License-Expression: " + "MIT OR " * 400 + "MIT"]
            ),
            "License-Expression",
        ),
        (metadata("foo", "1", metadata_version="2.4", metadata_extra=["License-File: ../LICENSE"]), "License-File"),
        (metadata("foo", "1", metadata_version="2.4", metadata_extra=["License-File: /LICENSE"]), "License-File"),
        (metadata("foo", "1", metadata_version="2.2", metadata_extra=["Dynamic: version"]), "Dynamic"),
        (metadata("foo", "1", metadata_version="2.2", metadata_extra=["Dynamic: Name"]), "Dynamic"),
        (metadata("foo", "1", metadata_version="2.2", metadata_extra=["Dynamic: Metadata-Version"]), "Dynamic"),
        (metadata("foo", "1", metadata_extra=["Classifier: a"] * 20_001), "size"),
        (metadata("foo", "1", description="x" * core_metadata.LARGEST_METADATA), "size"),
    ],
)
def test_metadata_that_breaks_a_rule_is_refused_with_the_field(data: bytes, field: str) -> None:
    with pytest.raises(errors.InvalidMetadata) as refusal:
        core_metadata.parse(data, "foo-1.tar.gz")
    assert refusal.value.field == field


def test_five_thousand_requirements_and_five_megabytes_of_description_are_read() -> None:
    data = metadata(
        "foo", "1", requires_dist=[f"bar{number}>=1" for number in range(5000)], description="é\n" * 1_700_000
    )
    read_back = core_metadata.parse(data, "foo-1.tar.gz")
    assert len(read_back.requires_dist) == 5000
    assert len(read_back.description) > 3_000_000


@given(st.binary(max_size=300))
def test_any_bytes_are_metadata_or_refused_in_one_line(data: bytes) -> None:
    begin = b"Metadata-Version: 2.1\nName: foo\nVersion: 1\n"
    try:
        outcome = core_metadata.parse(begin + data, "foo-1.tar.gz").name
    except errors.InvalidMetadata as refusal:
        outcome = refusal.message
    assert outcome.isprintable()
