"""Tokens: what a program sends in place of a password. Only the digest of one is stored, and it is asked for each time.

So a token that was revoked is refused by the next request, and what it costs to look is one row by its key: a token is
long enough that nobody guesses it, and needs no slow hash. What it is good for is in `scopes`.
"""

import hashlib
import re
import secrets
import string
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, bindparam, delete, or_, select, update

from mypi import clock
from mypi.database import JSONText, Model, UTCDateTime, db, writing, writing_if_free
from mypi.errors import DatabaseBusy, DiskFull, InvalidToken, NoSuchToken, WrongPassword
from mypi.registry import users
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right
from mypi.registry.scopes import AT, EVERYTHING, Purpose, TokenScope
from mypi.registry.users import User

PREFIX = "mypi-"
SECRET = re.compile(r"mypi-[A-Za-z0-9-]{43,200}")
"""What a token looks like. A password is told from it by this, so that a revoked token costs no guess."""
LETTERS = 43  # of 62: 256 bits
LOGIN_LIFETIME = timedelta(hours=10)
USE_IS_NOTED = timedelta(hours=1)  # so often; to the moment it would be a write for each request
LONGEST_NAME = 100  # characters
MOST_TOKENS = 2**31 - 1  # numbers of them


class Token(Model):
    """A token. Canonical; revoked, it is gone."""

    __tablename__ = "tokens"

    id: int = Column(Integer, primary_key=True, autoincrement=False)  # by chance, so that no other has it later
    name: str = Column(String(LONGEST_NAME), nullable=False)
    user_id: int | None = Column(ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True)
    purpose: str = Column(String(16), nullable=False)
    token_sha256: str = Column(String(64), nullable=False, unique=True)
    rights: list[str] = Column(JSONText, nullable=False)
    index_pattern: str = Column(String(130), nullable=False)
    project_patterns: list[str] = Column(JSONText, nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False)
    created_by: str = Column(String(128), nullable=False)  # the name of the actor; of a publisher's token, its own
    expires_at: datetime | None = Column(UTCDateTime, nullable=True, index=True)
    last_used_at: datetime | None = Column(UTCDateTime, nullable=True)

    @property
    def scope(self) -> TokenScope:
        """What the token is good for."""
        return TokenScope(
            id=self.id,
            name=self.name,
            purpose=Purpose(self.purpose),
            rights=frozenset(self.rights),
            index_pattern=self.index_pattern,
            project_patterns=frozenset(self.project_patterns),
            expires_at=self.expires_at,
            created_at=self.created_at,
        )


@dataclass(frozen=True)
class Bearer:
    """Who comes with a token that holds."""

    user_id: int | None
    name: str
    scope: TokenScope
    use_is_due: bool
    """Whether it was not noted lately that the token is used."""


_token: Any = Token  # its columns; SQLAlchemy 1.4 brings no types
_HELD = (
    select(Token, User.name)
    .outerjoin(User, User.id == _token.user_id)
    .where(_token.token_sha256 == bindparam("digest"))
)


def is_token(secret: str) -> bool:
    """Return whether somebody sends this as a token, and not as a password."""
    return SECRET.fullmatch(secret) is not None


def bearer(secret: str) -> Bearer | None:
    """Return who comes with this token, or None when it is unknown, revoked or has expired."""
    row = db.session.execute(_HELD, {"digest": _digest(secret)}).first()
    if row is None:
        return None
    token, user_name = row
    now = clock.now()
    if token.expires_at and token.expires_at <= now:
        return None
    is_due = token.last_used_at is None or now - token.last_used_at >= USE_IS_NOTED
    return Bearer(token.user_id, user_name or token.created_by, token.scope, is_due)


_GIVEN = select(_token.created_at, _token.expires_at).where(_token.id == bindparam("id"))
_NAME = select(User.name).where(User.id == bindparam("id"))


def refuse_ended(actor: Actor) -> None:
    """Return, in the transaction of an act, when the account and the token that the actor came with are still there.

    A body may have taken hours to arrive, and the number of a deleted user may be another's by now. Raises
    InvalidToken, WrongPassword.
    """
    if actor.token:
        row = db.session.execute(_GIVEN, {"id": actor.token.id}).first()
        if row is None or row.created_at != actor.token.created_at:
            raise InvalidToken
        if row.expires_at and row.expires_at <= clock.now():
            raise InvalidToken
    if actor.user_id is not None and db.session.scalar(_NAME, {"id": actor.user_id}) != actor.name:
        raise WrongPassword


def note_use(token_id: int) -> None:
    """Write down that a token is used. Where that would have to wait, or is not possible, the next use does it."""
    with suppress(DatabaseBusy, DiskFull), writing_if_free() as connection:
        connection.execute(update(Token).where(_token.id == token_id).values(last_used_at=clock.now()))


def get(token_id: int) -> Token:
    """Return the token of this number. Raises NoSuchToken."""
    token: Token | None = db.session.get(Token, token_id)
    if token is None:
        raise NoSuchToken(token=token_id)
    return token


def named(user: User, name: str) -> Token | None:
    """Return the personal token of a user by its name, or None."""
    wanted = select(Token).where(_token.user_id == user.id, _token.name == name, _PERSONAL)
    token: Token | None = db.session.scalar(wanted)
    return token


_PERSONAL = _token.purpose == Purpose.PERSONAL.value


def of_user(user: User) -> list[Token]:
    """Return the personal tokens of a user, the oldest first; those that have expired as well."""
    return list(db.session.scalars(select(Token).where(_token.user_id == user.id, _PERSONAL).order_by(_token.id)))


def everything() -> list[tuple[Token, str]]:
    """Return all tokens, the oldest first, each with the name of whose it is."""
    rows = db.session.execute(select(Token, User.name).outerjoin(User, User.id == _token.user_id).order_by(_token.id))
    return [(token, user_name or token.created_by) for token, user_name in rows]


def facts(token: Token) -> dict[str, Any]:
    """Return what may be told of a token to those who govern it, by the names that commands and programs know."""
    return {
        "number": token.id,
        "name": token.name,
        "purpose": token.purpose,
        "rights": token.rights,
        "index": token.index_pattern,
        "projects": token.project_patterns,
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
        "last_used_at": token.last_used_at,
    }


def add(
    *,
    name: str,
    user: User | None,
    purpose: Purpose,
    rights: Collection[Right],
    index_pattern: str = EVERYTHING,
    project_patterns: Collection[str] = (EVERYTHING,),
    lifetime: timedelta | None = None,
    created_by: str,
) -> tuple[Token, str]:
    """Add a token within an act, and return it with its secret, which is never known again."""
    now, secret = clock.now(), _new_secret()
    token = Token(
        id=1 + secrets.randbelow(MOST_TOKENS),
        name=name,
        user_id=user.id if user else None,
        purpose=purpose.value,
        token_sha256=_digest(secret),
        rights=sorted(right.value for right in rights),
        index_pattern=index_pattern,
        project_patterns=sorted(project_patterns),
        created_at=now,
        created_by=created_by,
        expires_at=now + lifetime if lifetime else None,
        last_used_at=None,
    )
    db.session.add(token)
    db.session.flush()
    return token, secret


def renew(token: Token) -> str:
    """Give a token a new secret within an act, and its lifetime anew; return the secret. The old one ends at once."""
    now, secret = clock.now(), _new_secret()
    if token.expires_at:
        token.expires_at = now + (token.expires_at - token.created_at)
    token.created_at, token.last_used_at, token.token_sha256 = now, None, _digest(secret)
    return secret


def begin_login(user: User, client: str = "") -> str:
    """Return a token for a program that proved the user's password: it holds for `LOGIN_LIFETIME`.

    Like a session it is no act: it leaves no event, and ends with the password. Raises WrongPassword where that was
    changed since, DatabaseBusy.
    """
    proven = users.proof(user)
    with writing():
        users.refuse_outdated(proven)
        end_expired()
        _, secret = add(
            name=f"login {client}".strip()[:LONGEST_NAME],
            user=user,
            purpose=Purpose.LOGIN,
            rights=list(Right),
            lifetime=LOGIN_LIFETIME,
            created_by=user.name,
        )
    return secret


def end_logins(user: User) -> None:
    """End the logins of a user's programs within an act; their personal tokens stay."""
    db.session.execute(delete(Token).where(_token.user_id == user.id, _token.purpose == Purpose.LOGIN.value))


def end_of_publishers(full_name: str, project_pattern: str | None = None) -> None:
    """End, within an act, the tokens of publishers that are for a pattern of projects in an index, or for any."""
    held = db.session.scalars(select(Token).where(_token.purpose == Purpose.PUBLISHER.value))
    for token in list(held):
        meant = [entry.rpartition(AT) for entry in token.project_patterns]
        if any(where == full_name and project_pattern in (None, pattern) for where, _, pattern in meant):
            db.session.delete(token)


def end_expired() -> None:
    """Remove, within a transaction that writes, what expired of the tokens that nobody renews."""
    nobodys = or_(_token.purpose == Purpose.LOGIN.value, _token.purpose == Purpose.PUBLISHER.value)
    db.session.execute(delete(Token).where(nobodys, _token.expires_at < clock.now()))


def _new_secret() -> str:
    return PREFIX + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(LETTERS))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
