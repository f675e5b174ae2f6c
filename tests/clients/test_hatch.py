"""hatch publish: it looks below the upload URL for what is there already, as it does with a devpi."""

from pathlib import Path

import pytest

from tests.clients.projects import Project, pyproject_project
from tests.clients.site import Site
from tests.support.environments import Environment, Outcome, environment


@pytest.fixture
def hatch() -> Environment:
    """Return the environment of hatch."""
    return environment("hatch")


@pytest.fixture
def project(hatch: Environment, tmp_path: Path, home: Path, name: str) -> Project:
    """Return a project that hatch's backend built."""
    project = pyproject_project(tmp_path / "project", name, "hatchling.build", "hatchling")
    outcome = hatch.run("hatchling", "build", folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    return project


def _publish(hatch: Environment, project: Project, site: Site, home: Path, path: str) -> Outcome:
    login = ("--user", site.username, "--auth", site.password, "--no-prompt")
    return hatch.run("hatch", "publish", "--repo", f"{site.url}{path}", *login, folder=project.folder, home=home)


@pytest.mark.parametrize("path", ["/legacy/", "/team/main/"])
def test_hatch_publishes_what_was_built(
    path: str, hatch: Environment, site: Site, home: Path, project: Project
) -> None:
    outcome = _publish(hatch, project, site, home, path)
    assert outcome.code == 0, outcome.output
    assert site.served(project.name) == project.built


@pytest.mark.parametrize("path", ["/legacy/", "/team/main/"])
def test_hatch_finds_what_is_there_already_and_sends_nothing(
    path: str, hatch: Environment, site: Site, home: Path, project: Project
) -> None:
    assert _publish(hatch, project, site, home, path).code == 0
    first = project.built
    project.changed("something else")
    assert hatch.run("hatchling", "build", folder=project.folder, home=home).code == 0
    outcome = _publish(hatch, project, site, home, path)
    assert outcome.code == 0, outcome.output
    assert outcome.output.count("already exists") == 2
    assert site.served(project.name) == first != project.built


def test_a_wrong_login_is_refused_and_publishes_nothing(
    hatch: Environment, site: Site, home: Path, project: Project
) -> None:
    outcome = _publish(hatch, project, site.for_a_stranger(project.name), home, "/legacy/")
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(project.name)
