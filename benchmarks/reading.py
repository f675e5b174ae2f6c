"""The cells of reading: each question is asked and its answer checked, then all systems are timed in turn."""

from collections.abc import Callable, Mapping

from benchmarks import readers
from benchmarks.cells import Cell, NotOffered, Question
from benchmarks.checks import WrongAnswer
from benchmarks.corpus import Corpus
from benchmarks.report import Line
from benchmarks.rounds import Figures, interleaved
from benchmarks.systems.system import Running


def measured(
    cells: list[Cell], systems: Mapping[str, Running], corpus: Corpus, rounds: int, seconds: float
) -> list[Line]:
    """Return a line for each cell."""
    return [_line(cell, systems, corpus, rounds, seconds) for cell in cells]


def _line(cell: Cell, systems: Mapping[str, Running], corpus: Corpus, rounds: int, seconds: float) -> Line:
    figures: dict[str, Figures] = {}
    timed: dict[str, Callable[[], float]] = {}
    notes: dict[str, str] = {}
    for name, running in systems.items():
        try:
            question = cell.ask(running, corpus)
        except (NotOffered, WrongAnswer) as error:
            figures[name] = Figures(why_not=str(error))
        else:
            timed[name], notes[name] = _timing(question, seconds), question.note
    figures |= interleaved(timed, rounds)
    for name, note in notes.items():
        figures[name].note = note
    line = Line(cell.title, "a second", {name: figures[name] for name in systems})
    print(line.plain(), flush=True)
    return line


def _timing(question: Question, seconds: float) -> Callable[[], float]:
    return lambda: readers.rate(question.request, seconds, question.seconds)
