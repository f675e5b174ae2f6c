"""The `register` and `upload` of setuptools, which sends what distutils cannot build: wheels and eggs."""

from pathlib import Path

import pytest

from tests.clients.projects import distutils_project, setuptools_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.environments import Environment, environment
from tests.support.environments.recipes import OLD_PYTHONS

SUFFIXES = {"sdist": ".tar.gz", "bdist_wheel": ".whl", "bdist_egg": ".egg"}


@pytest.fixture(params=[*(f"setuptools-41-{python}" for python in OLD_PYTHONS), "setuptools-71-3.8"])
def setuptools(request: pytest.FixtureRequest) -> Environment:
    """Return a Python with setuptools and wheel."""
    return environment(request.param)


def test_register_succeeds_with_text_that_is_not_ascii(
    setuptools: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = setuptools_project(tmp_path / "project", name, description="Grüße, 世界")
    write_with_list(home, site, f"{site.url}/")
    outcome = setuptools.run("python", "setup.py", "register", "-r", "local", folder=project.folder, home=home)
    assert (outcome.code, "Server response (200)" in outcome.output) == (0, True), outcome.output


@pytest.mark.parametrize("command", SUFFIXES)
def test_upload_publishes_what_was_built(
    command: str, setuptools: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = setuptools_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("python", "setup.py", command, "upload", "-r", "local")
    outcome = setuptools.run(*upload, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert [filename.endswith(SUFFIXES[command]) for filename in project.built] == [True]
    assert site.served(name) == project.built


@pytest.mark.parametrize("python", OLD_PYTHONS)
def test_the_upload_of_the_standard_library_sends_a_wheel(
    python: str, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("--command-packages", "wheel", "bdist_wheel", "upload", "-r", "local")
    outcome = environment(f"setuptools-41-{python}").run(
        "python", "setup.py", *upload, folder=project.folder, home=home
    )
    assert outcome.code == 0, outcome.output
    assert [filename.endswith(".whl") for filename in project.built] == [True]
    assert site.served(name) == project.built


def test_a_second_upload_with_other_bytes_is_refused_with_its_reason_and_changes_nothing(
    setuptools: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = setuptools_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("python", "setup.py", "bdist_wheel", "upload", "-r", "local")
    assert setuptools.run(*upload, folder=project.folder, home=home).code == 0
    first = project.built
    project.changed("something else")
    outcome = setuptools.run(*upload, folder=project.folder, home=home)
    assert outcome.code != 0
    assert "Upload failed (409)" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(name) == first != project.built
