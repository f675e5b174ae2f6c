"""flit publish: it reads `.pypirc` and builds what it sends."""

from pathlib import Path

import pytest

from tests.clients.projects import Project, pyproject_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.environments import Environment, environment


@pytest.fixture
def flit() -> Environment:
    """Return the environment of flit."""
    return environment("flit")


@pytest.fixture
def project(tmp_path: Path, name: str) -> Project:
    """Return a project for flit."""
    return pyproject_project(tmp_path / "project", name, "flit_core.buildapi", "flit_core>=3.8")


PUBLISH = ("publish", "--repository", "local")


def test_flit_publishes_what_it_built(flit: Environment, site: Site, home: Path, project: Project) -> None:
    write_with_list(home, site, f"{site.url}/legacy/")
    outcome = flit.run("flit", *PUBLISH, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert site.served(project.name) == project.built


def test_the_same_files_again_succeed(flit: Environment, site: Site, home: Path, project: Project) -> None:
    write_with_list(home, site, f"{site.url}/")
    # flit builds each time: with a fixed time in the archives the second build gives the same bytes.
    fixed = {"SOURCE_DATE_EPOCH": "1700000000"}
    outcomes = [flit.run("flit", *PUBLISH, folder=project.folder, home=home, **fixed) for _ in range(2)]
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes[-1].output


def test_other_bytes_are_refused_with_their_reason(flit: Environment, site: Site, home: Path, project: Project) -> None:
    write_with_list(home, site, f"{site.url}/")
    assert flit.run("flit", *PUBLISH, folder=project.folder, home=home).code == 0
    first = project.built
    project.changed("something else")
    outcome = flit.run("flit", *PUBLISH, folder=project.folder, home=home)
    assert outcome.code != 0
    assert "409" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(project.name) == first != project.built


def test_a_wrong_login_is_refused_and_publishes_nothing(
    flit: Environment, site: Site, home: Path, project: Project
) -> None:
    write_with_list(home, site.for_a_stranger(project.name), f"{site.url}/")
    outcome = flit.run("flit", *PUBLISH, folder=project.folder, home=home)
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(project.name)
