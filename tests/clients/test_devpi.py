"""The devpi client as it is: its whole way from `devpi use` to `devpi user --delete`, on every server and at a prefix."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.building import build
from tests.clients.projects import Project, pyproject_project, setuptools_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.apache import mypi_under_apache
from tests.support.environments import Environment, Outcome, environment

PASSWORD = "alices-long-password"


@pytest.fixture(scope="session")
def prefixed_devpi() -> Iterator[Site]:
    """Yield mypi under Apache at `/mypi`."""
    with mypi_under_apache("/mypi") as server:
        yield Site(server.url, server.username, server.password, mypi=lambda *words: server.mypi(*words).stdout)


@pytest.fixture(params=["embedded", "apache", "prefixed_devpi"])
def place(request: pytest.FixtureRequest) -> Site:
    """Return each server in turn."""
    site: Site = request.getfixturevalue(request.param)
    return site


class Devpi:
    """The client in a home of its own."""

    def __init__(self, site: Site, home: Path, folder: Path) -> None:
        self.site, self.home, self.folder = site, home, folder
        self.client: Environment = environment("devpi")

    def run(self, *words: object, **variables: str) -> Outcome:
        """Run a command."""
        return self.client.run("devpi", *words, folder=self.folder, home=self.home, **variables)

    def __call__(self, *words: object, **variables: str) -> str:
        """Run a command that succeeds, and return what it said."""
        outcome = self.run(*words, **variables)
        assert outcome.code == 0, outcome.output
        assert "Traceback" not in outcome.output
        return outcome.output

    def refused(self, *words: object) -> str:
        """Run a command that fails, and return what it said."""
        outcome = self.run(*words)
        assert outcome.code != 0, outcome.output
        assert "Traceback" not in outcome.output
        return outcome.output

    def json(self, url: str) -> dict[str, object]:
        """Return the result at an address."""
        said: dict[str, object] = json.loads(self("getjson", url))["result"]  # type: ignore[assignment]
        return said


@pytest.fixture
def user(request: pytest.FixtureRequest, name: str) -> str:
    """Return the name of a user whom no other test has."""
    return f"user-{name[-12:]}"


@pytest.fixture
def devpi(place: Site, home: Path, tmp_path: Path, user: str) -> Devpi:
    """Return a client whose user has logged in, and has the indexes dev and staging."""
    place.mypi("user", "add", user, "--generate")
    password = place.mypi("user", "password", user, "--generate").strip() if False else ""
    client = Devpi(place, home, tmp_path)
    assert password == ""
    return client
