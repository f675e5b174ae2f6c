"""The values that the Simple API shows, as frozen types that cannot hold an illegal one.

Specification: "Simple repository API", version 1.4 (PEP 503, 592, 629, 691, 700, 714, 740, 792), and 1.5 where pages
tell of namespaces (PEP 752). The writers are `simple_html` and `simple_json`. A value that breaks a rule here is our
own mistake, hence `ValueError`: what clients send is judged before, with a failure of `errors`.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit

from mypi.standards.project_status import ProjectStatus

API_VERSION = "1.4"
"""What `meta.api-version` and `pypi:repository-version` say (PEP 629)."""
API_VERSION_WITH_NAMESPACES = "1.5"
"""What `meta.api-version` says where pages tell of namespaces (PEP 752); HTML stays as it is (PEP 833)."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_NORMALIZED_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DISPLAY_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SEPARATORS = re.compile(r"[-_.]+")
_URL = re.compile(r"[!-~]+")
# Control characters, lone surrogates and noncharacters: a valid HTML document holds none of them, escaped or not.
_UNWRITABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) for plane in range(17))
    + "".join(chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


def one_line(text: str) -> str:
    """Return the text as one line that every page can hold; the reasons that people write go through here first.

    Each run of white space becomes one space; characters that no HTML document may contain are left out.
    """
    return " ".join(_UNWRITABLE.sub("", " ".join(text.split())).split())


@dataclass(frozen=True, slots=True)
class SimpleFile:
    """One file on a project's page. Raises `ValueError` for a value that no page may show."""

    filename: str
    """The last part of the URL's path, decoded (PEP 503)."""
    url: str
    """Relative to the page, or absolute; percent-encoded, without a fragment: the writer adds the digest (PEP 503)."""
    sha256: str
    """Hex in lower case; the only digest that is written, as some clients refuse a page for any other (PEP 691)."""
    size: int
    """Bytes; mandatory since version 1.1 (PEP 700)."""
    upload_time: datetime
    """In UTC, aware of it (PEP 700)."""
    requires_python: str | None
    """A version specifier, or None where the metadata has none (PEP 503)."""
    metadata_sha256: str | None
    """Digest of what is served at `<url>.metadata`, or None where nothing is served there (PEP 714)."""
    yanked: bool
    """Hidden from resolution, still downloadable (PEP 592)."""
    yanked_reason: str
    """Empty where none was given; only a yanked file has one (PEP 592)."""
    provenance: str | None = None
    """Absolute https URL of the provenance object (PEP 740)."""
    has_signature: bool | None = None
    """Whether `<url>.asc` is served; None says nothing about it (PEP 503)."""

    @property
    def written_upload_time(self) -> str:
        """The upload time in the one form that PEP 700 allows: ending in Z, with microseconds where there are any."""
        return self.upload_time.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"

    def __post_init__(self) -> None:
        _check(_is_line(self.filename) and not set(self.filename) & set("/\\"), "filename", self.filename)
        _check(_leads_to(self.url, self.filename), "url", self.url)
        _check(_DIGEST.fullmatch(self.sha256) is not None, "sha256", self.sha256)
        _check(type(self.size) is int and self.size >= 0, "size", self.size)
        _check(self.upload_time.utcoffset() == timedelta(0), "upload_time", self.upload_time)
        _check(self.requires_python is None or _is_line(self.requires_python), "requires_python", self.requires_python)
        _check(
            self.metadata_sha256 is None or _DIGEST.fullmatch(self.metadata_sha256) is not None,
            "metadata_sha256",
            self.metadata_sha256,
        )
        _check(_is_reason(self.yanked_reason, given=self.yanked), "yanked_reason", self.yanked_reason)
        _check(self.provenance is None or _is_secure(self.provenance), "provenance", self.provenance)


@dataclass(frozen=True, slots=True)
class Namespace:
    """A prefix that is reserved: it covers the name itself, and all that follows it after a hyphen (PEP 752)."""

    name: str
    """Normalized, without the hyphen."""
    owned: bool
    """Whether the project belongs to those for whom the prefix is reserved."""


@dataclass(frozen=True, slots=True)
class ProjectPage:
    """The page of one project in one index. Raises `ValueError` for a value that no page may show."""

    name: str
    """Normalized (PEP 691)."""
    files: tuple[SimpleFile, ...]
    """In the order in which they are shown; each filename once."""
    versions: tuple[str, ...]
    """Each once; the caller sees to it that the version of every file is among them (PEP 700)."""
    status: ProjectStatus
    """A quarantined project offers no files (PEP 792)."""
    status_reason: str
    """Empty where none was given; an active project may have one (PEP 792)."""
    last_serial: int
    """The newest event that the page shows."""
    namespaces: tuple[Namespace, ...] | None = None
    """The prefixes that cover the project, each once; None where the index does not tell of any (PEP 752)."""

    @property
    def api_version(self) -> str:
        """The version of the specification that the page needs as JSON."""
        return API_VERSION if self.namespaces is None else API_VERSION_WITH_NAMESPACES

    def __post_init__(self) -> None:
        _check(_NORMALIZED_NAME.fullmatch(self.name) is not None, "name", self.name)
        for one in self.namespaces or ():
            _check(f"{self.name}-".startswith(f"{one.name}-"), "namespaces", one.name)
        _check(len({file.filename for file in self.files}) == len(self.files), "files", "a filename twice")
        _check(not self.files or self.status.offers_files, "files", "of a quarantined project")
        _check(not self.files or bool(self.versions), "versions", "none, although there are files")
        _check(len(set(self.versions)) == len(self.versions), "versions", "one of them twice")
        for version in self.versions:
            checked_version(version)
        _check(_is_reason(self.status_reason), "status_reason", self.status_reason)
        _check(self.last_serial >= 0, "last_serial", self.last_serial)


@dataclass(frozen=True, slots=True)
class ProjectEntry:
    """One project in the list of projects. Raises `ValueError` where the two names are not one project's."""

    name: str
    """The display name: as its owner spells it (core metadata specification, Name)."""
    normalized_name: str
    """The same, normalized (PEP 503)."""
    last_serial: int
    """The project's newest event; what mirrors ask for."""

    def __post_init__(self) -> None:
        _check(_DISPLAY_NAME.fullmatch(self.name) is not None, "name", self.name)
        _check(_SEPARATORS.sub("-", self.name).lower() == self.normalized_name, "normalized_name", self.normalized_name)
        _check(self.last_serial >= 0, "last_serial", self.last_serial)


@dataclass(frozen=True, slots=True)
class ProjectList:
    """The list of an index's projects. Raises `ValueError` where a project is there twice."""

    entries: tuple[ProjectEntry, ...]
    """In the order in which they are shown; each project once (PEP 503)."""
    last_serial: int
    """The newest event of the index."""
    api_version: str = API_VERSION
    """That of the index's pages."""

    def __post_init__(self) -> None:
        names = {entry.normalized_name for entry in self.entries}
        _check(len(names) == len(self.entries), "entries", "a project twice")
        _check(self.last_serial >= 0, "last_serial", self.last_serial)


def checked_version(version: str) -> str:
    """Return a version that a page may show. Raises `ValueError`."""
    _check(_is_line(version), "versions", version)
    return version


def _check(legal: bool, field: str, value: object) -> None:
    if not legal:
        raise ValueError(f"illegal {field} for the Simple API: {value!r}")


def _is_line(text: str) -> bool:
    return bool(text) and one_line(text) == text


def _is_reason(text: str, *, given: bool = True) -> bool:
    return not text or (given and _is_line(text))


def _leads_to(url: str, filename: str) -> bool:
    if _URL.fullmatch(url) is None:
        return False
    parts = urlsplit(url)
    whole = parts.scheme in ("http", "https") and bool(parts.netloc)
    relative = not parts.scheme and not parts.netloc
    return (whole or relative) and "#" not in url and unquote(parts.path.rpartition("/")[2]) == filename


def _is_secure(url: str) -> bool:
    parts = urlsplit(url)
    return _URL.fullmatch(url) is not None and parts.scheme == "https" and bool(parts.netloc)
