"""The one place that reads the clock."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment in UTC, aware of its zone, to the microsecond."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Return seconds since some moment in this process; they go on evenly when the clock is set."""
    return time.monotonic()
