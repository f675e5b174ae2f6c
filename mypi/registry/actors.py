"""Who acts: a user, nobody, the shell, the server itself; from where, with what. Never how they proved it."""

import getpass
from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """Who asks, as every act and every read is told."""

    user_id: int | None
    name: str
    address: str = ""
    client: str = ""
    at_shell: bool = False
    """Whoever runs commands on the server can read the database anyway: no grant is asked of them."""

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is logged in."""
        return self.user_id is None and not self.at_shell


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
