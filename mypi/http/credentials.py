"""What a request says about who sends it: X-Devpi-Auth, HTTP Basic or Bearer. Whether that is right is not asked here.

devpi's own header goes before: its clients send Basic as well when their URL or a .netrc holds somebody's password.
"""

import base64
import binascii
from dataclasses import dataclass

from flask import Request

from mypi.errors import WrongPassword

TOKEN_USER = "__token__"  # noqa: S105 - what uploaders send as the user of a token
DEVPI = "X-Devpi-Auth"


@dataclass(frozen=True)
class Credentials:
    """A name and a password or token. A token that came alone is its own proof, and has the name of all tokens."""

    name: str
    secret: str
    in_authorization: bool = True
    """Whether they are what the server in front sees, too."""


def sent(request: Request) -> Credentials | None:
    """Return the credentials of a request, or None when it has none that we know. Raises WrongPassword."""
    if DEVPI in request.headers:
        return _devpi(request.headers[DEVPI])
    try:
        given = request.authorization
    except ValueError as error:  # letters that no base64 has
        raise WrongPassword from error
    if given is None or given.type not in {"basic", "bearer"}:
        return None
    if given.type == "bearer":
        return Credentials(TOKEN_USER, given.token or "")
    return Credentials(given.username or "", given.password or "")


def _devpi(value: str) -> Credentials:
    try:
        name, colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise WrongPassword from error
    if not colon:
        raise WrongPassword
    return Credentials(name, secret, in_authorization=False)
