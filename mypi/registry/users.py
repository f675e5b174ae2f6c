"""Users. What a user may do is in `permissions`; who is logged in is in `logins`."""

import re
from datetime import datetime

from sqlalchemy import Column, Integer, String, bindparam, select

from mypi import clock, passwords
from mypi.database import Model, UTCDateTime, db
from mypi.errors import AlreadyExists, InvalidValue, NoSuchUser, WrongPassword
from mypi.standards.simple_api import one_line

LONGEST_TITLE = 200  # characters: a line on a page
EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,189}")
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")  # 64 characters, as in names of accounts elsewhere


class User(Model):
    """A person or a machine that logs in. Canonical."""

    __tablename__ = "users"

    id: int = Column(Integer, primary_key=True)
    name: str = Column(String(64), nullable=False, unique=True)
    password_hash: str = Column(String(256), nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False)
    email: str = Column(String(254), nullable=False, server_default="")
    title: str = Column(String(LONGEST_TITLE), nullable=False, server_default="")
    voucher: str = Column(String(16), nullable=False, server_default="")  # who else vouches for them; '' is nobody


_NAMED = select(User).where(User.name == bindparam("name"))


def checked_name(name: str) -> str:
    """Return the name of a user or group in lower case. Raises InvalidValue."""
    lowered = name.lower()
    if not NAME.fullmatch(lowered):
        right = "1–64 ASCII letters, digits, '.', '-', '_', that begin and end with a letter or digit"
        raise InvalidValue(what="name of a user or group", value=name, right=right)
    return lowered


def find(name: str) -> User | None:
    """Return the user of this name, in any case, or None."""
    user: User | None = db.session.scalar(_NAMED, {"name": name.lower()})
    return user


def get(name: str) -> User:
    """Return the user of this name. Raises NoSuchUser."""
    if user := find(name):
        return user
    raise NoSuchUser(user=name)


def proof(user: User) -> tuple[int, str]:
    """Return what tells later whether the password of a user is still the one that was just proven."""
    return user.id, user.password_hash


def refuse_outdated(proven: tuple[int, str]) -> None:
    """Return, within a transaction that writes, when a password is still what it was. Raises WrongPassword."""
    user_id, password_hash = proven
    if db.session.scalar(select(User.password_hash).where(User.id == user_id)) != password_hash:
        raise WrongPassword


def everyone() -> list[User]:
    """Return all users by name."""
    return list(db.session.scalars(select(User).order_by(User.name)))


def describe(user: User, email: str, title: str) -> bool:
    """Let a user have this mail address and title, within an act; return whether that changed anything.

    Raises InvalidValue.
    """
    title = one_line(title)
    if email and not EMAIL.fullmatch(email):
        raise InvalidValue(what="mail address", value=email, right="name@domain, or nothing")
    if len(title) > LONGEST_TITLE:
        raise InvalidValue(what="title", value=title, right=f"at most {LONGEST_TITLE} characters")
    if (user.email, user.title) == (email, title):
        return False
    user.email, user.title = email, title
    return True


def add(name: str, password: str, email: str = "", title: str = "", *, voucher: str = "") -> User:
    """Add a user within an act; where somebody else vouches for them, nobody is to know the password.

    Raises InvalidValue, AlreadyExists.
    """
    name = checked_name(name)
    if find(name):
        raise AlreadyExists(what="user", name=name)
    user = User(name=name, password_hash=passwords.hashed(password), created_at=clock.now(), voucher=voucher)
    describe(user, email, title)
    db.session.add(user)
    db.session.flush()
    return user
