"""What the figures say of the project's aims: for each aim the cell that is furthest from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from benchmarks.report import OURS, PLAIN, Line

PRIVATE = "private "


@dataclass(frozen=True)
class Aim:
    """How many times as good as something else a group of cells shall be."""

    title: str
    times: float
    applies: Callable[[str], bool]
    """Whether a cell of this title belongs to it."""
    against: Callable[[Line, dict[str, Line]], float | None]
    """What a cell's figure is compared with; None where there is nothing."""


def _is_page(title: str) -> bool:
    return title.startswith("page of")


def _is_read(title: str) -> bool:
    return _is_page(title) or title.startswith(("list of projects,", "small file", "file of", "1 kB", "metadata file"))


def _peer(line: Line, _: dict[str, Line]) -> float | None:
    return line.best_peer[1] if line.best_peer else None


AIMS = [
    Aim("public reads beside the plain static tree", 0.9, _is_read, lambda line, _: line.median(PLAIN)),
    Aim("pages beside the fastest peer", 50, _is_page, _peer),
    Aim(
        "private reads beside the same public ones",
        0.5,
        lambda title: title.startswith(PRIVATE),
        lambda line, by_title: by_title[line.title.removeprefix(PRIVATE)].median(OURS),
    ),
    Aim("uploads beside the fastest peer", 3, lambda title: title.startswith("uploads, "), _peer),
]


def shown(lines: Iterable[Line]) -> str:
    """Return one item of a list for each aim: what is aimed at, and the cell that reaches least of it."""
    by_title = {line.title: line for line in lines}
    return "".join(f"* {text}\n" for aim in AIMS if (text := _worst(aim, by_title)))


def _worst(aim: Aim, by_title: dict[str, Line]) -> str:
    reached = {}
    for title, line in by_title.items():
        ours, other = line.median(OURS), aim.against(line, by_title) if aim.applies(title) else None
        # Growth is another table: its titles end with a number of projects.
        if ours and other and not title.endswith(" projects"):
            reached[title] = ours / other
    if not reached:
        return ""
    worst = min(reached, key=lambda title: reached[title])
    met = sum(times >= aim.times for times in reached.values())
    return (
        f"{aim.title}: {aim.times:g} times is the aim, {met} of {len(reached)} cells reach it, "
        f"the least is {reached[worst]:.2f} ({worst})"
    )
