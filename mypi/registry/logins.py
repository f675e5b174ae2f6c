"""Sessions of people, and the brake on guessing passwords. Both are rows, so that they hold across processes.

A session is a random token in a signed cookie; only its digest is stored, so that a copy of the database opens nothing.
"""

import hashlib
import ipaddress
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Column, ForeignKey, Integer, String, delete, select

from mypi import clock, passwords
from mypi.database import Model, UTCDateTime, db, writing
from mypi.errors import TooManyGuesses, WrongPassword
from mypi.registry import users
from mypi.registry.arriving import DirectoryPasswords
from mypi.registry.users import User

FREE_GUESSES = 5  # wrong passwords that cost nothing: people mistype
LONGEST_BRAKE = timedelta(minutes=15)  # so that nobody is locked out for good by somebody else's guesses
BRAKE_FORGETS = timedelta(hours=1)


class WebSession(Model):
    """A person is logged in. Canonical, but short-lived."""

    __tablename__ = "web_sessions"

    token_sha256: str = Column(String(64), primary_key=True)
    user_id: int = Column(ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True)
    expires_at: datetime = Column(UTCDateTime, nullable=False)


class Guess(Model):
    """Wrong passwords for an account from an address. Short-lived."""

    __tablename__ = "guesses"

    account: str = Column(String(64), primary_key=True)
    address: str = Column(String(64), primary_key=True)
    failures: int = Column(Integer, nullable=False)
    last_at: datetime = Column(UTCDateTime, nullable=False)


def check_password(name: str, password: str, address: str, elsewhere: DirectoryPasswords | None = None) -> User:
    """Return the user whose name and password these are; `elsewhere` are passwords that mypi does not keep.

    The row is as it was when the password was compared, and is not read anew: with a password that was changed at the
    same moment nothing begins, and it is not remembered as the new one. Raises WrongPassword, TooManyGuesses,
    DatabaseBusy; NoAccount, DirectoryUnavailable.
    """
    address = _network(address)
    guess = db.session.get(Guess, (name.lower()[:64], address))
    braked = guess is not None and guess.failures >= FREE_GUESSES
    if braked:
        _count(name, address)  # before it is judged: of guesses at the same moment one is
    user = _proven(name, password, address, elsewhere)
    if user is None:
        if not braked:
            _count(name, address)
        raise WrongPassword
    db.session.expunge(user)
    if guess:
        _forgive(name, address)
    return user


def _proven(name: str, password: str, address: str, elsewhere: DirectoryPasswords | None) -> User | None:
    user = users.find(name)
    if elsewhere and elsewhere.keeps_of(user) and (found := elsewhere.user_of(name, password, address)):
        return found if elsewhere.keeps_of(found) else None  # mypi's own by now
    # The same work for a wrong one, wherever it is kept: how long it takes tells nobody which accounts there are.
    kept_here = user.password_hash if user and not user.voucher else None
    return user if passwords.matches(kept_here, password) else None


def _wait(guess: Guess) -> int:
    """Return the seconds until the next guess is taken: doubling from one second, forgotten after a while."""
    age = clock.now() - guess.last_at
    if guess.failures < FREE_GUESSES or age > BRAKE_FORGETS:
        return 0
    brake = min(timedelta(seconds=2 ** min(guess.failures - FREE_GUESSES, 20)), LONGEST_BRAKE)
    # A clock that was set back must not brake for longer than the brake itself.
    return int(min(brake - age, brake).total_seconds() + 0.999)


def _network(address: str) -> str:
    """Return whom guesses are counted for: of IPv6 addresses one customer has a network of 64 bits."""
    try:
        wide = ipaddress.ip_address(address).version == 6
    except ValueError:
        wide = False
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if wide else address[:64]


def _count(name: str, address: str) -> None:
    """Count a guess. Raises TooManyGuesses when it comes too early."""
    with writing() as session:
        now = clock.now()
        session.execute(delete(Guess).where(Guess.last_at < now - BRAKE_FORGETS))
        guess = session.get(Guess, (name.lower()[:64], address))
        if guess is None:
            session.add(Guess(account=name.lower()[:64], address=address, failures=1, last_at=now))
        elif (wait := _wait(guess)) > 0:
            raise TooManyGuesses(seconds=wait)
        else:
            guess.failures += 1
            guess.last_at = now


def _forgive(name: str, address: str) -> None:
    with writing() as session:
        session.execute(delete(Guess).where(Guess.account == name.lower()[:64], Guess.address == address))


def begin(user: User, lifetime: timedelta) -> str:
    """Begin a session and return its token. Raises WrongPassword where the password was changed since, DatabaseBusy."""
    token, proven = secrets.token_urlsafe(32), users.proof(user)
    with writing() as session:
        users.refuse_outdated(proven)
        session.execute(delete(WebSession).where(WebSession.expires_at < clock.now()))
        session.add(WebSession(token_sha256=_digest(token), user_id=user.id, expires_at=clock.now() + lifetime))
    return token


def user_of(token: str) -> User | None:
    """Return who is logged in by this token, or None when the session has ended."""
    wanted = (
        select(User)
        .join(WebSession, WebSession.user_id == User.id)
        .where(WebSession.token_sha256 == _digest(token), WebSession.expires_at > clock.now())
    )
    user: User | None = db.session.scalar(wanted)
    return user


def end(token: str) -> None:
    """End one session; harmless when it has ended. Raises DatabaseBusy."""
    with writing() as session:
        session.execute(delete(WebSession).where(WebSession.token_sha256 == _digest(token)))


def end_all(user: User) -> None:
    """End all sessions of a user within an act."""
    db.session.execute(delete(WebSession).where(WebSession.user_id == user.id))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
