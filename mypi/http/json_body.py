"""Bodies of words and lists: JSON, read whole, and no larger than such a thing can be."""

import json
from typing import Any

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from mypi.errors import BodyTooLarge, UnreadableBody

LARGEST_BODY = 1024**2  # bytes


def posted_json() -> Any:
    """Return the body of the request that is answered. Raises UnreadableBody, BodyTooLarge."""
    try:
        return json.loads(read_body(LARGEST_BODY))
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(expected="JSON", reason="it is none") from error


def read_body(most: int) -> bytes:
    """Return the body of the request that is answered. Raises BodyTooLarge."""
    request.max_content_length = most
    try:
        return request.get_data()
    except RequestEntityTooLarge as error:
        raise BodyTooLarge(most=most) from error


def posted_object() -> dict[str, Any]:
    """Return the body as words with their values. Raises UnreadableBody, BodyTooLarge."""
    body = posted_json()
    if not isinstance(body, dict):
        raise UnreadableBody(expected="a JSON object", reason="it is another value")
    return body
