"""The acts on tokens: create one, give it a new secret, revoke it. A token itself does none of that but end itself.

The exception is the token of an administrator that allows to manage everything: it is as good as its user.
"""

import re
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from mypi.database import db
from mypi.errors import AlreadyExists, InvalidValue, LoginRequired, NoSuchToken, PermissionDenied
from mypi.registry import permissions, tokens, users
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.permissions import Right
from mypi.registry.scopes import EVERYTHING, Purpose
from mypi.registry.tokens import LONGEST_NAME, Token
from mypi.registry.users import User
from mypi.standards.simple_api import one_line

INDEX_PATTERN = re.compile(r"\*|[a-z0-9][a-z0-9._-]{0,63}/(\*|[a-z0-9][a-z0-9._-]{0,63})")
LONGEST_LIFETIME = timedelta(days=3660)
MOST_PATTERNS = 100


def create_token(
    registry: Registry,
    actor: Actor,
    user_name: str,
    name: str,
    *,
    rights: Collection[Right],
    index_pattern: str = EVERYTHING,
    project_patterns: Collection[str] = (EVERYTHING,),
    lifetime: timedelta | None = None,
) -> tuple[Token, str]:
    """Create a token of a user: one's own, or anybody's for an administrator. Return it with its secret.

    It is good for what the scope says and its user holds, at each moment. Raises InvalidValue, AlreadyExists,
    NoSuchUser, LoginRequired, PermissionDenied, DatabaseBusy.
    """
    name, index_pattern = checked_name(name), checked_index_pattern(index_pattern)
    checked = {permissions.checked_pattern(pattern) for pattern in project_patterns}
    if not rights or not checked or len(checked) > MOST_PATTERNS:
        right = f"at least one right, and 1 to {MOST_PATTERNS} patterns of projects"
        raise InvalidValue(what="scope of a token", value=", ".join(rights), right=right)
    if lifetime is not None and not timedelta() < lifetime <= LONGEST_LIFETIME:
        raise InvalidValue(what="lifetime of a token", value=str(lifetime), right=f"1 to {LONGEST_LIFETIME.days} days")
    with act(registry, actor) as under_way:
        user = _user_of(actor, user_name)
        if tokens.named(user, name):
            raise AlreadyExists(what="token", name=name)
        token, secret = tokens.add(
            name=name,
            user=user,
            purpose=Purpose.PERSONAL,
            rights=rights,
            index_pattern=index_pattern,
            project_patterns=checked,
            lifetime=lifetime,
            created_by=actor.name,
        )
        under_way.record(EventKind.TOKEN_CREATED, **said(token, user.name))
    return token, secret


def rotate_token(registry: Registry, actor: Actor, token_id: int) -> tuple[Token, str]:
    """Give a personal token a new secret and its lifetime anew, and return it with that; the old secret ends.

    Raises NoSuchToken, LoginRequired, PermissionDenied, DatabaseBusy.
    """
    with act(registry, actor) as under_way:
        token, owner = _governed(actor, token_id)
        if token.purpose != Purpose.PERSONAL.value:
            raise NoSuchToken(token=token_id)
        secret = tokens.renew(token)
        under_way.record(EventKind.TOKEN_ROTATED, **said(token, owner))
    return token, secret


def revoke_token(registry: Registry, actor: Actor, token_id: int) -> None:
    """End a token: one's own, this very one, or anybody's for an administrator. The next request with it is refused.

    Raises NoSuchToken, LoginRequired, PermissionDenied, DatabaseBusy.
    """
    with act(registry, actor) as under_way:
        if actor.token and actor.token.id == token_id:
            token, owner = tokens.get(token_id), actor.name
        else:
            token, owner = _governed(actor, token_id)
        under_way.record(EventKind.TOKEN_REVOKED, **said(token, owner))
        under_way.session.delete(token)


def own_tokens(actor: Actor) -> list[Token]:
    """Return the personal tokens of whoever asks. Raises LoginRequired, PermissionDenied."""
    permissions.require_own_account(actor, actor.name)
    return tokens.of_user(users.get(actor.name))


def checked_name(name: str) -> str:
    """Return the name of a token as one line. Raises InvalidValue."""
    line = one_line(name)
    if not line or len(line) > LONGEST_NAME:
        raise InvalidValue(what="name of a token", value=name, right=f"1 to {LONGEST_NAME} characters")
    return line


def checked_index_pattern(pattern: str) -> str:
    """Return a pattern of indexes in lower case. Raises InvalidValue."""
    lowered = pattern.lower()
    if not INDEX_PATTERN.fullmatch(lowered):
        raise InvalidValue(what="pattern of indexes", value=pattern, right="'*', 'owner/name' or 'owner/*'")
    return lowered


def _user_of(actor: Actor, user_name: str) -> User:
    permissions.require_own_account(actor, user_name)
    return users.get(user_name)


def _governed(actor: Actor, token_id: int) -> tuple[Token, str]:
    """Return a token and whose it is, when the actor governs it. One that they may not know of is not there."""
    if actor.is_anonymous:
        raise LoginRequired(right=Right.MANAGE.value)
    token = tokens.get(token_id)
    user = db.session.get(User, token.user_id) if token.user_id else None
    owner: str = user.name if user else token.created_by
    try:
        permissions.require_own_account(actor, owner)
    except PermissionDenied as error:
        if actor.name == owner:
            raise
        raise NoSuchToken(token=token_id) from error
    return token, owner


def said(token: Token, owner: str) -> dict[str, Any]:
    """Return what an event says of a token: all but its secret."""
    return {
        "token_id": token.id,
        "token_name": token.name,
        "of": owner,
        "purpose": token.purpose,
        "rights": token.rights,
        "indexes": token.index_pattern,
        "projects": token.project_patterns,
        "expires_at": token.expires_at.isoformat() if token.expires_at else None,
    }
