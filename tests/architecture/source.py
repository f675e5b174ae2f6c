"""The source of mypi as data: modules, what they import, what they call. It judges nothing."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, whether it is a package's `__init__`, its text."""

    name: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree of the whole file."""
        return ast.parse(self.text, self.name)

    @property
    def part(self) -> str:
        """The part of mypi it belongs to: the first name below `mypi` (`mypi` itself for its `__init__`)."""
        return self.name.split(".")[1] if "." in self.name else self.name

    def inside(self, *parents: str) -> bool:
        """Return whether this is one of the named modules, or stands below one."""
        return any(self.name == parent or self.name.startswith(parent + ".") for parent in parents)

    @property
    def imports(self) -> frozenset[str]:
        """Every dotted name that the file imports, wherever in the file; `from a import b` is both `a` and `a.b`."""
        return frozenset(self._imports())

    def _imports(self) -> Iterator[str]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                origin = self._absolute(node)
                yield origin
                yield from (f"{origin}.{alias.name}" for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        own = self.name.split(".")
        above = own[: len(own) - node.level + self.is_package]
        return ".".join(above + ([node.module] if node.module else []))

    @property
    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Every function and method of the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    @property
    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the dotted name of what is called; what is no name shows as `?`, as in `?.open`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield self.full_name(node.func), node

    @property
    def attributes(self) -> Iterator[str]:
        """Every dotted name that is used, imports resolved: `os.environ` also where `from os import environ`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                yield self.full_name(node)

    @property
    def strings(self) -> Iterator[str]:
        """Every text in the code that is not a docstring or another bare expression."""
        bare = {id(node.value) for node in ast.walk(self.tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Constant) and id(node) not in bare:
                if isinstance(node.value, str):
                    yield node.value
                elif isinstance(node.value, bytes):
                    yield node.value.decode("latin-1")

    @cached_property
    def _aliases(self) -> dict[str, str]:
        aliases = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                aliases.update({alias.asname: alias.name for alias in node.names if alias.asname})
            elif isinstance(node, ast.ImportFrom):
                origin = self._absolute(node)
                aliases.update({alias.asname or alias.name: f"{origin}.{alias.name}" for alias in node.names})
        return aliases

    def full_name(self, node: ast.expr) -> str:
        """Return the dotted name of an expression, its first part resolved through the imports of this file."""
        if isinstance(node, ast.Name):
            return self._aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.full_name(node.value)}.{node.attr}"
        return "?"


def modules(folder: str = "mypi") -> list[Module]:
    """Return every Python file below a folder of the project, in the order of their names."""
    found = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        found.append(Module(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package))
    return found


def breaches(rule: str, found: list[str]) -> str:
    """Return what a failing test prints: the rule, then each place that breaks it."""
    return "\n  ".join([rule, *found])
