"""Passwords: how they are made, hashed and compared. The one place that knows the algorithm."""

import secrets
import string
import threading

from werkzeug.security import check_password_hash, generate_password_hash

from mypi.errors import InvalidValue

METHOD = "scrypt:32768:8:1"  # 32 MiB of memory and about 60 ms for a guess
SHORTEST = 8
LONGEST = 512  # characters; to hash a megabyte is work for nothing
NOBODYS_HASH = generate_password_hash(secrets.token_hex(), METHOD)
"""Compared with when there is no such user, so that an unknown name takes as long as a wrong password."""

_turns = threading.BoundedSemaphore(4)
"""Comparisons at once in a process: a crowd of guesses waits in line and does not take 32 MiB each."""


def generated() -> str:
    """Return a new password of 20 letters and digits: 119 bits, and nothing that a URL or a .pypirc escapes."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(20))


def hashed(password: str) -> str:
    """Return what is stored of a password. Raises InvalidValue when it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST or "\x00" in password:
        raise InvalidValue(what="password", value="…", right=f"{SHORTEST} to {LONGEST} characters, without NUL")
    return generate_password_hash(password, METHOD)


def matches(stored_hash: str | None, password: str) -> bool:
    """Return whether the password is the one that was hashed; without a hash the same work is done for nothing."""
    if len(password) > LONGEST:
        return False
    with _turns:
        return check_password_hash(stored_hash or NOBODYS_HASH, password) and stored_hash is not None
