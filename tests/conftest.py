"""What holds for every test: skips where they are forbidden, and the longest that a test may take."""

import pytest
from hypothesis import settings

pytest_plugins = [
    "tests.support.no_skips",
    "tests.support.connections",
    "tests.support.integrity",
    "tests.support.quick_passwords",
    "tests.support.apache",
    "tests.support.directory",
    "tests.support.issuer",
    "tests.support.postgresql",
    "tests.support.installations",
    "tests.support.peopled",
    "tests.support.attested",
]

# An example that takes long says that the machine is busy, not that the code is wrong.
settings.register_profile("mypi", deadline=None)
settings.load_profile("mypi")

LONGEST_TEST = 120
"""Seconds. It ends a test that hangs, it measures nothing."""

LONGEST_WITH_REAL_PROGRAMS = 600
"""Seconds, where the first test of a worker makes the environments of old clients, or starts Apache."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test that names no time limit the one of its folder."""
    for item in items:
        if item.get_closest_marker("timeout") is None:
            slow = {"clients", "system"} & set(item.path.parts)
            item.add_marker(pytest.mark.timeout(LONGEST_WITH_REAL_PROGRAMS if slow else LONGEST_TEST))
