"""What answers to the devpi client have in common: the envelope, the bare type, the version of the protocol."""

import json
from typing import Any

from flask import Response, request

from mypi.errors import UnreadableBody
from mypi.http import failures
from mypi.http.conditional import Caching, set_caching

VERSION_HEADER, VERSION = "X-DEVPI-API-VERSION", "2"
CLIENT = "devpi-client/"
LARGEST_BODY = 1024**2  # bytes of a body of words and lists


def answer(kind: str, result: Any, status: int = 200, message: str = "") -> Response:
    """Return a result of a kind, as the client compares it."""
    said = {"type": kind, "result": result} | ({"message": message} if message else {})
    return _json(said, status)


def done(message: str, status: int = 200) -> Response:
    """Return the answer that something is done."""
    return _json({"message": message}, status)


def posted_json() -> Any:
    """Return the body of the request that is answered. Raises UnreadableBody."""
    if (request.content_length or 0) > LARGEST_BODY:
        raise UnreadableBody(expected="JSON", reason=f"it has more than {LARGEST_BODY} bytes")
    request.max_content_length = LARGEST_BODY
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(expected="JSON", reason="it is none") from error


def posted_object() -> dict[str, Any]:
    """Return the body as words with their values. Raises UnreadableBody."""
    body = posted_json()
    if not isinstance(body, dict):
        raise UnreadableBody(expected="a JSON object", reason="it is another value")
    return body


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
