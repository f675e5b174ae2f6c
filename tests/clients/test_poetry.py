"""poetry publish, and poetry install with mypi as the only source."""

from pathlib import Path

import pytest

from tests.clients.projects import Project, consumer_project, pyproject_project
from tests.clients.site import Site
from tests.support.environments import Environment, Outcome, environment


@pytest.fixture
def poetry() -> Environment:
    """Return the environment of poetry."""
    return environment("poetry")


@pytest.fixture
def project(tmp_path: Path, name: str) -> Project:
    """Return a project for poetry."""
    return pyproject_project(tmp_path / "project", name, "poetry.core.masonry.api", "poetry-core")


def _publish(poetry: Environment, project: Project, site: Site, home: Path) -> Outcome:
    settings = {
        "POETRY_REPOSITORIES_LOCAL_URL": f"{site.url}/legacy/",
        "POETRY_HTTP_BASIC_LOCAL_USERNAME": site.username,
        "POETRY_HTTP_BASIC_LOCAL_PASSWORD": site.password,
        "POETRY_VIRTUALENVS_CREATE": "false",
    }
    publish = ("publish", "--build", "--no-interaction", "--repository", "local")
    return poetry.run("poetry", *publish, folder=project.folder, home=home, **settings)


def test_poetry_publishes_what_it_built(poetry: Environment, site: Site, home: Path, project: Project) -> None:
    outcome = _publish(poetry, project, site, home)
    assert outcome.code == 0, outcome.output
    assert site.served(project.name) == project.built


def test_poetry_locks_and_installs_a_module_that_prints_its_value(
    poetry: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    consumer = consumer_project(tmp_path / "consumer", site.simple, on_site.name)
    settings = {"POETRY_VIRTUALENVS_IN_PROJECT": "true"}
    outcome = poetry.run("poetry", "install", "--no-interaction", folder=consumer, home=home, **settings)
    assert outcome.code == 0, outcome.output
    command = f"import {on_site.module} as m; print(m.VALUE)"
    shown = Environment(consumer / ".venv").run("python", "-c", command, folder=consumer, home=home)
    assert shown.output.strip() == on_site.value


def test_other_bytes_are_refused_with_their_reason(
    poetry: Environment, site: Site, home: Path, project: Project
) -> None:
    assert _publish(poetry, project, site, home).code == 0
    first = project.built
    project.changed("something else")
    outcome = _publish(poetry, project, site, home)
    assert outcome.code != 0
    assert "409" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(project.name) == first != project.built


def test_a_wrong_login_is_refused_and_publishes_nothing(
    poetry: Environment, site: Site, home: Path, project: Project
) -> None:
    outcome = _publish(poetry, project, site.for_a_stranger(project.name), home)
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(project.name)
