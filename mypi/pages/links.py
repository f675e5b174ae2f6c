"""Links of pages: relative ones, so that mypi works under any prefix, and whole addresses for lines to copy.

What somebody wrote into their metadata is a link only when it leads to a page or a mailbox.
"""

from typing import Any
from urllib.parse import urlsplit

from flask import request, url_for

from mypi.http import addresses
from mypi.parts import parts
from mypi.publishing.paths import file_url

OUTSIDE_SCHEMES = {"http", "https", "mailto"}


def link(endpoint: str, **values: Any) -> str:
    """Return the link from the page that is asked for to an endpoint."""
    return relative(url_for(endpoint, **values).removeprefix(request.script_root))


def relative(path: str) -> str:
    """Return the link from the page that is asked for to a path of this server, given below the prefix."""
    # Never without a beginning: '/javascript:x' must not become 'javascript:x'.
    climb = "../" * (request.path.count("/") - 1) or "./"
    return climb + path.lstrip("/")


def is_local(path: str) -> bool:
    """Return whether this is a path of this server and nothing that a browser takes for another server's address."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()


def of_index(full_name: str) -> dict[str, str]:
    """Return what an endpoint needs to mean this index: nothing for the default index."""
    if full_name == parts().settings.default_index:
        return {}
    owner, _, name = full_name.partition("/")
    return {"owner": owner, "name": name}


def file_link(full_name: str, sha256: str, filename: str) -> str:
    """Return the link to the lasting URL of a file."""
    below = file_url(full_name, parts().settings.default_index, sha256, filename).removeprefix("../../")
    return relative(_place(full_name) + below)


def outside(url: str) -> str | None:
    """Return a URL from metadata when it may be a link, else None: `javascript:` and the like stay text."""
    try:
        split = urlsplit(url.strip())
        host = split.hostname
    except ValueError:
        return None
    if split.scheme.lower() not in OUTSIDE_SCHEMES or not url.strip().isprintable():
        return None
    return url.strip() if host or split.scheme.lower() == "mailto" else None


def root_address() -> str:
    """Return the whole address of this server with its prefix and a slash at its end."""
    return addresses.root_address(parts().settings.base_url)


def simple_address(full_name: str) -> str:
    """Return what installers are given for an index."""
    return root_address() + (_place(full_name) + "+simple/" if of_index(full_name) else "simple/")


def upload_address(full_name: str) -> str:
    """Return what uploaders are given for an index."""
    return root_address() + (_place(full_name) or "legacy/")


def _place(full_name: str) -> str:
    return f"{full_name}/" if of_index(full_name) else ""
