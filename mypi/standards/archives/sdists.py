"""Source distributions, .tar.gz and .zip: one folder on top, and PKG-INFO in it (source distribution format)."""

from typing import BinaryIO

from mypi.standards.archives import polyglots, tar_stream, zip_content, zip_framing
from mypi.standards.archives.contents import Contents
from mypi.standards.archives.limits import Fault
from mypi.standards.archives.listing import Listing, ancestors, check_path, top_folder
from mypi.standards.archives.tar_stream import TarMember
from mypi.standards.core_metadata import LARGEST_METADATA
from mypi.standards.filenames import DistributionFilename


def read(stream: BinaryIO, filename: DistributionFilename) -> Contents:
    """Check a source distribution to its last byte and return its contents. Raises `Fault`."""
    return _read_zip(stream) if filename.filename.endswith(".zip") else _read_tar(stream)


def _read_zip(stream: BinaryIO) -> Contents:
    members, listing = zip_framing.walk(stream)
    zip_content.check_sizes(stream, members)
    top = top_folder(listing)
    found = [member for member in members if member.path == f"{top}/PKG-INFO"]
    if not found:
        raise Fault(f"'{top}/PKG-INFO' is missing")
    metadata = zip_content.read(stream, found[0], LARGEST_METADATA)
    zip_content.check_all(stream, members)
    return Contents(metadata, listing, (f"{top}/",))


def _read_tar(stream: BinaryIO) -> Contents:
    polyglots.check_not_zip(stream)
    listing, links = Listing(), dict[str, TarMember]()
    tops: set[str] = set()
    metadata: bytes | None = None
    for member, content in tar_stream.members(tar_stream.Gunzip(stream)):
        path = member.path.removeprefix("./").rstrip("/") if member.is_folder else member.path.removeprefix("./")
        if member.is_folder and path in {"", "."}:
            continue
        listing.add(path, folder=member.is_folder)
        tops.add(path.partition("/")[0])
        if not member.is_file and not member.is_folder:
            links[path] = member
        if member.is_file and path.count("/") == 1 and path.endswith("/PKG-INFO"):
            metadata = _read_metadata(content, member)
    top = top_folder(tops)
    listing.check_folders()
    _check_links(links, listing, top)
    if metadata is None:
        raise Fault(f"'{top}/PKG-INFO' is missing, or it is not a regular file")
    return Contents(metadata, listing, (f"{top}/",))


def _read_metadata(content: tar_stream.Content, member: TarMember) -> bytes:
    if member.size > LARGEST_METADATA:
        raise Fault(f"'{member.path}' is larger than {LARGEST_METADATA} bytes")
    return content.read(member.size)


def _check_links(links: dict[str, TarMember], listing: Listing, top: str) -> None:
    """Refuse links that leave the top folder.

    '..' may stand only in front of a target, and nothing lies under a link (`Listing.check_folders`): so a target read
    letter by letter is where the file system goes, however links point to links.
    """
    for path, member in links.items():
        if member.kind == tar_stream.SYMLINK:
            _check_symlink(path, member.target, top)
        elif member.target.removeprefix("./") not in listing or member.target.removeprefix("./") in links:
            raise Fault(f"'{path}' is a hard link to '{member.target}', which is not a file of the archive")


def _check_symlink(path: str, target: str, top: str) -> None:
    parts = target.split("/")
    folders = list(ancestors(path))[:-1]
    climbs = next((index for index, part in enumerate(parts) if part != ".."), len(parts))
    inner = "/".join(part for part in parts[climbs:] if part not in {"", "."})
    if target.startswith("/") or not target or climbs > len(folders):
        raise Fault(f"'{path}' is a link to '{target}', outside of '{top}'")
    if inner:
        check_path(inner)
