"""Who asks: a session, HTTP Basic, or nobody; all end in one `Actor`. What they may do is `permissions`' question.

A client proves its password with each request. So that each does not cost 60 ms of scrypt, a password that was right is
remembered for a minute, as a digest keyed with a secret of this process and with the stored hash: a changed password or
a deleted user is noticed at once. It is remembered for the address that sent it: who guesses from elsewhere must not
learn by an answer in place of the brake that the password is right.
"""

import hashlib
import hmac
import secrets
import threading

from flask import g, request
from flask_login import current_user
from werkzeug.datastructures import Authorization

from mypi import clock
from mypi.errors import LoginRequired, WrongPassword
from mypi.registry import logins, users
from mypi.registry.actors import Actor, nobody
from mypi.registry.users import User

REALM = LoginRequired.realm
REMEMBERED = 60.0  # seconds
MOST_REMEMBERED = 1000
_KEY = secrets.token_bytes(32)
_proven: dict[bytes, float] = {}
_lock = threading.Lock()


def current_actor() -> Actor:
    """Return who sends this request. Raises WrongPassword, TooManyGuesses, DatabaseBusy."""
    if "actor" not in g:
        g.actor = _found(by_session=True)
    actor: Actor = g.actor
    return actor


def actor_by_password() -> Actor:
    """Return who sends this request with a password; a session is nobody's here.

    For what programs post without a CSRF token: a browser sends its session with the form of another site, too. Raises
    WrongPassword, TooManyGuesses, DatabaseBusy.
    """
    if "actor_by_password" not in g:
        g.actor_by_password = _found(by_session=False)
    actor: Actor = g.actor_by_password
    return actor


def proven_sender() -> str:
    """Return address and Authorization header by which this request's actor was found; '' where nothing in it helped.

    The address is the one that the server sees, and what proxies say of it: who stands behind it is not looked into.
    """
    return str(g.get("proven_sender", ""))


def _found(*, by_session: bool) -> Actor:
    address, client = request.remote_addr or "", request.headers.get("User-Agent", "")
    given = _authorization()
    if given is not None and given.type == "basic":
        user = _by_password(given.username or "", given.password or "", address)
        g.proven_sender = _sender()
    elif by_session and current_user.is_authenticated:
        user = current_user.user
    else:
        return nobody(address, client)
    return Actor(user_id=user.id, name=user.name, address=address, client=client)


def _sender() -> str:
    seen = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR") or ""
    return f"{seen} {request.headers.get('X-Forwarded-For', '')} {request.headers['Authorization']}"


def _authorization() -> Authorization | None:
    try:
        return request.authorization
    except ValueError as error:  # letters that no base64 has
        raise WrongPassword from error


def _by_password(name: str, password: str, address: str) -> User:
    if "\x00" in name + password:
        raise WrongPassword
    user = users.find(name)
    proof = _proof(user, password, address)
    if user and _remembered(proof):
        return user
    user = logins.check_password(name, password, address)
    _remember(_proof(user, password, address))
    return user


def _proof(user: User | None, password: str, address: str) -> bytes:
    said = f"{user.id}\0{user.password_hash}\0{address}\0{password}" if user else secrets.token_hex()
    return hmac.digest(_KEY, said.encode("utf-8", "surrogatepass"), hashlib.sha256)


def _remembered(proof: bytes) -> bool:
    with _lock:
        return _proven.get(proof, 0.0) > clock.monotonic()


def _remember(proof: bytes) -> None:
    with _lock:
        if len(_proven) >= MOST_REMEMBERED:
            _proven.clear()
        _proven[proof] = clock.monotonic() + REMEMBERED
