"""Installers read a private index with a password, wherever they take it from, and nothing of it without one."""

import json
import os
from pathlib import Path

import pytest

from tests.clients.projects import Project, consumer_project
from tests.clients.site import Site
from tests.support.environments import Environment, Outcome, environment

INSTALL = ("-m", "pip", "install", "--target", "installed")


@pytest.fixture(params=["pip-9-2.7", "pip-20-3.8", "pip-26"])
def pip(request: pytest.FixtureRequest) -> Environment:
    """Return an environment whose pip may install into a folder."""
    return environment(request.param)


def _value(client: Environment, project: Project, folder: Path, home: Path) -> str:
    command = f"import {project.module} as m; print(m.VALUE)"
    return client.run("python", "-c", command, folder=folder, home=home, PYTHONPATH="installed").output.strip()


def test_pip_installs_with_the_password_in_the_url(
    pip: Environment, private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    wheels = ("--only-binary=:all:", "-i", private.simple_with_login, hidden.name)
    outcome = pip.run("python", *INSTALL, *wheels, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert _value(pip, hidden, tmp_path, home) == hidden.value


def test_pip_installs_with_the_password_in_netrc(
    pip: Environment, private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    (home / ".netrc").write_text(f"machine 127.0.0.1 login {private.username} password {private.password}\n")
    (home / ".netrc").chmod(0o600)
    wheels = ("--only-binary=:all:", "-i", private.simple, hidden.name)
    outcome = pip.run("python", *INSTALL, *wheels, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert _value(pip, hidden, tmp_path, home) == hidden.value


def test_pip_asks_the_keyring_when_the_url_has_only_a_name(
    private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    keyring = tmp_path / "programs" / "keyring"
    keyring.parent.mkdir()
    creds = json.dumps({"username": private.username, "password": private.password})
    keyring.write_text(f"#!/bin/sh\necho '{creds}'\n")
    keyring.chmod(0o755)
    pip = environment("pip-26")
    with_name = private.simple.replace("://", f"://{private.username}@")
    install = (*INSTALL, "--keyring-provider", "subprocess", "-i", with_name, hidden.name)
    path = os.pathsep.join((str(keyring.parent), "/usr/bin", "/bin"))
    outcome = pip.run("python", *install, "--only-binary=:all:", folder=tmp_path, home=home, PATH=path)
    assert outcome.code == 0, outcome.output
    assert _value(pip, hidden, tmp_path, home) == hidden.value


@pytest.mark.parametrize("mistake", ["no password", "a wrong login"])
def test_pip_installs_nothing_with(
    mistake: str, pip: Environment, private: Site, home: Path, tmp_path: Path, name: str, hidden: Project
) -> None:
    url = private.simple if mistake == "no password" else private.for_a_stranger(name).simple_with_login
    outcome = pip.run("python", *INSTALL, "-i", url, hidden.name, folder=tmp_path, home=home)
    assert outcome.code != 0
    assert not (tmp_path / "installed").exists()


def _uv_install(site_url: str, project: Project, folder: Path, home: Path) -> Outcome:
    uv = environment("uv")
    install = ("pip", "install", "--python", uv.python, "--target", "installed", "--default-index", site_url)
    return uv.run("uv", *install, "--only-binary", ":all:", project.name, folder=folder, home=home)


def test_uv_installs_with_the_password_in_the_url(private: Site, home: Path, tmp_path: Path, hidden: Project) -> None:
    outcome = _uv_install(private.simple_with_login, hidden, tmp_path, home)
    assert outcome.code == 0, outcome.output
    assert _value(environment("uv"), hidden, tmp_path, home) == hidden.value


def test_uv_says_that_a_password_is_missing(private: Site, home: Path, tmp_path: Path, hidden: Project) -> None:
    outcome = _uv_install(private.simple, hidden, tmp_path, home)
    assert outcome.code != 0
    assert "401" in outcome.output


def test_poetry_installs_with_the_password_of_its_settings(
    private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    consumer = consumer_project(tmp_path / "consumer", private.simple, hidden.name)
    settings = {
        "POETRY_VIRTUALENVS_IN_PROJECT": "true",
        "POETRY_HTTP_BASIC_LOCAL_USERNAME": private.username,
        "POETRY_HTTP_BASIC_LOCAL_PASSWORD": private.password,
    }
    install = ("install", "--no-interaction")
    outcome = environment("poetry").run("poetry", *install, folder=consumer, home=home, **settings)
    assert outcome.code == 0, outcome.output
    assert _value(Environment(consumer / ".venv"), hidden, consumer, home) == hidden.value


def test_easy_install_installs_with_the_password_in_the_url(
    private: Site, home: Path, tmp_path: Path, hidden: Project
) -> None:
    client = environment("setuptools-41-3.8")
    (tmp_path / "installed").mkdir()
    install = ("-m", "easy_install", "-q", "--install-dir", "installed", "--multi-version", "--always-copy")
    arguments = (*install, "-i", private.simple_with_login, hidden.name)
    outcome = client.run("python", *arguments, folder=tmp_path, home=home, PYTHONPATH="installed")
    assert outcome.code == 0, outcome.output
    assert list((tmp_path / "installed").glob("*.egg"))
