"""Builds a project by one client and publishes it by another, for the tests of what comes after."""

from pathlib import Path

from tests.clients.projects import Project, setuptools_project
from tests.clients.site import Site
from tests.support.environments import environment
from tests.support.environments.interpreters import interpreter


def build(project: Project, home: Path) -> None:
    """Build an sdist and a universal wheel of a setuptools project, with the old spellings of filenames if possible."""
    python = next((version for version in ("3.8", "3.11", "3.6") if interpreter(version)), None)
    builder = environment(f"setuptools-41-{python}" if python else "pip-26")
    command = ("setup.py", "-q", "sdist", "bdist_wheel", "--universal")
    outcome = builder.run("python", *command, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output


def publish(project: Project, site: Site, home: Path) -> None:
    """Upload all that was built."""
    paths = (f"dist/{filename}" for filename in project.built)
    login = {"TWINE_USERNAME": site.username, "TWINE_PASSWORD": site.password}
    upload = ("-m", "twine", "upload", "--repository-url", site.upload, *paths)
    outcome = environment("twine-7").run("python", *upload, folder=project.folder, home=home, **login)
    assert outcome.code == 0, outcome.output


def published(site: Site, home: Path, folder: Path, name: str, version: str, python_requires: str = ">=2.7") -> Project:
    """Return a project of this version whose sdist and wheel are published. Its module prints the version."""
    project = setuptools_project(folder / version, name, version, python_requires=python_requires).changed(
        f"version {version}"
    )
    build(project, home)
    publish(project, site, home)
    return project
