"""The folder of a measurement: on the disk of this checkout, and where git ignores what an interrupted one leaves."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

HOME = Path(".benchmarks")


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield an empty folder that is removed at the end."""
    HOME.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=HOME.resolve()) as folder:
        yield Path(folder)
