"""Whole addresses of this server, for those who are given one out of context: feeds, the JSON API, lines to copy.

Everything else links relatively. A client may send any Host, so that none is repeated that could not be one.
"""

import re
from typing import Any

from flask import request, url_for

HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9A-Fa-f:.]+\](:[0-9]+)?")


def root_address(base_url: str) -> str:
    """Return the address of this server with its prefix and a slash at its end: `base_url`, or as it was asked for."""
    asked = request.host if HOST.fullmatch(request.host) else "localhost"
    address = base_url or f"{request.scheme}://{asked}{request.script_root}"
    return address.rstrip("/") + "/"


def address_of(base_url: str, endpoint: str, **values: Any) -> str:
    """Return the whole address of an endpoint."""
    path = url_for(endpoint, **values).removeprefix(request.script_root)
    return root_address(base_url) + path.lstrip("/")
