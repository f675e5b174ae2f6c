"""The checklist of the protocols names a test for every point, and only tests that there are."""

import ast
import re

from tests.architecture.source import ROOT, breaches

PAGE = ROOT / "docs/protocols/checklist.rst"
POINTS = [*range(1, 126)]
NAMED = re.compile(r"\* ``(tests/[\w/]+\.py)``:\s+``(test_\w+)``")


def points() -> dict[int, list[tuple[str, str]]]:
    """Return the tests that each point names, as file and function."""
    parts = re.split(r"^``(\d+)``$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {int(number): NAMED.findall(text) for number, text in zip(parts[::2], parts[1::2], strict=True)}


def test_every_point_is_there_once_and_names_a_test():
    numbers = re.findall(r"^``(\d+)``$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number in numbers] == POINTS
    assert not [number for number, named in points().items() if not named]


def test_every_test_that_is_named_is_there():
    named = {pair for pairs in points().values() for pair in pairs}
    functions = {}
    for file in {file for file, _ in named}:
        path = ROOT / file
        tree = ast.parse(path.read_text("utf-8")) if path.exists() else ast.Module([], [])
        functions[file] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    missing = [f"{file}: {name}" for file, name in sorted(named) if name not in functions[file]]
    assert not missing, breaches("docs/protocols/checklist.rst", missing)
