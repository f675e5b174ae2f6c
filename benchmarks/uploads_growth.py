"""Many uploads into one project: `python -m benchmarks.uploads_growth [COUNT]` compares the last with the first.

mypi runs under Apache where that is installed and this is root, else as `mypi serve`. One client, one after the other.
"""

import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import uploads
from benchmarks.corpus import Size, made
from benchmarks.scratch import scratch
from benchmarks.systems.mypi import Embedded, UnderApache
from benchmarks.systems.system import Running, copied

HUNDRED = 100
NOTHING = Size("nothing", 0, 0, 0, others=False)
MEGABYTE = 1024**2


def main() -> None:
    """Upload, and print the time of the first and the last hundred, and how large all has become."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with scratch() as home, _served(home) as (running, data):
        clients = uploads.prepared("many", 1, count)
        begun = time.perf_counter()
        outcome = uploads.upload(running, clients, float("inf"))
        elapsed = time.perf_counter() - begun
        print(f"{len(outcome.seconds)} of {count} uploads acknowledged and found again, {elapsed:.0f} s in all")
        for remark in outcome.remarks:
            print(f"  {remark}")
        _print_times(outcome.seconds)
        _print_sizes(data)


@contextmanager
def _served(home: Path) -> Iterator[tuple[Running, Path]]:
    system = UnderApache(home) if shutil.which("apachectl", path="/usr/sbin") else Embedded(home)
    data = copied(system.filled(made(home, NOTHING)), home / "data")
    with system.running(data) as running:
        yield running, running.data or data


def _print_times(seconds: list[float]) -> None:
    first, last = seconds[:HUNDRED], seconds[-HUNDRED:]
    for name, some in (("first", first), ("last", last)):
        median = statistics.median(some) * 1000
        print(f"the {name} {len(some)}: {sum(some):.1f} s, median {median:.1f} ms, longest {max(some) * 1000:.0f} ms")
    print(f"  ratio {sum(last) / sum(first):.2f}")


def _print_sizes(data: Path) -> None:
    database = sum(file.stat().st_size for file in data.glob("mypi.sqlite*"))
    for name, folder in (("blobs", data / "blobs"), ("tree beside them", data / "tree")):
        print(f"{name}: {_held(folder, by_one_name=name != 'blobs') / MEGABYTE:.1f} MB on disk")
    print(f"database: {database / MEGABYTE:.1f} MB")


def _held(folder: Path, *, by_one_name: bool) -> int:
    # A file of the tree is a hard link to a blob, and takes no room of its own.
    states = [file.stat() for file in folder.rglob("*") if file.is_file()]
    return sum(state.st_blocks * 512 for state in states if not by_one_name or state.st_nlink == 1)


if __name__ == "__main__":
    main()
