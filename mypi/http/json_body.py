"""Bodies of words and lists: JSON, read whole, and no larger than such a thing can be."""

import json
from typing import Any

from flask import request

from mypi.errors import UnreadableBody

LARGEST_BODY = 1024**2  # bytes


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
