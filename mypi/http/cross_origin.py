"""Which answers scripts of other sites may read (CORS): those of public indexes, which everyone may read anyway.

What depends on who asks is never shared, so that no site reads with the rights of whoever looks at it.
"""

from flask import Response

_SHARED = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Content-Type, If-Match, If-None-Match",
    "Access-Control-Expose-Headers": "X-PyPI-Last-Serial",
    "Access-Control-Max-Age": "86400",
}


def share(response: Response) -> Response:
    """Let scripts of every site read this answer, and return it. Credentials are never sent for it."""
    response.headers.update(_SHARED)
    return response
