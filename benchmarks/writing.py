"""The cells of uploading: with one client, with eight, and with eight while others read."""

import subprocess
from collections.abc import Callable, Mapping
from itertools import count

from benchmarks import readers, uploads
from benchmarks.cells import page
from benchmarks.checks import WrongAnswer
from benchmarks.corpus import TWENTY, Corpus
from benchmarks.report import Line
from benchmarks.rounds import Figures, interleaved
from benchmarks.systems.system import Kind, Request, Running

READERS = 4
MOST = 150
"""Uploads that a client has ready for each second. No system is as quick."""
_tags = count()


class Way:
    """One way of uploading to one system, again in each round, and what was noticed while it did."""

    def __init__(self, running: Running, clients: int, seconds: float, read: Request | None = None) -> None:
        """Choose how many clients, for how long, and what others read meanwhile."""
        self.running, self.clients, self.seconds, self.read = running, clients, seconds, read
        self.remarks: list[str] = []
        self.reads: list[float] = []

    def __call__(self) -> float:
        """Return the acknowledged uploads a second of one round, all of which were found again."""
        each = int(MOST * self.seconds) // self.clients * 2
        ready = uploads.prepared(str(next(_tags)), self.clients, each)
        reading = self._readers()
        outcome = uploads.upload(self.running, ready, self.seconds)
        if reading:
            self.reads.append(readers.parse(reading.communicate()[0]))
        self.remarks += outcome.remarks
        return outcome.rate

    def _readers(self) -> "subprocess.Popen[str] | None":
        if self.read is None:
            return None
        return subprocess.Popen(readers.command(self.read, READERS, self.seconds), stdout=subprocess.PIPE, text=True)


def measured(systems: Mapping[str, Running], corpus: Corpus, rounds: int, seconds: float) -> list[Line]:
    """Return a line for each way of uploading, and one for what readers got meanwhile."""
    lines = []
    for clients in (1, 8):
        ways = {name: Way(one, clients, seconds) for name, one in systems.items() if one.upload}
        lines.append(_line(f"uploads, {clients} client{'s' * (clients > 1)}", systems, ways, rounds))
    ways = {name: Way(one, 8, seconds, _page_to_read(one, corpus)) for name, one in systems.items() if one.upload}
    lines.append(_line("uploads, 8 clients, while 4 read", systems, ways, rounds))
    reads = {name: Figures(ways[name].reads if name in ways else []) for name in systems}
    lines.append(Line("pages of 20 files for these 4", "a second", reads))
    print(lines[-1].plain(), flush=True)
    return lines


def _page_to_read(running: Running, corpus: Corpus) -> Request:
    for kind in (Kind.JSON, Kind.HTML):
        try:
            return page(TWENTY, kind)(running, corpus).request
        except WrongAnswer:
            continue
    raise WrongAnswer(f"no page of {TWENTY}")


def _line(title: str, systems: Mapping[str, Running], ways: dict[str, Way], rounds: int) -> Line:
    timed: dict[str, Callable[[], float]] = dict(ways)
    figures = {name: Figures(why_not="takes no uploads") for name in systems} | interleaved(timed, rounds)
    for name, way in ways.items():
        figures[name].note = "; ".join(dict.fromkeys(way.remarks))
    line = Line(title, "a second", figures)
    print(line.plain(), flush=True)
    return line
