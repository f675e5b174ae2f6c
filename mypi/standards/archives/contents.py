"""What the readers of each file type hand to `inspect`."""

from collections.abc import Container
from dataclasses import dataclass


@dataclass(frozen=True)
class Contents:
    """The metadata of a distribution, and where the licence files that it names must lie."""

    metadata: bytes
    paths: Container[str] = frozenset()
    license_folders: tuple[str, ...] = ()
    """Folders of which one must hold each License-File; empty where the format has no place for them."""
