"""Redirects to another spelling of the same URL: relative, so that they never name a host, and with the query."""

from urllib.parse import urlencode

from flask import Response, request

from mypi.http.conditional import Caching, set_caching


def moved_permanently(location: str) -> Response:
    """Return a redirect to a relative location. It tells nothing of what is there: the spelling alone decides."""
    query = urlencode(list(request.args.items(multi=True)))
    response = Response(status=301)
    response.headers["Location"] = location + (f"?{query}" if query else "")
    return set_caching(response, Caching.PAGE)
