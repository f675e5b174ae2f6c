"""How cost grows with the index: start, memory, a page, the list of projects and uploads at two numbers of projects."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks import readers, uploads
from benchmarks.cells import Cell, NotOffered, page
from benchmarks.checks import WrongAnswer
from benchmarks.corpus import Corpus
from benchmarks.readers import Failed
from benchmarks.report import Line
from benchmarks.rounds import Figures
from benchmarks.running import fill, running
from benchmarks.systems.system import Kind, Running, System

MEGABYTE = 1024**2
CELLS = [
    Cell("list of projects", page(None, Kind.HTML)),
    Cell("page of one file", page("project-7", Kind.HTML)),
]


def measured(systems: list[System], corpora: list[Corpus], home: Path, seconds: float) -> list[Line]:
    """Return lines for each corpus, side by side: the systems are started anew for each."""
    found: dict[str, list[Line]] = {}
    for corpus in corpora:
        fill(systems, corpus)
        with running(systems, corpus, home) as answering:
            for line in _lines(answering, corpus, seconds):
                print(line.plain(), flush=True)
                found.setdefault(line.title.partition(",")[0], []).append(line)
    return [line for lines in found.values() for line in lines]


def _lines(systems: Mapping[str, Running], corpus: Corpus, seconds: float) -> list[Line]:
    of = f"{len(corpus.projects):,} projects"
    rates = {cell.title: {name: _rate(cell, one, corpus, seconds) for name, one in systems.items()} for cell in CELLS}
    weights = {name: Figures([one.memory / MEGABYTE]) for name, one in systems.items()}
    starts = {name: Figures([one.seconds]) for name, one in systems.items()}
    added = {name: _uploads(one, seconds) for name, one in systems.items()}
    lines = [Line(f"{title}, {of}", "a second", figures) for title, figures in rates.items()]
    return [
        Line(f"start, {of}", "seconds", starts, less_is_better=True),
        Line(f"memory after reading, {of}", "MB", weights, less_is_better=True),
        *lines,
        Line(f"uploads, 1 client, {of}", "a second", added),
    ]


def weighed(systems: Mapping[str, Running]) -> list[Line]:
    """Return a line with what each holds in memory now."""
    weights = {name: Figures([one.memory / MEGABYTE]) for name, one in systems.items()}
    return [Line("memory at the end", "MB", weights, less_is_better=True)]


def _rate(cell: Cell, running: Running, corpus: Corpus, seconds: float) -> Figures:
    try:
        question = cell.ask(running, corpus)
        return Figures([readers.rate(question.request, seconds, question.seconds)], note=question.note)
    except (NotOffered, WrongAnswer, Failed) as error:
        return Figures(why_not=str(error))


def _uploads(running: Running, seconds: float) -> Figures:
    if running.upload is None:
        return Figures(why_not="takes no uploads")
    try:
        outcome = uploads.upload(running, uploads.prepared("growth", 1, int(200 * seconds)), seconds)
    except WrongAnswer as error:
        return Figures(why_not=str(error))
    return Figures([outcome.rate], note="; ".join(outcome.remarks))
