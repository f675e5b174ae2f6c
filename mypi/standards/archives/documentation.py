"""Archives of documentation: zip files of pages, held to the rules that hold for every archive; unpacked by others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from mypi import errors
from mypi.standards.archives import zip_content, zip_framing
from mypi.standards.archives.limits import LARGEST_DOCUMENTATION, MOST_PAGES, Fault

LONGEST_PART = 255  # bytes: what a file system allows for one name


@dataclass(frozen=True)
class Page:
    """One file of documentation: its path, its size, and its content in pieces, to be read once."""

    path: str
    size: int
    content: Iterator[bytes]


def check(stream: BinaryIO, filename: str) -> int:
    """Read an archive of documentation to its last byte and return how many files it holds. Raises `InvalidArchive`."""
    count = 0
    for page in pages(stream, filename):
        count += 1
        for _ in page.content:
            pass
    if not count:
        raise errors.InvalidArchive(filename, "there is no file in it")
    return count


def pages(stream: BinaryIO, filename: str) -> Iterator[Page]:
    """Yield the files of an archive. Raises `InvalidArchive`, also while a content is read."""
    try:
        members, _ = zip_framing.walk(stream)
        zip_content.check_sizes(stream, members)
        if len(members) > MOST_PAGES or sum(member.size for member in members) > LARGEST_DOCUMENTATION:
            raise Fault(f"it has more than {MOST_PAGES} files, or more than {LARGEST_DOCUMENTATION} bytes unpacked")
    except Fault as fault:
        raise errors.InvalidArchive(filename, str(fault)) from fault
    for member in members:
        _check_parts(member.path, filename)
        yield Page(member.path, member.size, _told(zip_content.pieces(stream, member), filename))


def _check_parts(path: str, filename: str) -> None:
    # A part is a name on disk, and one that begins with a dot is being written, or is nobody's business.
    for part in path.split("/"):
        if len(part.encode()) > LONGEST_PART or part.startswith("."):
            raise errors.InvalidArchive(
                filename, f"'{path}' has a part that begins with a dot or is too long for a disk"
            )


def _told(pieces: Iterator[bytes], filename: str) -> Iterator[bytes]:
    try:
        yield from pieces
    except Fault as fault:
        raise errors.InvalidArchive(filename, str(fault)) from fault
