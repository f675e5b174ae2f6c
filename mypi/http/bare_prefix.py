"""The address of a mypi under a prefix, without its last slash: `/mypi`. Uploads there are served in place.

A server in front gives such a request an empty path, which would be answered by a redirect to whatever host the client
named. Uploaders report success on a redirect, and the file is lost; browsers need one, as all links are relative.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BarePrefix:
    """A WSGI application that mends requests for the bare prefix and hands all others on."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        if not environ.get("PATH_INFO"):
            if environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
                return _redirect(environ)(environ, start_response)
            environ["PATH_INFO"] = "/"
        return self._application(environ, start_response)


def _redirect(environ: "WSGIEnvironment") -> Response:
    response = Response(status=301)
    response.autocorrect_location_header = False
    query = environ.get("QUERY_STRING")
    response.headers["Location"] = environ["SCRIPT_NAME"].rpartition("/")[2] + "/" + (f"?{query}" if query else "")
    return response
