"""Tokens for programs, as JSON: list one's own, create one, give it a new secret, revoke it.

A session is nobody here, as a browser sends it with what another site makes it post. A personal token lists and makes
no tokens; it may only revoke itself.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from mypi.errors import InvalidValue
from mypi.http import failures
from mypi.http.actor import actor_by_password
from mypi.http.conditional import Caching, set_caching
from mypi.http.json_body import posted_object
from mypi.parts import parts
from mypi.registry import issuing, permissions, tokens
from mypi.registry.permissions import Right
from mypi.registry.scopes import EVERYTHING
from mypi.registry.tokens import Token

blueprint = Blueprint("token_api", __name__, url_prefix="/+api/tokens")
blueprint.before_request(failures.answer_in_json)
DAYS = 365  # that a token holds when nothing is said


@blueprint.get("")
def listing() -> Response:
    """List the personal tokens of whoever asks."""
    return _json({"tokens": [tokens.facts(token) for token in issuing.own_tokens(actor_by_password())]})


@blueprint.post("")
def create() -> Response:
    """Create a token; the answer is the only place where its secret is."""
    actor = actor_by_password()
    permissions.require_own_account(actor, actor.name)  # before anything is read of it
    asked = posted_object()
    days = asked.get("days", DAYS)
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 0 < days < 10**6):
        raise InvalidValue(what="number of days", value=str(days), right="a whole number, or null for never")
    token, secret = issuing.create_token(
        parts().registry,
        actor,
        _text(asked, "user", actor.name),
        _text(asked, "name", ""),
        rights=[_right(word) for word in _texts(asked, "rights", [])],
        index_pattern=_text(asked, "index", EVERYTHING),
        project_patterns=_texts(asked, "projects", [EVERYTHING]),
        lifetime=timedelta(days=days) if days else None,
    )
    return _with_secret(token, secret, 201)


@blueprint.post("/<int:number>/rotate")
def rotate(number: int) -> Response:
    """Give a token a new secret, and its lifetime anew."""
    return _with_secret(*issuing.rotate_token(parts().registry, actor_by_password(), number), 200)


@blueprint.delete("/<int:number>")
def revoke(number: int) -> Response:
    """End a token."""
    issuing.revoke_token(parts().registry, actor_by_password(), number)
    return _json({"message": f"token {number} is revoked"})


def _text(asked: dict[str, Any], name: str, default: str) -> str:
    value = asked.get(name, default)
    if not isinstance(value, str):
        raise InvalidValue(what=name, value=str(value), right="text")
    return value


def _texts(asked: dict[str, Any], name: str, default: list[str]) -> list[str]:
    values = asked.get(name, default)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise InvalidValue(what=name, value=str(values), right="a list of text")
    return values


def _right(word: str) -> Right:
    try:
        return Right(word)
    except ValueError as error:
        raise InvalidValue(what="right", value=word, right=", ".join(Right)) from error


def _with_secret(token: Token, secret: str, status: int) -> Response:
    return _json(tokens.facts(token) | {"token": secret}, status)


def _json(said: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps(said, default=_written)
    response = Response(text, status, content_type=failures.JSON)
    return set_caching(response, Caching.NO_STORE, ["Authorization"])


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
