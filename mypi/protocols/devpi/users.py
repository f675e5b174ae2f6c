"""What the devpi client does to users: `devpi user -c`, `-m`, `--delete`, and `devpi passwd`."""

from typing import Any

from flask import Response, request

from mypi.errors import InvalidValue, MissingField, UnknownSetting
from mypi.http.actor import actor_by_password
from mypi.http.json_body import posted_object
from mypi.parts import parts
from mypi.protocols.devpi.answers import answer, done
from mypi.protocols.devpi.index_words import listed
from mypi.registry import accounts, tokens, users
from mypi.registry.tokens import LOGIN_LIFETIME

TEXTS = ("email", "title")
READ_ONLY = ("username", "created", "modified", "indexes")
"""What a configuration holds that was read, and is sent back whole."""


def create(owner: str) -> Response:
    """Create a user. Raises what `accounts.add_user` does, MissingField, UnknownSetting."""
    asked = _asked()
    if "password" not in asked:
        raise MissingField(field="password")
    user = accounts.add_user(parts().registry, actor_by_password(), owner, **asked)
    made = {"username": user.name, "email": user.email, "indexes": {}}
    return answer("userconfig", made, 201)


def change(owner: str) -> Response:
    """Change a user, or set their password: then the answer is a new login, as the old ones have ended.

    Raises what `accounts.describe_user` and `accounts.set_password` do, UnknownSetting.
    """
    asked, actor = _asked(), actor_by_password()
    texts = {name: asked.get(name) for name in TEXTS}
    changed = accounts.describe_user(parts().registry, actor, owner, **texts)
    if "password" not in asked:
        return done("user updated" if changed else "nothing to update")
    accounts.set_password(parts().registry, actor, owner, asked["password"])
    if actor.name != owner.lower():
        return done("user updated, password changed")
    token = tokens.begin_login(users.get(owner), request.headers.get("User-Agent", ""))
    fresh = {"password": token, "expiration": int(LOGIN_LIFETIME.total_seconds())}
    return answer("userpassword", fresh, message="user updated, new proxy auth")


def delete(owner: str) -> Response:
    """Delete a user. Raises what `accounts.delete_user` does."""
    accounts.delete_user(parts().registry, actor_by_password(), owner)
    return done(f"user '{owner}' deleted")


def _asked() -> dict[str, Any]:
    asked = {key: value for key, value in posted_object().items() if key not in READ_ONLY}
    if unknown := {key: value for key, value in asked.items() if key not in (*TEXTS, "password") and value}:
        raise UnknownSetting(what="userconfig", settings=listed(dict.fromkeys(unknown, "…")))
    known = {key: value for key, value in asked.items() if key in (*TEXTS, "password")}
    for key, value in known.items():
        if not isinstance(value, str):
            raise InvalidValue(what=f"value of {key}", value=type(value).__name__, right="text")
    return known
