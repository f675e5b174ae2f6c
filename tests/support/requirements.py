"""What a test needs of the machine: an old Python, a program of the system. It skips, it never installs anything."""

import pytest


def need(condition: object, reason: str) -> None:
    """Skip this test for `reason` unless `condition` holds; MYPI_REQUIRE_ALL=1 makes that a failure (`no_skips`)."""
    if not condition:
        pytest.skip(reason)
