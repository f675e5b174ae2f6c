"""Eggs as setuptools' bdist_egg wrote them: a zip archive with EGG-INFO/PKG-INFO."""

from typing import BinaryIO

from mypi.standards.archives import zip_content, zip_framing
from mypi.standards.archives.contents import Contents
from mypi.standards.archives.limits import Fault
from mypi.standards.core_metadata import LARGEST_METADATA


def read(stream: BinaryIO) -> Contents:
    """Check an egg to its last byte and return its contents. Raises `Fault`."""
    members, _ = zip_framing.walk(stream)
    zip_content.check_sizes(stream, members)
    found = [member for member in members if member.path == "EGG-INFO/PKG-INFO"]
    if not found:
        raise Fault("'EGG-INFO/PKG-INFO' is missing")
    metadata = zip_content.read(stream, found[0], LARGEST_METADATA)
    zip_content.check_all(stream, members)
    return Contents(metadata)
