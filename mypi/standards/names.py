"""Project names: which are legal, which are the same, which look the same.

A name is checked before it is normalized, and its length before its letters. Nothing here knows which names are taken.
"""

import re
from typing import NewType

from mypi import errors

NormalizedName = NewType("NormalizedName", str)
"""A name in the one form in which names are compared (PEP 503): lower case, single dashes."""

LONGEST_NAME = 200
"""Characters: with a version of 100 and the tags of a wheel a filename keeps below the 255 bytes of a file system."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_SEPARATORS = re.compile(r"[-_.]+")
_LOOKS_LIKE = str.maketrans({"-": None, "_": None, ".": None, "l": "1", "i": "1", "o": "0"})


def checked(name: str) -> str:
    """Return the name unchanged. Raises `InvalidProjectName` (core metadata specification, field Name)."""
    if len(name) > LONGEST_NAME or _NAME.fullmatch(name) is None:
        raise errors.InvalidProjectName(name, LONGEST_NAME)
    return name


def normalize(name: str) -> NormalizedName:
    """Return the normalized form of a legal name (name normalization specification). Raises `InvalidProjectName`."""
    return NormalizedName(_SEPARATORS.sub("-", checked(name)).lower())


def lookalike(name: NormalizedName) -> str:
    """Return what two names share that people confuse: separators dropped, l and i as 1, o as 0, as PyPI does."""
    return name.lower().translate(_LOOKS_LIKE)
