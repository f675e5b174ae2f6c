"""A page asked for without the slash at its end: the redirect to it is relative, so that it never names a host."""

from urllib.parse import quote, urlencode

from flask import Response, request
from werkzeug.routing import RequestRedirect

from mypi.http.conditional import Caching, set_caching


def add_slash() -> Response | None:
    """Answer what the router would answer with the Host that the client named. For the application's `before_request`.

    The path begins with './': what stands before a colon in it is no scheme, and two slashes are no host.
    """
    if not isinstance(request.routing_exception, RequestRedirect):
        return None
    query = urlencode(list(request.args.items(multi=True)))
    response = Response(status=request.routing_exception.code)
    response.headers["Location"] = f"./{quote(request.path.rpartition('/')[2], safe='')}/" + (
        f"?{query}" if query else ""
    )
    return set_caching(response, Caching.PAGE)
