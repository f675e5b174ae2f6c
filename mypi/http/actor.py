"""Who asks: whom the web server found, a password, a token, a session, or nobody; all end in one `Actor`.

What they may do is `permissions`' question.

A token is looked up each time. A client proves its password with each request, too; so that each does not cost 60 ms of
scrypt, a password that was right is remembered for a minute, as a digest keyed with a secret of this process and with
the stored hash: a changed password or a deleted user is noticed at once. It is remembered for the address that sent it:
who guesses from elsewhere must not learn by an answer in place of the brake that the password is right.
"""

import hashlib
import hmac
import secrets
import threading
from functools import partial

from flask import Flask, Response, after_this_request, current_app, g, request
from flask_login import current_user

from mypi import clock
from mypi.errors import InvalidToken, LoginRequired
from mypi.http import credentials
from mypi.http.credentials import TOKEN_USER, Credentials
from mypi.http.doors import doors, user_by_password
from mypi.http.remote_user import is_from_a_page
from mypi.registry import tokens, users
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
    given = credentials.sent(request)
    user = _by_web_server(given, by_session=by_session)
    if user is None and given:
        return _whose(given, address, client)
    if user is None and by_session and current_user.is_authenticated:
        user = current_user.user
    return Actor(user_id=user.id, name=user.name, address=address, client=client) if user else nobody(address, client)


def _by_web_server(given: Credentials | None, *, by_session: bool) -> User | None:
    """Return whom the web server vouches for. Raises NoAccount, DatabaseBusy, DiskFull.

    A token, or what came in devpi's own header, is ours to judge; any other password may be the web server's. Where a
    session does not count this does not either: a browser that another site makes post is known to the web server, too.
    """
    remote_user = doors().remote_user
    is_ours = given is not None and (_is_token(given) or not given.in_authorization)
    if remote_user is None or is_ours or not (by_session or not is_from_a_page(request)):
        return None
    return remote_user.user_of(request)


def _whose(given: Credentials, address: str, client: str) -> Actor:
    """Return whose credentials these are. Raises WrongPassword, TooManyGuesses, DatabaseBusy."""
    if _is_token(given):
        return _by_token(given, address, client)
    user = _by_password(given.name, given.secret, address)
    # A directory does not tell when a password ends, so that it is asked within a minute, and Apache not told.
    if given.in_authorization and not user.voucher:
        g.proven_sender = _sender()
    return Actor(user_id=user.id, name=user.name, address=address, client=client)


def _is_token(given: Credentials) -> bool:
    return tokens.is_token(given.secret) or given.name == TOKEN_USER


def _by_token(given: Credentials, address: str, client: str) -> Actor:
    bearer = tokens.bearer(given.secret)
    if bearer is None or given.name.lower() not in {TOKEN_USER, bearer.name}:
        raise InvalidToken
    if bearer.use_is_due:
        after_this_request(partial(_note_use, bearer.scope.id))
    if given.in_authorization:
        g.proven_sender = _sender()
    return Actor(user_id=bearer.user_id, name=bearer.name, address=address, client=client, token=bearer.scope)


def _note_use(token_id: int, response: Response) -> Response:
    """Note that a token is used when the answer has gone out: nobody waits for it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def note() -> None:
        with app.app_context():
            tokens.note_use(token_id)

    response.call_on_close(note)
    return response


def _sender() -> str:
    seen = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("REMOTE_ADDR") or ""
    return f"{seen} {request.headers.get('X-Forwarded-For', '')} {request.headers['Authorization']}"


def _by_password(name: str, password: str, address: str) -> User:
    user = users.find(name)
    proof = _proof(user, password, address)
    if user and _remembered(proof):
        return user
    user = user_by_password(name, password)
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
