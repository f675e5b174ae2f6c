"""mypi beside its peers: `make benchmark`, or `make benchmark-quick`. docs/performance.rst tells what it said."""

import argparse
import signal
import sys
from pathlib import Path

from benchmarks import aims, growing, page, reading, report, resolving, writing
from benchmarks import corpus as corpora
from benchmarks.cells import READS
from benchmarks.report import Line
from benchmarks.running import chosen, fill, running
from benchmarks.scratch import HOME
from benchmarks.systems.system import System

PARTS = ("reads", "uploads", "resolves", "growth")


def main() -> None:
    """Make the corpus, fill and run all systems, measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small corpus, one round")
    parser.add_argument("--rounds", type=int, help="how often each figure is taken")
    parser.add_argument("--seconds", type=float, help="how long each time")
    parser.add_argument("--part", action="append", choices=PARTS, default=[], help="only this part; may be repeated")
    parser.add_argument("--only", action="append", default=[], metavar="SYSTEM", help="only this; may be repeated")
    parser.add_argument("--home", type=Path, default=HOME, help="where all is kept between runs")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/performance.rst")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server outlives this
    home = options.home.resolve()
    rounds = options.rounds or (1 if options.quick else 3)
    seconds = options.seconds or (1 if options.quick else 2)
    parts = set(options.part) or set(PARTS)
    systems = chosen(home, set(options.only))
    lines = []
    if parts - {"growth"}:
        lines += side_by_side(systems, home, parts, rounds, seconds, corpora.QUICK if options.quick else corpora.FULL)
    if "growth" in parts and not options.quick:
        sizes = [corpora.made(home / "corpus", size) for size in (corpora.THOUSAND, corpora.TEN_THOUSAND)]
        lines += growing.measured(systems, sizes, home, seconds)
    table = report.table(lines, [system.name for system in systems]) + "\n" + aims.shown(lines)
    print(table)
    if options.write:
        times = "1 round" if rounds == 1 else f"{rounds} rounds"
        page.write(table, f"{times} of {seconds:g} s, {'small' if options.quick else 'whole'} corpus")


def side_by_side(
    systems: list[System], home: Path, parts: set[str], rounds: int, seconds: float, size: corpora.Size
) -> list[Line]:
    """Fill and run all systems, measure these parts, and return their lines."""
    corpus = corpora.made(home / "corpus", size)
    cells = [cell for cell in READS if cell.in_quick or size is not corpora.QUICK]
    fill(systems, corpus)
    lines = []
    with running(systems, corpus, home) as answering:
        if "reads" in parts:
            lines += reading.measured(cells, answering, corpus, rounds, seconds)
        if "resolves" in parts:
            lines += resolving.measured(answering, corpus, rounds, home)
        if "uploads" in parts:
            lines += writing.measured(answering, corpus, rounds, seconds * 2)
        lines += growing.weighed(answering)
    return lines


if __name__ == "__main__":
    main()
