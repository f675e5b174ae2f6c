"""What a person waits for: a graph of 60 projects resolved by uv and downloaded by pip, each with an empty cache."""

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.checks import WrongAnswer
from benchmarks.corpus import GRAPH, GRAPH_PROJECTS, Corpus
from benchmarks.report import Line
from benchmarks.rounds import Figures, interleaved
from benchmarks.systems.environments import install
from benchmarks.systems.system import Running

REQUIREMENTS = ("uv==0.13.8", "pip==26.3")
ENOUGH = 30.0
"""Seconds: what takes longer is done once."""
LONGEST = 600


def measured(systems: Mapping[str, Running], corpus: Corpus, rounds: int, home: Path) -> list[Line]:
    """Return a line for uv and one for pip, in seconds."""
    programs = install(home, "clients", REQUIREMENTS)
    newest = sorted(f"{GRAPH.format(number)}=={_newest(corpus, number)}" for number in range(GRAPH_PROJECTS))
    ways = {
        "uv pip compile of 60 projects": lambda url: compiled(programs, url, newest),
        "pip download of 60 projects": lambda url: downloaded(programs, url, newest),
    }
    return [_line(title, systems, way, rounds) for title, way in ways.items()]


def _newest(corpus: Corpus, number: int) -> str:
    return corpus.of(GRAPH.format(number))[-1].version


def _line(title: str, systems: Mapping[str, Running], way: Callable[[str], float], rounds: int) -> Line:
    timed: dict[str, Callable[[], float]] = {
        name: lambda url=running.url: way(url)  # type: ignore[misc]
        for name, running in systems.items()
    }
    figures: dict[str, Figures] = interleaved(timed, rounds, lambda taken: taken > ENOUGH)
    line = Line(title, "seconds", figures, less_is_better=True)
    print(line.plain(), flush=True)
    return line


def compiled(programs: Path, url: str, wanted: list[str]) -> float:
    """Return the seconds of a resolution by uv. Raises WrongAnswer when it found anything else."""
    command: list[str | Path] = [
        programs / "uv",
        "pip",
        "compile",
        "-",
        "--no-config",
        "--no-cache",
        "--no-header",
        "--no-annotate",
    ]
    command += ["--python", programs / "python", "--no-python-downloads", "--index-url", url]
    seconds, said = _timed(command, GRAPH.format(0).encode())
    if sorted(said.split()) != wanted:
        raise WrongAnswer(f"uv found {len(said.split())} of {len(wanted)} projects")
    return seconds


def downloaded(programs: Path, url: str, wanted: list[str]) -> float:
    """Return the seconds of a download by pip. Raises WrongAnswer when it fetched anything else."""
    with TemporaryDirectory() as folder:
        command: list[str | Path] = [
            programs / "python",
            "-m",
            "pip",
            "download",
            "--quiet",
            "--isolated",
            "--no-cache-dir",
        ]
        command += ["--disable-pip-version-check", "--index-url", url, "--dest", folder, GRAPH.format(0)]
        seconds, _ = _timed(command, b"")
        names = [file.name.split("-") for file in Path(folder).iterdir()]
        if sorted(f"{name[0].replace('_', '-')}=={name[1]}" for name in names) != wanted:
            raise WrongAnswer(f"pip fetched {len(names)} of {len(wanted)} files")
    return seconds


def _timed(command: list[str | Path], said: bytes) -> tuple[float, str]:
    # Nothing of this machine's configuration may add an index or a folder of files.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    environment = kept | {"PIP_CONFIG_FILE": os.devnull}
    begun = time.perf_counter()
    try:
        done = subprocess.run(command, input=said, capture_output=True, check=False, env=environment, timeout=LONGEST)
    except subprocess.TimeoutExpired as error:
        raise WrongAnswer(f"no end within {LONGEST} seconds") from error
    seconds = time.perf_counter() - begun
    if done.returncode:
        raise WrongAnswer(f"{Path(command[0]).name} failed: {done.stderr.decode()[-200:].strip()!r}")
    return seconds, done.stdout.decode()
