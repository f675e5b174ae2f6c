"""Wheels (binary distribution format specification): one whole .dist-info, and a RECORD that is true."""

from email import message_from_bytes
from typing import BinaryIO

from mypi.standards import filenames
from mypi.standards.archives import entry_points, record, zip_content, zip_framing
from mypi.standards.archives.contents import Contents
from mypi.standards.archives.limits import LARGEST_RECORD, LARGEST_TEXT, Fault
from mypi.standards.archives.zip_framing import Member
from mypi.standards.core_metadata import LARGEST_METADATA
from mypi.standards.filenames import DistributionFilename

_DIST_INFO = ".dist-info"


def read(stream: BinaryIO, filename: DistributionFilename) -> Contents:
    """Check a wheel to its last byte and return its contents. Raises `Fault`."""
    members, listing = zip_framing.walk(stream)
    zip_content.check_sizes(stream, members)
    folder = _dist_info(members, filename)
    by_name = {member.path.removeprefix(f"{folder}/"): member for member in members if _is_in(member, folder)}
    for name in ("METADATA", "WHEEL", "RECORD"):
        if name not in by_name:
            raise Fault(f"'{folder}/{name}' is missing")
    metadata = zip_content.read(stream, by_name["METADATA"], LARGEST_METADATA)
    _check_wheel_version(zip_content.read(stream, by_name["WHEEL"], LARGEST_TEXT))
    if "entry_points.txt" in by_name:
        entry_points.check(zip_content.read(stream, by_name["entry_points.txt"], LARGEST_TEXT))
    record.check(stream, members, zip_content.read(stream, by_name["RECORD"], LARGEST_RECORD), folder)
    # PEP 639 has licenses/; backends that wrote Metadata 2.4 before it was settled put them beside METADATA.
    return Contents(metadata, listing, (f"{folder}/licenses/", f"{folder}/"))


def _is_in(member: Member, folder: str) -> bool:
    return member.path.startswith(f"{folder}/")


def _dist_info(members: list[Member], filename: DistributionFilename) -> str:
    tops = {member.path.partition("/")[0] for member in members if "/" in member.path}
    folders = [top for top in tops if top.lower().endswith(_DIST_INFO)]
    if len(folders) != 1:
        raise Fault("a wheel has exactly one .dist-info folder")
    [folder] = folders
    stem = folder.removesuffix(_DIST_INFO)
    if not filenames.is_same_release(stem, filename.project, filename.version):
        raise Fault(f"'{folder}' is not named after the project and version in the filename")
    return folder


def _check_wheel_version(wheel: bytes) -> None:
    """Refuse a newer major version of the format, which installers refuse as well."""
    version = str(message_from_bytes(wheel).get("Wheel-Version", "")).strip()
    major = version.partition(".")[0]
    if major != "1":
        raise Fault(f"WHEEL says Wheel-Version '{version}': this server knows 1.0")
