"""Takes figures in turn: all systems in each round, so that a machine that slows down slows all of them."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks.checks import WrongAnswer
from benchmarks.readers import Failed


@dataclass
class Figures:
    """What a system reached in each round, or why it has no figure."""

    taken: list[float] = field(default_factory=list)
    why_not: str = ""
    note: str = ""

    @property
    def median(self) -> float | None:
        """The median of the rounds, or None."""
        return statistics.median(self.taken) if self.taken and not self.why_not else None


def interleaved(
    measurements: Mapping[str, Callable[[], float]], rounds: int, enough: Callable[[float], bool] = lambda _: False
) -> dict[str, Figures]:
    """Return the figures of each system: one measurement of each in every round.

    One whose answer is wrong or fails is not asked again, and has no figure. One of whose figures is `enough` is not
    asked again either, and keeps it.
    """
    figures = {name: Figures() for name in measurements}
    for _ in range(rounds):
        for name, measure in measurements.items():
            if figures[name].why_not or any(map(enough, figures[name].taken)):
                continue
            try:
                figures[name].taken.append(measure())
            except (WrongAnswer, Failed) as error:
                figures[name].why_not = str(error)
    return figures
