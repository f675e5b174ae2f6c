"""What each test of a client has: a server, a home of its own, a name that no other test uses."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from mypi import config
from tests.clients.building import build, publish
from tests.clients.projects import Project, setuptools_project
from tests.clients.site import Site
from tests.support.apache import ApacheServer
from tests.support.installations import CommandLine, running_server

USER = "alice"
PRIVATE = "team/private"

SERVERS = ["embedded", "apache"]


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Yield `mypi serve`."""
    settings = config.load(environ={}, data_directory=tmp_path_factory.mktemp("embedded") / "data")
    command_line = CommandLine(settings)

    def mypi(*words: str) -> str:
        answered = command_line(*words)
        assert answered.code == 0, answered.err
        return answered.out

    with running_server(settings) as server:
        yield _prepared(server.url, mypi)


@pytest.fixture(scope="session")
def apache(apache_server: ApacheServer) -> Site:
    """Return mypi under Apache."""

    def mypi(*words: str) -> str:
        answered = apache_server.mypi(*words)
        assert answered.returncode == 0, answered.stderr
        return answered.stdout

    return _prepared(apache_server.url, mypi)


def _prepared(url: str, mypi: Callable[..., str]) -> Site:
    """Make a user who may upload, and a private index beside the default one, as an administrator does."""
    password = mypi("user", "add", "--generate", USER).strip()
    mypi("index", "create", PRIVATE, "--visibility", "private")
    mypi("grant", "give", f"user:{USER}", "upload", "--index", "team/main")
    mypi("grant", "give", f"user:{USER}", "upload", "--index", PRIVATE)
    mypi("grant", "give", f"user:{USER}", "read", "--index", PRIVATE)
    return Site(url, USER, password, mypi=mypi)


@pytest.fixture(scope="session", params=SERVERS)
def site(request: pytest.FixtureRequest) -> Site:
    """Return each server in turn."""
    served: Site = request.getfixturevalue(request.param)
    return served


@pytest.fixture(scope="session")
def private(site: Site) -> Site:
    """Return the same server's private index."""
    return replace(site, index=PRIVATE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return an empty folder to be HOME."""
    path = tmp_path / "home"
    path.mkdir()
    return path


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Return a project name in a spelling that no standard would choose, another one for each test."""
    return f"My.Test_Pkg.{sha256(request.node.nodeid.encode()).hexdigest()[:12]}"


@pytest.fixture
def built(tmp_path: Path, home: Path, name: str) -> Project:
    """Return a project with an sdist and a wheel in `dist`."""
    project = setuptools_project(tmp_path / "project", name)
    build(project, home)
    return project


@pytest.fixture(scope="session")
def on_site(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose sdist and wheel are published: one for all tests that only read."""
    return _published(site, tmp_path_factory)


@pytest.fixture(scope="session")
def hidden(private: Site, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that is published in the private index: one for all tests that only read."""
    return _published(private, tmp_path_factory)


def _published(site: Site, folders: pytest.TempPathFactory) -> Project:
    folder = folders.mktemp("published")  # which ends in another number each time
    project = setuptools_project(folder / "project", f"My.Test_Pkg.{folder.name}")
    home = folders.mktemp("home")
    build(project, home)
    publish(project, site, home)
    return project
