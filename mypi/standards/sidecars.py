"""What may be served beside a distribution file, at its URL and an ending. Pure."""

from enum import StrEnum


class Sidecar(StrEnum):
    """Something beside a file; the value is the ending of its URL. No distribution file's name has such an ending."""

    METADATA = ".metadata"
    """Its core metadata (PEP 658)."""
    PROVENANCE = ".provenance"
    """Who attests what of it (PEP 740)."""
    SIGNATURE = ".asc"
    """A signature by OpenPGP (PEP 503)."""


def split(name: str) -> tuple[str, Sidecar | None]:
    """Return the name of a file, and what is asked for beside it; None when it is the file itself."""
    for sidecar in Sidecar:
        if name.endswith(sidecar.value):
            return name.removesuffix(sidecar.value), sidecar
    return name, None
