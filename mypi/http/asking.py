"""Which of several answers at one URL is meant: a page for people, JSON, or the list that an installer reads.

The headers of a request tell. A route for one of these ways names it where others name a method; a client cannot send
such a word as a method, as it has spaces. Where no route takes the way, the request goes where its method leads.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.exceptions import HTTPException

if TYPE_CHECKING:
    from flask.wrappers import Request
    from flask.wrappers import Response as FlaskResponse
    from werkzeug.routing import MapAdapter

JSON_READ = "GET AS JSON"
JSON_POSTED = "POST OF JSON"
INSTALLER_READS = "GET BY AN INSTALLER"
WAYS = frozenset({JSON_READ, JSON_POSTED, INSTALLER_READS})

JSON, HTML, ANYTHING = "application/json", "text/html", "*/*"
SIMPLE_TYPE = "application/vnd.pypi.simple."
INSTALLERS = ("pip/", "uv/", "setuptools/", "distribute/", "pex/")
"""How the names begin that installers give themselves, apart from Poetry and PDM, which are told the whole address."""


class Asked(Flask):
    """A Flask application whose routes can name a way of asking."""

    def create_url_adapter(self, request: "Request | None") -> "MapAdapter | None":
        """Return the adapter that finds the route of a request, by its way where a route takes it."""
        adapter = super().create_url_adapter(request)
        if request is not None and adapter is not None:
            for way in ways(request):
                if _takes(adapter, way):
                    adapter.default_method = way
                    break
        return adapter

    def make_default_options_response(self) -> "FlaskResponse":
        """Return the answer to OPTIONS, with methods that a client can send."""
        response = super().make_default_options_response()
        response.headers["Allow"] = ", ".join(sendable(response.allow))
        return response


def ways(request: "Request") -> Iterator[str]:
    """Yield the ways in which a request may be meant, the likeliest first."""
    if request.method == "POST" and request.mimetype == JSON:
        yield JSON_POSTED
    if request.method in {"GET", "HEAD"}:
        accepted = request.headers.get("Accept", "").lower()
        if SIMPLE_TYPE in accepted or request.headers.get("User-Agent", "").lower().startswith(INSTALLERS):
            yield INSTALLER_READS
        elif JSON in accepted and HTML not in accepted:
            yield JSON_READ


def sendable(methods: Iterable[str]) -> list[str]:
    """Return the methods among them that a client can send."""
    return sorted(method.upper() for method in methods if method.upper() not in WAYS)


def _takes(adapter: "MapAdapter", way: str) -> bool:
    try:
        adapter.match(method=way)
    except HTTPException:  # of which a redirect is one
        return False
    return True
