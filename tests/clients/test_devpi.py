"""The devpi client as it is: the whole way from `devpi use` to `devpi user --delete`, on each server, at a prefix."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.clients.building import build
from tests.clients.projects import Project, pyproject_project, setuptools_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.apache import mypi_under_apache
from tests.support.environments import Environment, Outcome, environment
from tests.support.installations import ADMINISTRATOR
from tests.support.installations import PASSWORD as ADMINISTRATORS_PASSWORD

PASSWORD = "alices-long-password"


@pytest.fixture(scope="session")
def below_a_prefix() -> Iterator[Site]:
    """Yield mypi under Apache at `/mypi`."""
    with mypi_under_apache("/mypi") as server:
        yield Site(server.url, server.username, server.password)


@pytest.fixture(params=["embedded", "apache", "below_a_prefix"])
def place(request: pytest.FixtureRequest) -> Site:
    """Return each server in turn."""
    site: Site = request.getfixturevalue(request.param)
    return site


class Devpi:
    """The client of one user, in a home of its own."""

    def __init__(self, site: Site, home: Path, folder: Path, user: str) -> None:
        self.site, self.home, self.folder, self.user = site, home, folder, user
        self.client: Environment = environment("devpi")

    def run(self, *words: object) -> Outcome:
        """Run a command."""
        return self.client.run("devpi", *words, folder=self.folder, home=self.home)

    def __call__(self, *words: object) -> str:
        """Run a command that succeeds without complaint, and return what it said."""
        outcome = self.run(*words)
        assert outcome.code == 0, outcome.output
        assert "X-DEVPI-API-VERSION" not in outcome.output.upper()
        return outcome.output

    def assert_refused(self, status: int, *words: object) -> str:
        """Run a command that the server refuses, and return what it said."""
        outcome = self.run(*words)
        assert outcome.code != 0, outcome.output
        assert "Traceback" not in outcome.output
        assert str(status) in outcome.output
        return outcome.output

    def result(self, path: str) -> Any:
        """Return what `devpi getjson` reads."""
        return json.loads(self("getjson", f"{self.site.url}/{path}"))["result"]


@pytest.fixture
def devpi(place: Site, home: Path, tmp_path: Path, name: str) -> Devpi:
    """Return the client of a user who was just created, and has logged in."""
    devpi = Devpi(place, home, tmp_path, f"user-{name[-12:]}")
    devpi("use", place.url)
    devpi("login", ADMINISTRATOR, "--password", ADMINISTRATORS_PASSWORD)
    devpi("user", "-c", devpi.user, f"password={PASSWORD}", "email=alice@example.org")
    assert "credentials valid for 10.00 hours" in devpi("login", devpi.user, "--password", PASSWORD)
    return devpi


@pytest.fixture
def packed(tmp_path: Path, home: Path, name: str) -> Project:
    """Return a project with an sdist, a wheel and documentation in `dist`, and tests that tox runs."""
    project = setuptools_project(tmp_path / "project", name)
    project.write("tox.ini", "[tox]", "env_list = py", "[testenv]", "skip_install = true", "commands = python -c pass")
    project.write("MANIFEST.in", "include tox.ini")
    build(project, home)
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "index.html").write_text("<h1>How to</h1>")
    shutil.make_archive(str(project.folder / "dist" / f"{name}-1.0.doc"), "zip", pages)
    return project


def test_users_indexes_uploads_pushes_tests_and_removals(devpi: Devpi, packed: Project) -> None:
    dev, staging, requirement = f"{devpi.user}/dev", f"{devpi.user}/staging", f"{packed.name}==1.0"
    assert "bases=root/pypi" in devpi("index", "-c", "dev", "bases=root/pypi")
    devpi("index", "-c", "staging", f"bases={dev}", "volatile=False")
    devpi("use", dev)
    assert dev in devpi("use", "-l")

    devpi("upload", "--from-dir", packed.folder / "dist")
    assert packed.name in devpi("list")
    assert "==1.0" in devpi("list", "-v")
    listed = devpi("list", packed.name, "--all")
    assert listed.count(f"/{dev}/+f/") == 2
    assert listed.startswith(devpi.site.url)

    assert f"{staging}/+f/" in devpi("push", requirement, staging, "--no-docs")
    assert "doczip" not in json.dumps(devpi.result(f"{staging}/{packed.name}?ignore_bases="))
    assert "200" in devpi("push", requirement, staging)
    assert "doczip" in json.dumps(devpi.result(f"{staging}/{packed.name}?ignore_bases="))
    assert f"/{staging}/+f/" in devpi("list", "--index", staging, packed.name)

    assert "congratulations" in devpi("test", packed.name)
    assert "tests passed" in devpi("list", packed.name, "--toxresults")

    assert "volatile=False" in devpi("index", dev, "volatile=False")
    wheel = next(packed.folder.glob("dist/*.whl"))
    devpi("upload", wheel)
    build(packed.changed("something else"), devpi.home)
    assert "already exists" in devpi.assert_refused(409, "upload", wheel)

    assert "Refreshed" in devpi("refresh", packed.name)
    assert devpi.result(f"{dev}/{packed.name}/1.0")["version"] == "1.0"
    devpi.assert_refused(403, "remove", "-y", requirement)
    (file,) = [line for line in devpi("list", packed.name).splitlines() if line.endswith(".whl") and f"/{dev}/" in line]
    devpi("remove", "-y", "-f", file)
    devpi("remove", "-y", "-f", requirement)
    devpi("index", dev, "volatile=True")
    devpi("upload", wheel)
    devpi("remove", "-y", packed.name)
    assert devpi.result(dev)["projects"] == []


def test_what_was_uploaded_is_installed(devpi: Devpi, packed: Project, tmp_path: Path) -> None:
    devpi("index", "-c", "dev", "bases=root/pypi", "visibility=private")
    devpi("use", f"{devpi.user}/dev")
    devpi("upload", *packed.folder.glob("dist/*.whl"))
    made = devpi.client.run("python", "-m", "venv", "venv", folder=tmp_path, home=devpi.home)
    assert made.code == 0, made.output
    devpi("install", "--venv", tmp_path / "venv", packed.name)
    printed = Environment(tmp_path / "venv").run(
        "python", "-c", f"import {packed.module} as m; print(m.VALUE)", folder=tmp_path, home=devpi.home
    )
    assert printed.output.strip() == packed.value


def test_what_is_over_is_over(devpi: Devpi, packed: Project) -> None:
    devpi("index", "-c", "dev", "bases=root/pypi")
    devpi("use", f"{devpi.user}/dev")
    assert "email=other@example.org" in devpi("user", "-m", devpi.user, "email=other@example.org") + devpi(
        "user", devpi.user
    )
    devpi("logoff")
    devpi.assert_refused(401, "upload", *packed.folder.glob("dist/*.whl"))
    devpi.assert_refused(401, "login", devpi.user, "--password", "wrong")
    devpi("login", devpi.user, "--password", PASSWORD)
    devpi.assert_refused(403, "user", "-y", "--delete", devpi.user)
    devpi("index", "-y", "--delete", f"{devpi.user}/dev")
    devpi("user", "-y", "--delete", devpi.user)
    devpi.assert_refused(401, "login", devpi.user, "--password", PASSWORD)
    assert "mypi" in devpi("--version")


def test_flit_publishes_to_an_index_that_devpi_made_and_pip_installs_from_its_address(
    devpi: Devpi, home: Path, tmp_path: Path, name: str
) -> None:
    devpi("index", "-c", "dev", "bases=root/pypi")
    address = f"{devpi.site.url}/{devpi.user}/dev"
    project = pyproject_project(tmp_path / "project", name, "flit_core.buildapi", "flit_core>=3.8")
    write_with_list(home, replace(devpi.site, username=devpi.user, password=PASSWORD), address)
    published = environment("flit").run("flit", "publish", "--repository", "local", folder=project.folder, home=home)
    assert published.code == 0, published.output
    pip = environment("pip-26")
    install = ("-m", "pip", "install", "--target", "installed", "--only-binary=:all:", "-i", address, name)
    installed = pip.run("python", *install, folder=tmp_path, home=home)
    assert installed.code == 0, installed.output
