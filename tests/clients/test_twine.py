"""twine, of 2019 and of now."""

from pathlib import Path

import pytest

from tests.clients.building import build
from tests.clients.projects import Project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.environments import Environment, Outcome, environment


@pytest.fixture(params=["twine-1.15-3.8", "twine-7"])
def twine(request: pytest.FixtureRequest) -> Environment:
    """Return an old twine and a new one."""
    return environment(request.param)


def _upload(twine: Environment, project: Project, home: Path, *options: str) -> Outcome:
    upload = ("-m", "twine", "upload", "-r", "local", "--disable-progress-bar", *options)
    return twine.run("python", *upload, *_paths(project), folder=project.folder, home=home)


def _paths(project: Project) -> list[str]:
    return [f"dist/{filename}" for filename in project.built]


def test_twine_publishes_what_was_built(twine: Environment, site: Site, home: Path, built: Project) -> None:
    write_with_list(home, site, f"{site.url}/")
    outcome = _upload(twine, built, home)
    assert outcome.code == 0, outcome.output
    assert site.served(built.name) == built.built


def test_the_same_files_again_succeed(twine: Environment, site: Site, home: Path, built: Project) -> None:
    write_with_list(home, site, f"{site.url}/legacy/")
    outcomes = [_upload(twine, built, home) for _ in range(2)]
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes[-1].output
    assert site.served(built.name) == built.built


def test_other_bytes_are_refused_with_their_reason(twine: Environment, site: Site, home: Path, built: Project) -> None:
    write_with_list(home, site, f"{site.url}/")
    assert _upload(twine, built, home).code == 0
    first = built.built
    build(built.changed("something else"), home)
    outcome = _upload(twine, built, home, "--verbose")
    assert outcome.code != 0
    assert "409" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(built.name) == first != built.built


def test_an_old_twine_skips_what_exists(site: Site, home: Path, built: Project) -> None:
    twine = environment("twine-1.15-3.8")
    write_with_list(home, site, f"{site.url}/")
    assert _upload(twine, built, home).code == 0
    first = built.built
    build(built.changed("something else"), home)
    outcome = _upload(twine, built, home, "--skip-existing")
    assert (outcome.code, "Skipping" in outcome.output) == (0, True), outcome.output
    assert site.served(built.name) == first


def test_a_wrong_password_is_refused_and_publishes_nothing(
    twine: Environment, site: Site, home: Path, built: Project
) -> None:
    write_with_list(home, site.with_wrong_password(), f"{site.url}/")
    outcome = _upload(twine, built, home)
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(built.name)
