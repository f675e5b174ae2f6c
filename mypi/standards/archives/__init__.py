"""Distribution files from the inside: each is read to its last byte before anybody else may, and never extracted.

What an archive says once may not be said otherwise elsewhere in it; memory is bounded whatever its size.
"""

from dataclasses import dataclass
from typing import BinaryIO

from mypi import errors
from mypi.standards import core_metadata, filenames
from mypi.standards.archives import eggs, sdists, wheels, wininst
from mypi.standards.archives.contents import Contents
from mypi.standards.archives.limits import Fault
from mypi.standards.core_metadata import CoreMetadata
from mypi.standards.filenames import DistributionFilename, FileType


@dataclass(frozen=True)
class Inspection:
    """What a distribution file holds for an index."""

    metadata: bytes
    """The exact bytes of METADATA or PKG-INFO."""
    core_metadata: CoreMetadata
    advertised: bool
    """Whether the metadata may be served beside the file (PEP 658): it will not be another after building."""


def inspect(stream: BinaryIO, filename: DistributionFilename) -> Inspection:
    """Read a distribution file and return what it holds. The stream must be seekable.

    Raises `InvalidArchive`, `InvalidMetadata`, `MetadataMismatch`.
    """
    try:
        contents = _read(stream, filename)
        metadata = core_metadata.parse(contents.metadata, filename.filename)
        _check_licenses(contents, metadata)
    except Fault as fault:
        raise errors.InvalidArchive(filename.filename, str(fault)) from fault
    filenames.agrees(filename, metadata.name, metadata.version)
    is_final = filename.file_type is FileType.SDIST and metadata.is_final
    return Inspection(contents.metadata, metadata, filename.file_type is FileType.WHEEL or is_final)


def _read(stream: BinaryIO, filename: DistributionFilename) -> Contents:
    match filename.file_type:
        case FileType.WHEEL:
            return wheels.read(stream, filename)
        case FileType.SDIST:
            return sdists.read(stream, filename)
        case FileType.EGG:
            return eggs.read(stream)
        case FileType.WININST:
            return wininst.read(stream)


def _check_licenses(contents: Contents, metadata: CoreMetadata) -> None:
    """From 2.4 on each License-File is in the archive (PEP 639); setuptools wrote the field long before."""
    if not contents.license_folders or not core_metadata.is_at_least(metadata, 2, 4):
        return
    for path in metadata.license_files:
        if not any(f"{folder}{path}" in contents.paths for folder in contents.license_folders):
            raise Fault(f"its metadata names the licence file '{path}', which is not in it")
