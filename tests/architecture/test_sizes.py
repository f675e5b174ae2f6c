"""How large a file and a function may grow: walls, not aims. Most files have 60 to 150 lines, most functions 15."""

import ast

import pytest

from tests.architecture.source import Module, breaches, modules

LONGEST_FILE = 400
LONGEST_TEST_FILE = 500  # a table of cases is read differently from code
LONGEST_FUNCTION = 60
LONGEST_VIEW = 20  # the actor, the request parsed, one act or question, the answer

DECLARATIONS = {"mypi.errors": 1100}
"""Files that are a table written as classes: longer, because one page for all is what they are for."""


def lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function from its `def` to its end, without its docstring."""
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None or first.end_lineno is None:
        return whole
    return whole - (first.end_lineno - first.lineno + 1)


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether the function answers a route: `@blueprint.route(…)`, `@blueprint.get(…)` and the like."""
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"route", "get", "post", "put", "patch", "delete"}
        for decorator in function.decorator_list
    )


def too_long(module: Module) -> list[str]:
    """Return the functions of a module that are longer than the wall of their kind."""
    found = []
    for function in module.functions:
        most = LONGEST_VIEW if is_view(function) and module.part in {"protocols", "pages"} else LONGEST_FUNCTION
        if lines(function) > most:
            found.append(f"{module.name}.{function.name}: {lines(function)} lines, at most {most}")
    return found


def too_large(module: Module, most: int) -> list[str]:
    """Return the module when it has more lines than it may."""
    count = len(module.text.splitlines())
    most = DECLARATIONS.get(module.name, most)
    return [f"{module.name}: {count} lines, at most {most}"] if count > most else []


@pytest.mark.parametrize(("folder", "most"), [("mypi", LONGEST_FILE), ("tests", LONGEST_TEST_FILE)])
def test_no_file_is_longer_than_the_wall(folder, most):
    found = [place for module in modules(folder) for place in too_large(module, most)]
    assert not found, breaches("files", found)


@pytest.mark.parametrize("folder", ["mypi", "tests"])
def test_no_function_is_longer_than_the_wall(folder):
    found = [place for module in modules(folder) for place in too_long(module)]
    assert not found, breaches("functions", found)


def test_one_file_in_twenty_at_most_has_more_than_300_lines():
    sizes = [len(module.text.splitlines()) for module in modules() if module.name not in DECLARATIONS]
    assert sum(size > 300 for size in sizes) <= len(sizes) / 20


def test_a_file_behind_the_wall_is_seen():
    assert too_large(Module("mypi.registry.files", "x = 1\n" * 401), LONGEST_FILE)
    assert not too_large(Module("mypi.registry.files", "x = 1\n" * 400), LONGEST_FILE)


def test_a_function_behind_the_wall_is_seen():
    body = "    x = 1\n"
    assert too_long(Module("mypi.registry.files", "def f():\n" + body * 60))
    assert not too_long(Module("mypi.registry.files", "def f():\n" + body * 59))
    assert too_long(Module("mypi.registry.files", "class C:\n    def f(self):\n" + "        x = 1\n" * 60))


def test_a_view_has_a_nearer_wall_and_its_docstring_is_not_counted():
    head = '@pages.route("/")\ndef f():\n    """What it answers.\n\n    And for whom.\n    """\n'
    assert too_long(Module("mypi.pages.browse", head + "    x = 1\n" * 20))
    assert not too_long(Module("mypi.pages.browse", head + "    x = 1\n" * 19))
