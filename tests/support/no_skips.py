"""Where MYPI_REQUIRE_ALL=1, a skipped test is a failed one: what was to be shown there has not been shown.

A plugin of pytest; tests/conftest.py loads it. Expected failures (xfail) are no skips.
"""

import os
from collections.abc import Generator

import pytest


def _required() -> bool:
    return os.environ.get("MYPI_REQUIRE_ALL") == "1"


def _reason(longrepr: object) -> str:
    """Return the reason of a skip: pytest gives (path, line, reason) or something that prints itself."""
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Return the report of a phase of a test, as failed when it was skipped and nothing may be."""
    report = yield
    if _required() and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where MYPI_REQUIRE_ALL=1: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Return the report of the collection of a file, as failed when all of it was skipped and nothing may be."""
    report = yield
    if _required() and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where MYPI_REQUIRE_ALL=1: {_reason(report.longrepr)}"
    return report
