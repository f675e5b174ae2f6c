"""Failures as answers: the kind is the status, the wording stands in the status line and in the body.

Uploaders show the status line or the body, so that both hold the reason. The body is plain text, JSON
(`application/json`, as uv wants it) or problem details (RFC 9457), by `Accept`; pages for people have their own form.
"""

import json
import logging
import secrets
from http import HTTPStatus

from flask import Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request

from mypi import errors
from mypi.errors import Failure, Kind
from mypi.http.actor import REALM
from mypi.http.conditional import Caching, set_caching

log = logging.getLogger("mypi")
LONGEST_REASON = 300  # characters of a status line that every client and proxy lets pass
VARY = ("Accept", "Authorization")
TEXT, JSON, PROBLEM = "text/plain", "application/json", "application/problem+json"


def respond(failure: Failure, status: int | None = None) -> Response:
    """Return the answer that tells a client of a failure; `status` where a protocol has its own."""
    status = status or failure.kind.value
    form = g.get("failure_form") or form_for(request)
    response = Response(_body(failure, status, form), content_type=_content_type(form))
    response.status = f"{status} {reason_phrase(failure.message)}"
    if failure.kind is Kind.UNAUTHENTICATED and status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = f'Basic realm="{REALM}"'
    retry_after = getattr(failure, "seconds", None) or failure.retry_after
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return set_caching(response, Caching.NO_STORE, VARY)


def form_for(asked: Request) -> str:
    """Return the type of the text that tells this client of a failure."""
    return asked.accept_mimetypes.best_match([TEXT, JSON, PROBLEM], TEXT)


def answer_in_json() -> None:
    """Let failures of this request be JSON, whatever it accepts. For the `before_request` of a blueprint."""
    g.failure_form = JSON


def reason_phrase(message: str) -> str:
    """Return the message as a status line can hold it: printable ASCII, one line, not too long."""
    plain = "".join(character if " " <= character <= "~" else "?" for character in message)
    return plain if len(plain) <= LONGEST_REASON else plain[: LONGEST_REASON - 3] + "..."


def as_failure(error: Exception) -> Failure:
    """Return the failure that an exception means to a client; an unexpected one is logged under a reference."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, RequestEntityTooLarge):
        return errors.TooManyFields(reason=f"{request.content_length or 'unknown'} bytes")
    if isinstance(error, HTTPException) and error.code == HTTPStatus.NOT_FOUND:
        return errors.NoSuchPage(path=request.path)
    if isinstance(error, HTTPException) and error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        return errors.MethodNotAllowed(method=request.method, hint="see docs/urls.rst")
    if isinstance(error, HTTPException) and error.code is not None and error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return errors.UnreadableBody(expected="HTTP", reason=error.description or error.name)
    reference = secrets.token_hex(4)
    log.error("unexpected failure %s on %s %r", reference, request.method, request.path, exc_info=error)
    return errors.Broken(reference=reference)


def _content_type(form: str) -> str:
    # Without a charset: uv compares the whole header.
    return f"{form}; charset=utf-8" if form == TEXT else form


def _body(failure: Failure, status: int, form: str) -> str:
    if form == JSON:
        # uv shows `code` and nothing else, as PyPI puts the reason there; our own lasting code is `error`.
        code, title = f"{status} {failure.message}", HTTPStatus(status).phrase
        return json.dumps({"message": failure.message, "code": code, "title": title, "error": failure.code})
    if form == PROBLEM:
        title = HTTPStatus(status).phrase
        return json.dumps({"type": "about:blank", "title": title, "status": status, "detail": failure.message})
    return failure.message + "\n"
