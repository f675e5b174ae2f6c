"""Makes the environments: one at a time under a lock of its own, marked as complete last, made again with a new recipe.

pip takes the packages from where this machine's configuration says.
"""

import fcntl
import functools
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.environments.environment import Environment
from tests.support.environments.interpreters import interpreter
from tests.support.environments.recipes import RECIPES, VIRTUALENV, Recipe
from tests.support.requirements import need

_WAYS = 1
"""Raise it when this module makes environments in another way."""


def folder() -> Path:
    """Return where the environments are kept."""
    return Path(__file__).resolve().parents[3] / ".clients"


@functools.cache
def environment(name: str) -> Environment:
    """Return the environment `name`, made now if need be; skip the test when the machine lacks its Python."""
    recipe = RECIPES[name]
    python = interpreter(recipe.python)
    need(python, f"Python {recipe.python} with all its modules is neither on PATH nor under ~/.pyenv/versions")
    assert python is not None
    return made(recipe, python)


def made(recipe: Recipe, python: Path) -> Environment:
    """Return the environment of this recipe, complete. Raises RuntimeError with the output of what failed."""
    path = folder() / recipe.name
    marker = path / "complete"
    wanted = hashlib.sha256(repr((_WAYS, recipe, python.resolve(), sys.version_info[:2])).encode()).hexdigest()
    with _locked(recipe.name):
        if not marker.is_file() or marker.read_text() != wanted:
            shutil.rmtree(path, ignore_errors=True)
            _make(recipe, python, path)
            marker.write_text(wanted)
    return Environment(path)


@contextmanager
def _locked(name: str) -> Iterator[None]:
    folder().mkdir(exist_ok=True)
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(recipe: Recipe, python: Path, path: Path) -> None:
    if recipe.python.startswith("2."):
        tool = made(VIRTUALENV, Path(sys.executable)).python
        _run(tool, "-m", "virtualenv", "--no-pip", "--no-setuptools", "--no-wheel", "-p", python, path)
    else:
        _run(python, "-m", "venv", "--without-pip", path)
    made_python = Environment(path).python
    if recipe.seeds:
        _seed(recipe.seeds, made_python)
    if recipe.requirements:
        _run(made_python, "-m", "pip", "install", "--no-compile", *recipe.requirements)


def _seed(seeds: tuple[str, ...], python: Path) -> None:
    """Put wheels beside `python` by the pip that runs here: an old Python has none, or too old a one."""
    where = "import sys, sysconfig; sys.stdout.write(sysconfig.get_path('purelib'))"
    target = _run(python, "-c", where).strip()
    options = ("--no-deps", "--no-compile", "--ignore-requires-python", "--only-binary=:all:", "--target", target)
    _run(Path(sys.executable), "-m", "pip", "install", *options, *seeds)


def _run(*command: str | Path) -> str:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        message = f"{' '.join(map(str, command))} ended with {finished.returncode}:\n{finished.stdout}{finished.stderr}"
        raise RuntimeError(message)
    return finished.stdout
