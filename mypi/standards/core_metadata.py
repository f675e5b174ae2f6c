"""Core metadata: the METADATA of a wheel and the PKG-INFO of everything else as one frozen value.

It is strict about what decides identity and resolution, and takes everything else as old tools wrote it: the reader
of `packaging` leaves fields newer than the declared version, repeated labels and Latin-1 to its caller, and its time
grows with the square of the number of distinct fields, so that this module reads the message itself.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from email import policy
from email.parser import HeaderParser
from typing import Self, cast

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mypi import errors
from mypi.standards import names, versions

LARGEST_METADATA = 8 * 1024 * 1024
"""Bytes: descriptions of real projects reach 1 MB, and five times that must pass."""

MOST_FIELDS = 20_000
"""Lines of the header: the largest real projects have some 2,000 requirements, and 5,000 must pass."""

LONGEST_LICENSE_EXPRESSION = 2_000
"""Characters. The parser goes down one level for each bracket; real expressions have less than 300."""

_OPTIONAL_TEXTS = {
    "Summary": "summary",
    "Description-Content-Type": "description_content_type",
    "Author": "author",
    "Author-email": "author_email",
    "Maintainer": "maintainer",
    "Maintainer-email": "maintainer_email",
    "License-Expression": "license_expression",
    "Home-page": "home_page",
    "Download-URL": "download_url",
    "Requires-Python": "requires_python",
}
_LISTS = {
    "License-File": "license_files",
    "Classifier": "classifiers",
    "Platform": "platforms",
    "Supported-Platform": "supported_platforms",
    "Requires-Dist": "requires_dist",
    "Requires-External": "requires_external",
    "Provides-Extra": "provides_extra",
    "Provides-Dist": "provides_dist",
    "Obsoletes-Dist": "obsoletes_dist",
    "Requires": "requires",
    "Provides": "provides",
    "Obsoletes": "obsoletes",
    "Dynamic": "dynamic",
    "Import-Name": "import_names",
    "Import-Namespace": "import_namespaces",
}
_NEVER_REPEATED = ("Metadata-Version", "Name", "Version", "Requires-Python", "License-Expression")
_NEVER_DYNAMIC = {"metadata-version", "name", "version"}
_HIGHEST_MAJOR = 2
# setuptools folds a long text with eight blanks, wheel with seven and a bar.
_FOLD = re.compile(r"\n(?: {8}| {7}\|)")


@dataclass(frozen=True)
class CoreMetadata:
    """The core metadata of one distribution (core metadata specification 1.0 to 2.6). What is absent is empty."""

    metadata_version: str
    name: str
    version: str
    summary: str = ""
    description: str = ""
    description_content_type: str = ""
    keywords: tuple[str, ...] = ()
    author: str = ""
    author_email: str = ""
    maintainer: str = ""
    maintainer_email: str = ""
    license: str = ""
    license_expression: str = ""
    license_files: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    supported_platforms: tuple[str, ...] = ()
    home_page: str = ""
    download_url: str = ""
    project_urls: tuple[tuple[str, str], ...] = ()
    """Pairs of label and URL in their order; the URLs are text that somebody wrote, of any scheme."""
    requires_python: str = ""
    requires_dist: tuple[str, ...] = ()
    requires_external: tuple[str, ...] = ()
    provides_extra: tuple[str, ...] = ()
    provides_dist: tuple[str, ...] = ()
    obsoletes_dist: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()
    obsoletes: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    import_names: tuple[str, ...] = ()
    import_namespaces: tuple[str, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether an sdist's metadata is that of every wheel built from it (PEP 643: 2.2 or newer, nothing dynamic)."""
        return is_at_least(self, 2, 2) and not self.dynamic

    def to_json(self) -> dict[str, object]:
        """Return what `from_json` reads: lists for tuples, and no entry for what is absent."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        lists = {"project_urls": [list(pair) for pair in self.project_urls]}
        return {
            name: lists.get(name, list(value)) if isinstance(value, tuple) else value
            for name, value in values.items()
            if value
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """Return the value that `to_json` wrote. Entries that this version does not know are left out."""
        values: dict[str, object] = {}
        for field in fields(cls):
            value = stored.get(field.name, "" if field.type is str else ())
            if field.name == "project_urls":
                value = tuple((label, url) for label, url in cast("list[list[str]]", value))
            values[field.name] = value if isinstance(value, str) else tuple(cast("list[str]", value))
        return cls(**values)  # type: ignore[arg-type]


def is_at_least(metadata: CoreMetadata, major: int, minor: int) -> bool:
    """Return whether the metadata declares this version or a newer one."""
    return _as_numbers(metadata.metadata_version) >= (major, minor)


def parse(data: bytes, filename: str) -> CoreMetadata:
    """Return the core metadata in the bytes of METADATA or PKG-INFO of this file. Raises `InvalidMetadata`."""
    if len(data) > LARGEST_METADATA:
        raise errors.InvalidMetadata(filename, "size", f"more than {LARGEST_METADATA} bytes")
    found, body = _read_message(data, filename)
    texts = {name: values[0] for name, values in found.items()}
    metadata = CoreMetadata(
        metadata_version=texts.get("metadata-version", ""),
        name=texts.get("name", ""),
        version=texts.get("version", ""),
        description=(body or _unfolded(texts.get("description", ""))).strip("\n"),
        keywords=_split_keywords(found.get("keywords", [])),
        license=_unfolded(texts.get("license", "")),
        project_urls=_split_project_urls(found.get("project-url", [])),
        **{name: _one_line(texts.get(field.lower(), "")) for field, name in _OPTIONAL_TEXTS.items()},  # type: ignore[arg-type]
        **{name: tuple(_one_line(value) for value in found.get(field.lower(), [])) for field, name in _LISTS.items()},  # type: ignore[arg-type]
    )
    _check(metadata, filename)
    return metadata


def _read_message(data: bytes, filename: str) -> tuple[dict[str, list[str]], str]:
    """Return the values of each field under its lower-case name, without those that say UNKNOWN, and the body."""
    message = HeaderParser(policy=policy.compat32).parsestr(_decoded(data))
    headers = message.items()
    if len(headers) > MOST_FIELDS:
        raise errors.InvalidMetadata(filename, "size", f"more than {MOST_FIELDS} fields")
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value.strip())
    for field in _NEVER_REPEATED:
        if len(found.get(field.lower(), [])) > 1:
            raise errors.InvalidMetadata(filename, field, "it may be given once and is given several times")
    known = {name: [value for value in values if value not in {"", "UNKNOWN"}] for name, values in found.items()}
    body = message.get_payload()
    if not isinstance(body, str) or body.strip() in {"", "UNKNOWN"}:
        body = ""
    return {name: values for name, values in known.items() if values}, body


def _decoded(data: bytes) -> str:
    """Return the text: UTF-8 by the specification, Latin-1 where distutils of Python 2 wrote the author's own bytes."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # PostgreSQL has no room for NUL in a text.
    return text.replace("\0", "\\x00")


def _check(metadata: CoreMetadata, filename: str) -> None:
    for field, fault_of in _CHECKS.items():
        if reason := fault_of(metadata):
            raise errors.InvalidMetadata(filename, field, reason)


def _fault_of_metadata_version(metadata: CoreMetadata) -> str:
    """A newer minor version is readable by definition, a newer major one is not.

    2.0 was never published, but wheel 0.2x wrote it for years, with the fields of 2.1: it is read as what it says.
    """
    if not metadata.metadata_version:
        return "it is missing"
    if re.fullmatch(r"[0-9]{1,3}\.[0-9]{1,3}", metadata.metadata_version) is None:
        return f"'{metadata.metadata_version}' is not a version such as 2.1"
    if not 1 <= _as_numbers(metadata.metadata_version)[0] <= _HIGHEST_MAJOR:
        return f"'{metadata.metadata_version}' is of a major version that this server does not know (1.0 to 2.6)"
    return ""


def _fault_of_name(metadata: CoreMetadata) -> str:
    if not metadata.name:
        return "it is missing: set name"
    try:
        names.checked(metadata.name)
    except errors.InvalidProjectName as fault:
        return str(fault)
    return ""


def _fault_of_version(metadata: CoreMetadata) -> str:
    if not metadata.version:
        return "it is missing: set version"
    try:
        versions.parse(metadata.version)
    except errors.InvalidVersion as fault:
        return str(fault)
    return ""


def _fault_of_requires_python(metadata: CoreMetadata) -> str:
    try:
        SpecifierSet(metadata.requires_python)
    except InvalidSpecifier:
        return f"'{metadata.requires_python}' is not a list of version specifiers such as >=3.8,<4"
    return ""


def _fault_of_requires_dist(metadata: CoreMetadata) -> str:
    """Before 2.1 requirements were written in several dialects; from there on pip reads them as these do."""
    if not is_at_least(metadata, 2, 1):
        return ""
    for requirement in metadata.requires_dist:
        try:
            Requirement(requirement)
        except InvalidRequirement:
            return f"'{requirement}' is not a requirement such as example>=1.0"
    return ""


def _fault_of_license_expression(metadata: CoreMetadata) -> str:
    expression = metadata.license_expression
    if not expression:
        return ""
    if metadata.license and is_at_least(metadata, 2, 4):
        return "give License-Expression or License, not both (PEP 639)"
    if len(expression) > LONGEST_LICENSE_EXPRESSION:
        return f"it is longer than {LONGEST_LICENSE_EXPRESSION} characters"
    try:
        canonicalize_license_expression(expression)
    except (InvalidLicenseExpression, RecursionError, MemoryError):
        return f"'{expression}' is not an SPDX expression such as MIT or BSD-3-Clause"
    return ""


def _fault_of_license_files(metadata: CoreMetadata) -> str:
    for path in metadata.license_files:
        if path.startswith("/") or "\\" in path or ".." in path.split("/"):
            return f"'{path}' is not a relative path inside the distribution"
    return ""


def _fault_of_dynamic(metadata: CoreMetadata) -> str:
    for field in metadata.dynamic:
        if field.lower() in _NEVER_DYNAMIC:
            return f"'{field}' may never be dynamic"
    return ""


# In this order: what comes later may rely on a metadata version that can be read.
_CHECKS: dict[str, Callable[[CoreMetadata], str]] = {
    "Metadata-Version": _fault_of_metadata_version,
    "Name": _fault_of_name,
    "Version": _fault_of_version,
    "Requires-Python": _fault_of_requires_python,
    "Requires-Dist": _fault_of_requires_dist,
    "License-Expression": _fault_of_license_expression,
    "License-File": _fault_of_license_files,
    "Dynamic": _fault_of_dynamic,
}


def _as_numbers(metadata_version: str) -> tuple[int, int]:
    major, minor = metadata_version.split(".")
    return int(major), int(minor)


def _one_line(value: str) -> str:
    return " ".join(value.split()) if "\n" in value or "\r" in value else value


def _unfolded(value: str) -> str:
    return _FOLD.sub("\n", value.replace("\r\n", "\n"))


def _split_keywords(values: list[str]) -> tuple[str, ...]:
    """Split at commas as the specification says, or at blanks as authors of old setup.py files thought it said."""
    keywords: list[str] = []
    for value in values:
        parts = value.split(",") if "," in value else value.split()
        keywords += [part.strip() for part in parts if part.strip()]
    return tuple(keywords)


def _split_project_urls(values: list[str]) -> tuple[tuple[str, str], ...]:
    """Return label and URL of each value; one without both says nothing that could be shown."""
    pairs = (tuple(part.strip() for part in value.split(",", 1)) for value in values)
    return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2 and all(pair))
