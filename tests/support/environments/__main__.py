"""Makes all environments, several at a time, and says which Pythons are missing."""

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.support.environments.building import made
from tests.support.environments.interpreters import interpreter
from tests.support.environments.recipes import RECIPES, Recipe


def _line(recipe: Recipe) -> str:
    python = interpreter(recipe.python)
    if python is None:
        return f"{recipe.name}: left out, this machine has no Python {recipe.python} with all its modules"
    return f"{recipe.name}: {made(recipe, python).path}"


def main() -> None:
    """Make what is not there yet; one line for each environment."""
    with ThreadPoolExecutor(4) as pool:
        for line in pool.map(_line, RECIPES.values()):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
