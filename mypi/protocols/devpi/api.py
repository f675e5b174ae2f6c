"""Where things are, who the client is, and logging in: what `devpi use` and `devpi login` ask."""

from flask import Response, request

from mypi.errors import MissingField, WrongPassword
from mypi.http.actor import actor_by_password
from mypi.http.doors import user_by_password
from mypi.http.json_body import posted_object
from mypi.protocols.devpi import addresses
from mypi.protocols.devpi.answers import answer
from mypi.registry import groups, index_settings, tokens
from mypi.registry.actors import Actor, nobody
from mypi.registry.tokens import LOGIN_LIFETIME

FEATURES = ("push-no-docs", "push-only-docs", "push-register-project", "server-keyvalue-parsing")


def root() -> Response:
    """Answer what the server says of itself and of who asks."""
    return _about(*_whoever())


def of_user(owner: str) -> Response:  # noqa: ARG001 - it tells nothing of whether there is such a user
    """Answer the same below a user."""
    return root()


def of_index(owner: str, name: str) -> Response:
    """Answer where an index is read and uploaded to; one that takes no uploads has no address for them.

    Raises LoginRequired, NoSuchIndex.
    """
    actor, standing = _whoever()
    found = index_settings.of_index(actor, f"{owner}/{name}")
    address = addresses.index(found.full_name)
    where = {"index": address, "simpleindex": f"{address}/+simple/"}
    if found.kind == "hosted":
        where["pypisubmit"] = f"{address}/"
    return _about(actor, standing, **where)


def log_in() -> Response:
    """Answer a password with a token. Raises MissingField, WrongPassword, TooManyGuesses, DatabaseBusy."""
    body = posted_object()
    for field in ("user", "password"):
        if not isinstance(body.get(field), str):
            raise MissingField(field=field)
    user = user_by_password(body["user"], body["password"])
    token = tokens.begin_login(user, request.headers.get("User-Agent", ""))
    seconds = int(LOGIN_LIFETIME.total_seconds())
    return answer("proxyauth", {"password": token, "expiration": seconds}, message="login successful")


def _whoever() -> tuple[Actor, str]:
    """Return who asks, and devpi's word for how they stand: who comes with a login that has ended is nobody."""
    try:
        actor = actor_by_password()
    except WrongPassword:
        return nobody(request.remote_addr or "", request.headers.get("User-Agent", "")), "expired"
    return actor, "noauth" if actor.is_anonymous else "ok"


def _about(actor: Actor, standing: str, **where: str) -> Response:
    said = {
        "login": f"{addresses.root()}+login",
        "authstatus": [standing, actor.name, groups.of_user(actor.user_id) if actor.user_id else []],
        "features": list(FEATURES),
    }
    return answer("apiconfig", said | where)
