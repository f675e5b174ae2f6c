"""Names of distribution files: what they say, when two mean one distribution, whether they agree with the metadata.

An sdist's name cannot be split for sure (`foo-2-2.tar.gz`), so that whoever decides about a file asks `agrees` with
the name in its metadata, never the split of `parse`.
"""

import re
from dataclasses import dataclass
from enum import Enum

from packaging import utils as packaging_utils
from packaging.version import Version

from mypi import errors
from mypi.standards import names, versions
from mypi.standards.sidecars import Sidecar

LONGEST_FILENAME = 255 - max(len(sidecar.value) for sidecar in Sidecar)
"""Bytes: file systems allow 255 for one name, and what is beside a file is served under a longer one."""

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!-]*")
_EGG = re.compile(r"(?P<project>[^-]+)-(?P<version>[^-]+)(?:-py(?P<python>\d+(?:\.\d+)?)(?:-(?P<platform>.+))?)?")
# bdist_wininst also ran on Linux and macOS, and then named the installer after the machine that made it.
_WININST = re.compile(
    r"(?P<stem>.+?)\.(?P<platform>win32|win-(?:amd64|ia64|arm32|arm64)|linux-\w+|macosx-[\d.]+-\w+)"
    r"(?:-py(?P<python>\d+\.\d+))?"
)


class FileType(Enum):
    """What sort of distribution a file is; the value is the `filetype` of the legacy upload protocol."""

    WHEEL = "bdist_wheel"
    SDIST = "sdist"
    EGG = "bdist_egg"
    WININST = "bdist_wininst"


@dataclass(frozen=True)
class DistributionFilename:
    """A legal filename and what it says. For an sdist project and version are the likely split, not a fact."""

    filename: str
    file_type: FileType
    project: str
    """As it is spelt in the filename."""
    version: str
    """As it is spelt in the filename; a legal version, except that eggs and old sdists write '_' for '-'."""
    python_version: str
    """The python tag of a wheel, the version in an egg or installer, 'source' for an sdist; empty if unknown."""


_ENDINGS = {
    ".whl": FileType.WHEEL,
    ".tar.gz": FileType.SDIST,
    ".zip": FileType.SDIST,
    ".egg": FileType.EGG,
    ".exe": FileType.WININST,
}


def parse(filename: str) -> DistributionFilename:
    """Return what the filename says. Raises `InvalidFilename`, `UnsupportedFileType`.

    Binary and source distribution format specifications; eggs and installers as setuptools and distutils name them.
    """
    if len(filename) > LONGEST_FILENAME:
        raise errors.InvalidFilename(filename, f"it has more than {LONGEST_FILENAME} bytes")
    if _SAFE.fullmatch(filename) is None:
        raise errors.InvalidFilename(filename, "begin with a letter or digit, and use ASCII letters, digits and ._+!-")
    stem, file_type = _split_ending(filename)
    match file_type:
        case FileType.WHEEL:
            return _parse_wheel(filename)
        case FileType.SDIST:
            project, version = _split_stem(filename, stem)
            return DistributionFilename(filename, file_type, project, version, "source")
        case FileType.EGG:
            return _parse_egg(filename, stem)
        case FileType.WININST:
            return _parse_wininst(filename, stem)


def key(filename: str) -> str:
    """Return what is unique in an index: two spellings of one distribution give the same. Raises as `parse` does.

    Letter case, separators in the project's name, zeros at the end of the version and the order of tags do not count.
    """
    parsed = parse(filename)
    project = names.normalize(parsed.project)
    version = versions.identity(_legal_version(parsed.version))
    stem, file_type = _split_ending(filename)
    ending = filename[len(stem) :]
    match file_type:
        case FileType.WHEEL:
            *build, pythons, abis, platforms = stem.lower().split("-")[2:]
            tags = (".".join(sorted(set(tags.split(".")))) for tags in (pythons, abis, platforms))
            rest = "-".join(["", *(_build_number(tag) for tag in build), *tags])
        case FileType.SDIST:
            rest = ""
        case FileType.EGG:
            rest = "".join(f"-{part}" for part in stem.lower().split("-")[2:])
        case FileType.WININST:
            match = _WININST.fullmatch(stem)
            rest = stem[match.end("stem") :].lower() if match else ""
    return f"{project}-{version}{rest}{ending}"


def agrees(parsed: DistributionFilename, name: str, version: str) -> None:
    """Compare a filename with the name and version in the file's metadata. Raises `MetadataMismatch`.

    The metadata's name decides where the name ends in the filename of an sdist or installer. A prefix that is equal to
    it after normalization is the only one, because no legal name ends in a separator.
    """
    project, found = parsed.project, parsed.version
    if parsed.file_type in {FileType.SDIST, FileType.WININST}:
        split = _split_by_name(_stem_of(parsed), names.normalize(name))
        project, found = split or (project, found)
    if names.normalize(project) != names.normalize(name):
        raise errors.MetadataMismatch("the filename", "name", project, name)
    if versions.parse(version) not in _readings(found):
        raise errors.MetadataMismatch("the filename", "version", found, version)


def is_same_release(stem: str, project: str, version: str) -> bool:
    """Return whether `name-version` in a folder's name means this project and version, as wheels spell them."""
    split = _split_by_name(stem, names.normalize(project))
    return split is not None and any(reading in _readings(split[1]) for reading in _readings(version))


def _split_ending(filename: str) -> tuple[str, FileType]:
    for ending, file_type in _ENDINGS.items():
        if filename.endswith(ending):
            return filename.removesuffix(ending), file_type
    raise errors.UnsupportedFileType(filename)


def _stem_of(parsed: DistributionFilename) -> str:
    stem, file_type = _split_ending(parsed.filename)
    if file_type is FileType.WININST and (match := _WININST.fullmatch(stem)):
        return match["stem"]
    return stem


def _parse_wheel(filename: str) -> DistributionFilename:
    try:
        packaging_utils.parse_wheel_filename(filename)
    except packaging_utils.InvalidWheelFilename as reason:
        raise errors.InvalidFilename(filename, "a wheel is name-version(-build)-python-abi-platform.whl") from reason
    project, version, *_, python_version, _, _ = filename.removesuffix(".whl").split("-")
    _check_parts(filename, project, version)
    return DistributionFilename(filename, FileType.WHEEL, project, version, python_version)


def _parse_egg(filename: str, stem: str) -> DistributionFilename:
    match = _EGG.fullmatch(stem)
    if match is None:
        raise errors.InvalidFilename(filename, "an egg is name-version-pyX.Y(-platform).egg")
    _check_parts(filename, match["project"], match["version"])
    return DistributionFilename(filename, FileType.EGG, match["project"], match["version"], match["python"] or "")


def _parse_wininst(filename: str, stem: str) -> DistributionFilename:
    match = _WININST.fullmatch(stem)
    if match is None:
        raise errors.InvalidFilename(filename, "an installer is name-version.platform(-pyX.Y).exe")
    project, version = _split_stem(filename, match["stem"])
    return DistributionFilename(filename, FileType.WININST, project, version, match["python"] or "")


def _split_stem(filename: str, stem: str) -> tuple[str, str]:
    """Split at the last dash behind which a version stands, as most readers of sdist names do."""
    dash = stem.rfind("-")
    while dash > 0:
        project, version = stem[:dash], stem[dash + 1 :]
        if _is_name(project) and _readings(version):
            return project, version
        dash = stem.rfind("-", 0, dash)
    raise errors.InvalidFilename(filename, "it is not a project name, a dash and a version")


def _split_by_name(stem: str, name: names.NormalizedName) -> tuple[str, str] | None:
    for dash, character in enumerate(stem):
        if character == "-" and _is_name(stem[:dash]) and names.normalize(stem[:dash]) == name:
            return stem[:dash], stem[dash + 1 :]
    return None


def _check_parts(filename: str, project: str, version: str) -> None:
    if not _is_name(project):
        raise errors.InvalidFilename(filename, f"'{project}' is not a project name")
    if not _readings(version):
        raise errors.InvalidFilename(filename, f"'{version}' is not a version")


def _is_name(text: str) -> bool:
    try:
        names.checked(text)
    except errors.InvalidProjectName:
        return False
    return True


def _readings(version: str) -> list[Version]:
    """Return the versions that this part of a filename can mean: old tools wrote '_' where '-' or '+' stood."""
    readings = []
    for spelling in dict.fromkeys((version, version.replace("_", "-"), version.replace("_", "+", 1))):
        try:
            readings.append(versions.parse(spelling))
        except errors.InvalidVersion:
            continue
    return readings


def _legal_version(version: str) -> str:
    return str(_readings(version)[0])


def _build_number(tag: str) -> str:
    """Write 01a as 1a: build tags are compared as a number and a text (binary distribution format)."""
    digits = re.match(r"\d+", tag)
    return f"{int(digits[0])}{tag[digits.end() :]}" if digits else tag
