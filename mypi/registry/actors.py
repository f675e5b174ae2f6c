"""Who acts: a user, nobody, the shell, the server itself; from where, with what. Never how they proved it."""

import getpass
from dataclasses import dataclass

from mypi.registry.scopes import Purpose, TokenScope


@dataclass(frozen=True)
class Actor:
    """Who asks, as every act and every read is told."""

    user_id: int | None
    name: str
    address: str = ""
    client: str = ""
    at_shell: bool = False
    """Whoever runs commands on the server can read the database anyway: no grant is asked of them."""
    token: TokenScope | None = None
    """The token that they came with, which narrows what they may do; None for a password or a session."""

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return self.user_id is None and not self.at_shell and self.token is None

    @property
    def is_whole_person(self) -> bool:
        """Whether this is a user with everything that is theirs: by password, session, or the token of a login."""
        return self.user_id is not None and (self.token is None or self.token.purpose is Purpose.LOGIN)


def nobody(address: str = "", client: str = "") -> Actor:
    """Return the actor of a request without credentials."""
    return Actor(user_id=None, name="", address=address, client=client)


def the_server() -> Actor:
    """Return the actor of what follows from another act, in an index of which whoever did that may know nothing."""
    return Actor(user_id=None, name="server:", client="mypi")


def at_shell() -> Actor:
    """Return the actor of a command: the account of the operating system that runs it."""
    try:
        account = getpass.getuser()
    except (KeyError, OSError):
        account = "unknown"
    return Actor(user_id=None, name=f"shell:{account}", client="mypi", at_shell=True)
