"""The table: medians, and how many times those of nginx and of the fastest peer mypi's are. It measures nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.rounds import Figures

OURS, PLAIN, LIMIT = "mypi", "Apache, static", "nginx"
HOW_TO_READ = """Pages, files and uploads are counted a second; seconds and MB are named. × says how many times
as good as the static tree, as nginx, and as the best of the other package indexes mypi under Apache is.
"""
NO_PEERS = {OURS, "mypi serve", PLAIN, LIMIT}


@dataclass(frozen=True)
class Line:
    """One cell of every system."""

    title: str
    unit: str
    figures: dict[str, Figures]
    less_is_better: bool = False

    def median(self, system: str) -> float | None:
        """Return the figure of a system, if it has one."""
        return self.figures[system].median if system in self.figures else None

    @property
    def best_peer(self) -> tuple[str, float] | None:
        """The fastest of the other package indexes, and its figure."""
        medians = {name: self.median(name) for name in self.figures if name not in NO_PEERS}
        known = {name: value for name, value in medians.items() if value is not None}
        if not known:
            return None
        best = min(known, key=lambda name: known[name]) if self.less_is_better else max(known, key=lambda n: known[n])
        return best, known[best]

    def ratio(self, other: float | None) -> str:
        """Return how many times as good as another figure mypi's is."""
        ours = self.median(OURS)
        if not ours or not other:
            return "–"
        times = other / ours if self.less_is_better else ours / other
        return f"{times:.2f}" if times < 10 else f"{times:.0f}"

    @property
    def ratios(self) -> list[str]:
        """Return mypi against the plain Apache, against nginx, and against the fastest peer, with its name."""
        peer = self.best_peer
        against = f"{self.ratio(peer[1])} ({peer[0]})" if peer else "–"
        return [self.ratio(self.median(PLAIN)), self.ratio(self.median(LIMIT)), against]

    @property
    def whole_title(self) -> str:
        """Return the title, with the unit where it is not a number of answers a second."""
        return self.title if self.unit == "a second" else f"{self.title} ({self.unit})"

    def plain(self) -> str:
        """Return it as one line for a terminal."""
        values = [f"{name} {shown(figures)}" for name, figures in self.figures.items()]
        return f"{self.title} ({self.unit}): {'; '.join(values)} | {' / '.join(self.ratios)}"


def shown(figures: Figures) -> str:
    """Return a figure as it stands in the table."""
    if figures.median is None:
        return "–"
    return number(figures.median)


def number(value: float) -> str:
    """Return a number with about three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(lines: Iterable[Line], systems: list[str]) -> str:
    """Return the lines as a table of reStructuredText, and below it why some figures are missing."""
    lines = list(lines)
    rows = [["", *systems, "× static", "× nginx", "× best peer"]]
    for line in lines:
        values = [shown(line.figures[name]) if name in line.figures else "–" for name in systems]
        rows.append([line.whole_title, *values, *line.ratios])
    return f"{_list_table(rows)}\n{HOW_TO_READ}\n{_missing(lines)}"


def _list_table(rows: list[list[str]]) -> str:
    text = [".. list-table::", "   :header-rows: 1", "   :stub-columns: 1", ""]
    for row in rows:
        text += [f"   {'* -' if place == 0 else '  -'} {cell}".rstrip() for place, cell in enumerate(row)]
    return "\n".join(text) + "\n"


def _missing(lines: list[Line]) -> str:
    reasons: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        for name, figures in line.figures.items():
            if reason := figures.why_not or figures.note:
                reasons.setdefault((name, reason), []).append(line.title)
    alike: dict[tuple[str, str], list[str]] = {}
    for (name, reason), titles in reasons.items():
        alike.setdefault((reason, "; ".join(titles)), []).append(name)
    text = [f"* {' and '.join(names)}: {reason} ({titles})" for (reason, titles), names in alike.items()]
    return "\n".join(text) + "\n" if text else ""
