"""XML-RPC: what mirrors of the old kind, `pip search` and many a script ask an index.

The methods are PyPI's; docs/protocols/xmlrpc.rst tells what each answers. A call is answered by 200 with a value or a
fault (specification of XML-RPC), by another status where HTTP has the word: 401, 413, 429, 503. Calls are posted to the
URLs of the legacy upload protocol: only the type of the body tells one from the other.
"""

from flask import Blueprint, Response, request

from mypi.errors import Failure, Kind, UnknownMethod
from mypi.http import failures
from mypi.http.actor import actor_by_password
from mypi.http.conditional import Caching, set_caching
from mypi.parts import parts
from mypi.protocols.xmlrpc import answers, calls
from mypi.protocols.xmlrpc.methods import METHODS

blueprint = Blueprint("xmlrpc", __name__)

TYPES = {"text/xml", "application/xml"}
DEFAULT_INDEX_URLS = {"/", "/pypi", "/pypi/", "/legacy", "/legacy/", "/simple", "/simple/"}

FAULTS = {"unreadable-body": -32700, "unknown-method": -32601, "wrong-parameters": -32602}
"""The fault code of a failure by its own code, as "Specification for Fault Code Interoperability" has them."""

OTHER_FAULT = -32500  # an error of the application

AS_STATUS = {Kind.UNAUTHENTICATED, Kind.TOO_MANY, Kind.TOO_LARGE, Kind.UNAVAILABLE, Kind.NO_ROOM, Kind.BROKEN}
"""Failures that clients act upon when HTTP tells of them: they ask for a password, they wait."""


@blueprint.before_app_request
def at_an_upload_url() -> Response | None:
    """Answer XML that is posted to an upload URL; the forms that are posted there go on to where they belong."""
    if request.method != "POST" or request.mimetype not in TYPES:
        return None
    full_name = _index_at(request.path)
    return _answer(full_name) if full_name else None


@blueprint.post("/RPC2")  # where the client of Python's standard library asks when its URL has no path
def default_index() -> Response:
    """Answer a call about the default index."""
    return _answer(parts().settings.default_index)


def _index_at(path: str) -> str | None:
    """Return the index that a call to an upload URL means: one by name, the default one, or None elsewhere."""
    if path in DEFAULT_INDEX_URLS:
        return parts().settings.default_index
    values = request.view_args or {}
    full_name = f"{values.get('owner')}/{values.get('name')}"
    return full_name if path.rstrip("/").removesuffix("/+simple") == f"/{full_name}" else None


def _answer(full_name: str) -> Response:
    try:
        call = calls.read(calls.body_of(request))
        if call.method not in METHODS:
            raise UnknownMethod(method=call.method, known=", ".join(METHODS))
        # Who asks is looked up after the body has arrived: until then nothing waits for the database.
        document = answers.value(METHODS[call.method](call, actor_by_password(), full_name))
    except Failure as failure:
        if failure.kind in AS_STATUS:
            return failures.respond(failure)
        document = answers.fault(FAULTS.get(failure.code, OTHER_FAULT), failure.message)
    return set_caching(Response(document, content_type="text/xml; charset=utf-8"), Caching.NO_STORE)
