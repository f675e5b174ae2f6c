"""By which ways besides a password of mypi one may come in, as the settings say. `app` puts them together."""

from dataclasses import dataclass
from typing import cast

from flask import current_app, request

from mypi.errors import WrongPassword
from mypi.http.remote_user import RemoteUser
from mypi.registry import logins
from mypi.registry.arriving import DirectoryPasswords
from mypi.registry.users import User

EXTENSION = "mypi.doors"


@dataclass(frozen=True)
class Doors:
    """The ways that are open; None for one that is not."""

    remote_user: RemoteUser | None = None
    directory: DirectoryPasswords | None = None


def doors() -> Doors:
    """Return the ways that the application of this request has open."""
    return cast("Doors", current_app.extensions[EXTENSION])


def user_by_password(name: str, password: str) -> User:
    """Return whose name and password these are, wherever passwords are kept.

    Raises WrongPassword, TooManyGuesses, DatabaseBusy, NoAccount, DirectoryUnavailable.
    """
    if not name.isprintable() or "\x00" in password:
        raise WrongPassword
    return logins.check_password(name, password, request.remote_addr or "", doors().directory)
