"""Installers of distutils' bdist_wininst: a Windows program, its settings, and a zip archive appended to them."""

import re
from typing import BinaryIO

from mypi.standards.archives import zip_content, zip_framing
from mypi.standards.archives.contents import Contents
from mypi.standards.archives.limits import Fault
from mypi.standards.core_metadata import LARGEST_METADATA

_METADATA = re.compile(r"(?:PURELIB|PLATLIB)/[^/]+\.egg-info(?:/PKG-INFO)?")
"""distutils wrote a file of this name, setuptools a folder; without either kind the installer is from before 2006."""


def read(stream: BinaryIO) -> Contents:
    """Check the archive in an installer to its last byte and return its contents. Raises `Fault`."""
    stream.seek(0)
    if stream.read(2) != b"MZ":
        raise Fault("it does not begin as a Windows program does")
    members, _ = zip_framing.walk(stream, program_in_front=True)
    zip_content.check_sizes(stream, members)
    found = [member for member in members if _METADATA.fullmatch(member.path)]
    if len(found) != 1:
        raise Fault("it does not hold exactly one .egg-info under PURELIB or PLATLIB")
    metadata = zip_content.read(stream, found[0], LARGEST_METADATA)
    zip_content.check_all(stream, members)
    return Contents(metadata)
