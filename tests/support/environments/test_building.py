"""The environments of clients are made once, and again when they should be other ones."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.environments import building
from tests.support.environments.interpreters import RUNNING, interpreter
from tests.support.environments.recipes import Recipe

EMPTY = Recipe("empty", RUNNING)
PYTHON = Path(sys.executable)


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(building, "folder", lambda: tmp_path / "clients")


def test_a_complete_environment_is_not_made_again() -> None:
    trace = building.made(EMPTY, PYTHON).path / "trace"
    trace.touch()
    building.made(EMPTY, PYTHON)
    assert trace.exists()


def test_an_environment_that_was_not_completed_is_made_again() -> None:
    made = building.made(EMPTY, PYTHON)
    (made.path / "trace").touch()
    (made.path / "complete").unlink()
    building.made(EMPTY, PYTHON)
    assert not (made.path / "trace").exists()


def test_an_environment_whose_recipe_changed_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = building.made(EMPTY, PYTHON).path / "trace"
    trace.touch()
    monkeypatch.setattr(building, "_WAYS", 0)
    building.made(EMPTY, PYTHON)
    assert not trace.exists()


def test_a_recipe_that_fails_says_why_and_leaves_nothing_complete(tmp_path: Path) -> None:
    broken = Recipe("broken", RUNNING, requirements=("pip",))
    with pytest.raises(RuntimeError, match="No module named pip"):
        building.made(broken, PYTHON)
    assert not (tmp_path / "clients" / "broken" / "complete").exists()


def test_many_who_want_the_same_environment_get_one_that_works() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: building.made(EMPTY, PYTHON), range(4)))
    (environment,) = made
    outcome = environment.run("python", "-c", "import os; print(os.environ['HOME'])", folder=Path("/"), home=Path("/x"))
    assert (outcome.code, outcome.output) == (0, "/x\n")


def test_a_client_sees_nothing_of_this_machines_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    command = ("-c", "import os; print(os.environ.get('PIP_INDEX_URL'), os.environ['PIP_CONFIG_FILE'])")
    outcome = building.made(EMPTY, PYTHON).run("python", *command, folder=Path("/"), home=Path("/x"))
    assert outcome.output == f"None {os.devnull}\n"


def test_a_python_that_no_one_has_is_none() -> None:
    assert interpreter("2.5") is None
