"""Puts the outcome of a run into docs/performance.rst, below its last heading."""

import os
import platform
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "performance.rst"
MARK = "Everything below is written by ``make benchmark BENCHMARK_ARGS=--write``.\n"


def write(table: str, how: str, page: Path = PAGE) -> None:
    """Replace what an earlier run wrote. Raises ValueError when the page has lost its mark."""
    text = page.read_text("utf-8")
    before, mark, _ = text.partition(MARK)
    if not mark:
        raise ValueError(f"{page} has no line that says: {MARK}")
    machine = (
        f"{os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    page.write_text(f"{before}{mark}\n{date.today():%d %B %Y}, {machine}; {how}.\n\n{table}", "utf-8")  # noqa: DTZ011
