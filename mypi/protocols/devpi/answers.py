"""What answers to the devpi client have in common: the envelope, the bare type, the version of the protocol."""

import json
from typing import Any

from flask import Response, request

from mypi.http import failures
from mypi.http.conditional import Caching, set_caching

VERSION_HEADER, VERSION = "X-DEVPI-API-VERSION", "2"
CLIENT = "devpi-client/"


def answer(kind: str, result: Any, status: int = 200, message: str = "") -> Response:
    """Return a result of a kind, as the client compares it."""
    said = {"type": kind, "result": result} | ({"message": message} if message else {})
    return _json(said, status)


def done(message: str, status: int = 200) -> Response:
    """Return the answer that something is done."""
    return _json({"message": message}, status)


def is_from_client() -> bool:
    """Return whether the devpi client sent this request."""
    return request.headers.get("User-Agent", "").startswith(CLIENT)


def name_version(response: Response) -> Response:
    """Name the version of the protocol. For the application's `after_request`: uploads are others' answers."""
    if is_from_client() or (request.endpoint or "").startswith("devpi."):
        response.headers[VERSION_HEADER] = VERSION
    return response


def _json(said: dict[str, Any], status: int) -> Response:
    # Without a charset: the client compares the whole header.
    response = Response(json.dumps(said), status, content_type=failures.JSON)
    return set_caching(response, Caching.NO_STORE, ["Accept", "Authorization"])
