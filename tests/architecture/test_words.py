"""One word for each thing, a noun for each file, a sentence at the head of each module."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, breaches, modules

SAY = {
    "package": "project",
    "packages": "projects",
    "artifact": "file",
    "artifacts": "files",
    "pkginfo": "core_metadata",
    "checksum": "digest",
    "checksums": "digests",
    "repo": "index",
    "repos": "indexes",
    "stage": "index",
    "mutable": "volatile",
    "purge": "delete",
    "purged": "deleted",
    "revision": "serial",
    "principal": "actor",
    "role": "grant",
    "roles": "grants",
    "acl": "grants",
    "acls": "grants",
}
"""A word that is not said, and the one that is said instead."""

WIRE = ("mypi.protocols", "mypi.standards", "mypi.migrations")
"""Where other words are right: a protocol's own, a standard's own, and history."""

JUNK_DRAWERS = re.compile(r"(?i)^_*(utils?|helpers?|common|base|misc|stuff|shared|lib|core|manager)$")

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def wrong_words(module: Module) -> list[str]:
    """Return the names that the module defines with a word that is not said."""
    return [
        f"{module.name}: '{name}' says '{word.lower()}', say '{SAY[word.lower()]}'"
        for name in defined(module)
        for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
        if word.lower() in SAY
    ]


def defined(module: Module) -> Iterator[str]:
    """Yield the name of each class, function, argument and attribute of a class that the module defines."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def headless(module: Module) -> list[str]:
    """Return the module when its docstring is missing, does not begin as a sentence, or is no sentence at its end."""
    docstring = ast.get_docstring(module.tree) or ""
    if not docstring:
        return [f"{module.name}: no docstring"]
    if docstring.rstrip()[-1] not in ".:?!)`":
        return [f"{module.name}: its docstring does not end as a sentence"]
    return []


def undocumented(module: Module) -> list[str]:
    """Return the public classes and functions of a module that say nothing about themselves."""
    return [
        f"{module.name}.{node.name}"
        for node in module.tree.body
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]


def test_names_use_the_table_of_words():
    found = [place for module in modules() if not module.inside(*WIRE) for place in wrong_words(module)]
    assert not found, breaches("words", found)


@pytest.mark.parametrize("folder", ["mypi", "tests"])
def test_no_module_is_a_junk_drawer(folder):
    found = [module.name for module in modules(folder) if JUNK_DRAWERS.match(module.name.rpartition(".")[2])]
    assert not found, breaches("a helper has a noun or no home", found)


@pytest.mark.parametrize("folder", ["mypi", "tests"])
def test_every_module_says_what_it_is_for(folder):
    packages = {"mypi.migrations.versions"}
    judged = [module for module in modules(folder) if module.text.strip() and module.name not in packages]
    found = [place for module in judged for place in headless(module)]
    found += [module.name for module in modules("mypi") if not module.text.strip() and module.name not in packages]
    assert not found, breaches("docstrings", found)


def test_every_public_class_and_function_says_what_it_is_or_returns():
    judged = [module for module in modules() if not module.inside("mypi.migrations")]
    found = [place for module in judged for place in undocumented(module)]
    assert not found, breaches("docstrings", found)


@pytest.mark.parametrize("folder", ["mypi", "tests"])
def test_nothing_is_left_to_be_done_later(folder):
    judged = [module for module in modules(folder) if module.name != __name__]
    found = [f"{module.name}: {word}" for module in judged for word in UNFINISHED.findall(module.text)]
    assert not found, breaches("unfinished", found)


@pytest.mark.parametrize(
    "source",
    [
        "class Package: pass",
        "class PackageFile: pass",
        "def find_artifact(name): pass",
        "def find(repo): pass",
        "def find(*, old_checksum=''): pass",
        "class File:\n    stage: str = ''",
        "class ACLEntry: pass",
    ],
)
def test_a_word_that_is_not_said_is_seen(source):
    assert wrong_words(Module("mypi.registry.files", source))


def test_words_that_only_look_alike_are_not_reported():
    assert wrong_words(Module("mypi.registry.files", "class Repository: pass\ndef packaged(reported): pass")) == []


@pytest.mark.parametrize("name", ["utils", "helpers", "_common", "base", "misc"])
def test_a_junk_drawer_is_seen(name):
    assert JUNK_DRAWERS.match(name)


@pytest.mark.parametrize("source", ["x = 1", "# only a comment", '"""What it is for"""'])
def test_a_module_that_does_not_say_what_it_is_for_is_seen(source):
    assert headless(Module("mypi.registry.files", source))


def test_a_public_function_without_a_word_about_itself_is_seen():
    assert undocumented(Module("mypi.registry.files", "def find(name): return name"))
    assert undocumented(Module("mypi.registry.files", "class File: pass"))
    assert not undocumented(Module("mypi.registry.files", "def _find(name): return name"))


@pytest.mark.parametrize("text", ["# TODO: later", "x = 1  # FIXME"])
def test_a_note_about_later_is_seen(text):
    assert UNFINISHED.search(text)
