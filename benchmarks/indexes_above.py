"""Indexes above others: `python -m benchmarks.indexes_above [COUNT]` uploads to the base of many, and below a chain.

In one process, without a server: from the call of the act until the pages of all indexes show the file.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.scratch import scratch
from mypi import config, installation
from mypi.commands.init import initialize
from mypi.installation import Installation
from mypi.registry import indexes, indexing, uploading
from mypi.registry.actors import at_shell
from mypi.registry.indexes import Visibility
from mypi.registry.uploading import Submission
from tests.support.builders import wheel

ROUNDS = 20
CHAIN = 5


def main() -> None:
    """Upload with nothing above, with many indexes above, with many that have projects of their own, below a chain."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with scratch() as folder, _opened(folder) as parts:
        base = parts.settings.default_index
        _tell("nothing above", _uploads(parts, base, "alone"))
        _create(parts, [f"above/i{number}" for number in range(count)], base)
        _tell(f"{count} indexes above", _uploads(parts, base, "below"))
        _tell("  the same project, one more file", _uploads(parts, base, "below", first=ROUNDS))
        for number in range(count):
            _upload(parts, f"above/i{number}", f"own-{number}", 0)
        _tell("  each with a project of its own", _uploads(parts, base, "beside"))
        _create_chain(parts)
        _tell(f"below a chain of {CHAIN}", _uploads(parts, "chain/i0", "chained"))
        _tell("an index that stands above, itself", _uploads(parts, "above/i0", "own-0", first=1))
        begun = time.perf_counter()
        parts.publisher.rebuild()
        print(f"everything rendered again: {time.perf_counter() - begun:.1f} s")


@contextmanager
def _opened(folder: Path) -> Iterator[Installation]:
    settings = config.load(environ={}, data_directory=folder / "data")
    initialize(settings, "admin", "admin-password-1")
    with installation.opened(settings) as parts:
        yield parts


def _create(parts: Installation, names: list[str], *bases: str) -> None:
    begun = time.perf_counter()
    for name in names:
        indexing.create_index(parts.registry, at_shell(), name, Visibility.PUBLIC, base_names=bases)
    print(f"an index is created in {(time.perf_counter() - begun) / len(names) * 1000:.1f} ms")


def _create_chain(parts: Installation) -> None:
    for number in range(CHAIN):
        _create(parts, [f"chain/i{number}"], *([f"chain/i{number - 1}"] if number else []))


def _uploads(parts: Installation, full_name: str, project: str, first: int = 0) -> list[float]:
    return [_upload(parts, full_name, project, number) for number in range(first, first + ROUNDS)]


def _upload(parts: Installation, full_name: str, project: str, number: int) -> float:
    filename, body = wheel(project, f"1.{number}")
    incoming = parts.storage.receive()
    incoming.write(body)
    begun = time.perf_counter()
    uploading.upload(parts.registry, at_shell(), indexes.get(full_name), Submission(filename, incoming))
    return time.perf_counter() - begun


def _tell(what: str, seconds: list[float]) -> None:
    milliseconds = sorted(one * 1000 for one in seconds)
    print(f"{what}: median {statistics.median(milliseconds):.1f} ms, longest {milliseconds[-1]:.1f} ms")


if __name__ == "__main__":
    main()
