"""The one place that reads the clock."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment in UTC, aware of its zone, to the microsecond."""
    return datetime.now(UTC)


def local_hour() -> str:
    """Return the hour as ten digits in the local time of this machine, in which Apache counts, too."""
    return datetime.now().astimezone().strftime("%Y%m%d%H")


def monotonic() -> float:
    """Return seconds since some moment in this process; they go on evenly when the clock is set."""
    return time.monotonic()
