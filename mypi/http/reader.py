"""Who reads, and how long an answer to them may be kept, for protocols that render when they are asked."""

from mypi.http.actor import current_actor
from mypi.http.conditional import Caching
from mypi.registry.actors import Actor, nobody


def reader(*, is_public: bool) -> tuple[Actor, Caching]:
    """Return who reads from an index, and how long their answer may be kept.

    What everyone may read is told to all alike, so that credentials which nobody asked for are not looked at. Raises
    WrongPassword, TooManyGuesses, DatabaseBusy.
    """
    return (nobody(), Caching.PAGE) if is_public else (current_actor(), Caching.PRIVATE_PAGE)
