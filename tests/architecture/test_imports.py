"""Who may import whom. The table is the architecture: docs/architecture.rst draws it."""

import pytest

from tests.architecture.source import Module, breaches, modules

MAY_IMPORT = {
    "mypi": set(),
    "clock": set(),
    "errors": set(),
    "config": set(),
    "passwords": {"errors"},
    "standards": {"errors"},
    "database": {"clock", "errors"},
    "storage": {"clock", "errors", "standards"},
    "registry": {"clock", "errors", "passwords", "standards", "database", "storage"},
    "identity": {"clock", "errors", "config", "standards"},
    "upstream": {"clock", "errors", "config", "standards", "database", "storage", "registry"},
    "publishing": {"clock", "errors", "config", "standards", "database", "storage", "registry"},
    "http": {"clock", "errors", "standards", "storage", "registry"},
    "parts": {"config", "registry", "publishing"},
    "protocols": {"errors", "standards", "registry", "http", "publishing", "parts"},
    "pages": {"errors", "standards", "registry", "http", "publishing", "parts"},
    "schema": {"clock", "errors", "database", "storage", "migrations"},
    "installation": {
        *("clock", "errors", "config", "standards", "database", "storage", "registry"),
        *("upstream", "publishing", "identity"),
    },
    "commands": {
        *("clock", "errors", "config", "passwords", "standards", "database", "storage", "registry"),
        *("upstream", "publishing", "installation", "schema"),
    },
    "migrations": set(),
    "app": {
        *("clock", "errors", "config", "standards", "database", "storage", "registry"),
        *("upstream", "publishing", "installation", "schema", "http", "parts", "protocols", "pages"),
    },
}
"""Each part of mypi, and the other parts that it may import. Its own modules it may always import."""

STORAGE_INTERFACE = {"mypi.storage", "mypi.storage.interface", "mypi.storage.keys"}
"""What the domain knows of storage: that there is one, not which."""

PUBLISHING_WRITES = {f"mypi.publishing.{module}" for module in ("publisher", "rendering", "tree", "verification")}
"""What protocols and pages leave to the acts: they read the published tree, they never change it."""

WEB = {"flask", "flask_login", "flask_sqlalchemy", "flask_wtf", "jinja2", "markupsafe", "werkzeug", "wtforms"}

OUTSIDE_LIBRARIES = {
    **{library: {"http", "parts", "protocols", "pages", "app"} for library in WEB},
    "flask_sqlalchemy": {"database"},
    "sqlalchemy": {"database", "schema", "registry", "upstream", "publishing", "commands", "migrations"},
    "migrate": {"schema", "migrations"},
    "click": {"commands"},
    "waitress": {"commands"},
    "jwt": {"identity"},
    "ldap3": {"identity"},
    "pypi_attestations": {"registry"},
    "sigstore": {"registry"},
}
"""Libraries that some parts only may import: the web for those that talk, SQL for those that keep."""

EXCEPTIONS = {
    ("mypi.database", "flask"): "the application that Flask-SQLAlchemy is attached to",
    ("mypi.installation", "flask"): "the bare application that commands have their database in",
    ("mypi.passwords", "werkzeug.security"): "a hash function; it knows nothing of requests",
    ("mypi.commands.serve", "mypi.app"): "the server that the command starts",
}
"""(module, what it imports): why the table does not hold there. An exception that nothing needs any more must go."""


def _excepted(module: Module, imported: str) -> bool:
    return any(
        module.name == name and (imported + ".").startswith(what + ".") and what != "mypi" for name, what in EXCEPTIONS
    )


def wrong_parts(module: Module) -> list[str]:
    """Return what the module imports of parts of mypi that its own part may not import."""
    allowed = {module.part, *MAY_IMPORT[module.part]}
    return sorted(
        imported
        for imported in module.imports
        if imported.startswith("mypi.")
        and imported.split(".")[1] not in allowed
        and not imported.startswith("mypi.__")
        and not _excepted(module, imported)
    )


def wrong_libraries(module: Module) -> list[str]:
    """Return what the module imports of libraries that belong to other parts."""
    return sorted(
        imported
        for imported in module.imports
        if module.part not in OUTSIDE_LIBRARIES.get(imported.split(".")[0], {module.part})
        and not _excepted(module, imported)
    )


def wrong_siblings(module: Module) -> list[str]:
    """Return what a protocol imports of another protocol."""
    if module.part != "protocols" or module.name == "mypi.protocols":
        return []
    own = module.name.split(".")[2]
    return sorted(
        imported
        for imported in module.imports
        if imported.startswith("mypi.protocols.") and imported.split(".")[2] != own
    )


def wrong_sides(module: Module) -> list[str]:
    """Return what a module imports of a part that it may know one side of only."""
    found = []
    for imported in module.imports:
        below = ".".join(imported.split(".")[:3])
        if module.part == "registry" and _is_module_of("storage", below) and below not in STORAGE_INTERFACE:
            found.append(imported)
        if module.part in {"protocols", "pages"} and below in PUBLISHING_WRITES:
            found.append(imported)
    return sorted(found)


def _is_module_of(part: str, name: str) -> bool:
    return name.startswith(f"mypi.{part}.") and name in {module.name for module in modules(f"mypi/{part}")}


RULES = [wrong_parts, wrong_libraries, wrong_siblings, wrong_sides]


@pytest.mark.parametrize("rule", RULES)
def test_every_module_imports_only_what_its_part_may_import(rule):
    found = [f"{module.name} imports {imported}" for module in modules() for imported in rule(module)]
    assert not found, breaches(str(rule.__doc__), found)


def test_every_part_has_a_row_in_the_table():
    assert {module.part for module in modules()} <= set(MAY_IMPORT)


def test_every_exception_is_still_needed():
    present = {module.name: module.imports for module in modules()}
    stale = [
        f"{name} no longer imports {what}"
        for name, what in EXCEPTIONS
        if name in present and not any((imported + ".").startswith(what + ".") for imported in present[name])
    ]
    assert not stale, breaches("exceptions that can go", stale)


def test_nothing_is_imported_by_a_name_that_is_computed():
    found = [
        module.name
        for module in modules()
        for name, _ in module.calls
        if name in {"__import__", "importlib.import_module", "importlib.__import__"}
    ]
    assert not found, breaches("imports that no reader of the source can see", found)


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (wrong_parts, "mypi.standards.names", "from mypi.registry import files"),
        (wrong_parts, "mypi.standards.names", "from ..registry import files"),
        (wrong_parts, "mypi.registry.files", "from mypi import http"),
        (wrong_parts, "mypi.registry.files", "def f():\n    import mypi.config"),
        (wrong_parts, "mypi.registry.files", "if TYPE_CHECKING:\n    from mypi.publishing.publisher import Publisher"),
        (wrong_parts, "mypi.http.actor", "from mypi.database import db"),
        (wrong_parts, "mypi.protocols.simple", "from mypi.pages import browse"),
        (wrong_parts, "mypi.pages.browse", "from mypi.protocols import simple"),
        (wrong_parts, "mypi.commands.user", "from mypi.app import create_app"),
        (wrong_parts, "mypi.migrations.versions.001_first", "from mypi.registry import files"),
        (wrong_parts, "mypi.clock", "from mypi.errors import Failure"),
        (wrong_libraries, "mypi.registry.files", "from flask import request"),
        (wrong_libraries, "mypi.registry.files", "from werkzeug.security import generate_password_hash"),
        (wrong_libraries, "mypi.standards.names", "import sqlalchemy.orm"),
        (wrong_libraries, "mypi.http.actor", "from sqlalchemy import select"),
        (wrong_libraries, "mypi.pages.browse", "import click"),
        (wrong_libraries, "mypi.app", "from migrate.versioning import api"),
        (wrong_siblings, "mypi.protocols.simple", "from mypi.protocols.legacy_upload import forms"),
        (wrong_siblings, "mypi.protocols.simple", "from .legacy_upload import forms"),
        (wrong_sides, "mypi.registry.uploading", "from mypi.storage.file_system import FileSystem"),
        (wrong_sides, "mypi.protocols.simple", "from mypi.publishing.publisher import publish"),
        (wrong_sides, "mypi.pages.project", "from mypi.publishing import publisher"),
    ],
)
def test_a_breach_of_the_table_is_seen(monkeypatch, rule, name, source):
    known = [Module("mypi.storage.file_system", "")]
    monkeypatch.setattr("tests.architecture.test_imports.modules", lambda folder="mypi": known)
    assert rule(Module(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (
            "mypi.registry.files",
            "from mypi import clock\nfrom mypi.registry.projects import Project\nimport sqlalchemy",
        ),
        ("mypi.passwords", "from werkzeug.security import generate_password_hash"),
        ("mypi.registry.uploading", "from mypi.storage import Storage\nfrom mypi.storage.interface import Storage"),
        ("mypi.protocols.legacy_upload.view", "from mypi.protocols.legacy_upload.forms import read\nimport flask"),
        ("mypi.protocols.simple", "from mypi.publishing.paths import project_page\nfrom mypi.http import conditional"),
        ("mypi.commands.serve", "from mypi.app import create_app\nimport waitress"),
        ("mypi.commands.user", "from mypi import __version__, config\nimport click"),
    ],
)
def test_what_the_table_allows_is_not_reported(name, source):
    module = Module(name, source)
    assert [imported for rule in RULES for imported in rule(module)] == []
