"""Whole addresses as the devpi client compares them: all begin with the server's, and an index has no last slash."""

from mypi.http.addresses import root_address
from mypi.parts import parts


def root() -> str:
    """Return the address of this server with a slash at its end."""
    return root_address(parts().settings.base_url)


def index(full_name: str) -> str:
    """Return the address of an index."""
    return root() + full_name


def file(full_name: str, sha256: str, filename: str) -> str:
    """Return the address of a file below its index, the same for every index: the client looks how it begins."""
    return f"{index(full_name)}/+f/{sha256[:3]}/{sha256[3:16]}/{filename}"


def result(full_name: str, filename: str, sha256: str) -> str:
    """Return the address of the result of tests on a file."""
    return f"{index(full_name)}/+result/{filename}/{sha256}"


def documentation(full_name: str, project: str, version: str) -> str:
    """Return the address of the documentation of a release."""
    return f"{index(full_name)}/+doc/{project}/{version}/"
