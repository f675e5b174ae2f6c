"""mypi at a path of a host, as `/mypi` under Apache: clients find their way there and to the files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.building import build, publish
from tests.clients.projects import Project, distutils_project, setuptools_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.apache import mypi_under_apache
from tests.support.environments import environment

INSTALLERS = {
    "pip-9-2.7": ("python", "-m", "pip", "install", "--target", "installed", "-i"),
    "pip-20-3.8": ("python", "-m", "pip", "install", "--target", "installed", "-i"),
    "pip-26": ("python", "-m", "pip", "install", "--target", "installed", "--only-binary=:all:", "-i"),
    "uv": ("uv", "pip", "install", "--target", "installed", "--only-binary=:all:", "--default-index"),
}


@pytest.fixture(scope="module")
def prefixed() -> Iterator[Site]:
    """Yield mypi at `/mypi`."""
    with mypi_under_apache("/mypi") as server:
        yield Site(server.url, server.username, server.password)


@pytest.fixture(scope="module")
def readable(prefixed: Site, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project that is published there."""
    folder = tmp_path_factory.mktemp("published")
    project = setuptools_project(folder / "project", "My.Test_Pkg.Readable")
    build(project, folder)
    publish(project, prefixed, folder)
    return project


@pytest.mark.parametrize("path", ["", "/", "/legacy/", "/pypi", "/team/main"])
def test_register_and_upload_at_a_prefix_with_and_without_a_slash(
    path: str, prefixed: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, prefixed, f"{prefixed.url}{path}")
    register_and_upload = ("register", "-r", "local", "sdist", "upload", "-r", "local")
    python = environment("distutils-2.7")
    outcome = python.run("python", "setup.py", *register_and_upload, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert outcome.output.count("Server response (200)") == 2
    assert prefixed.served(name) == project.built


@pytest.mark.parametrize("client", INSTALLERS)
def test_installers_find_the_files_at_a_prefix(
    client: str, prefixed: Site, home: Path, tmp_path: Path, readable: Project
) -> None:
    installer = environment(client)
    program, *arguments = INSTALLERS[client]
    interpreter = ("--python", installer.python) if program == "uv" else ()
    install = (*arguments, prefixed.simple, *interpreter, readable.name)
    outcome = installer.run(program, *install, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    command = f"import {readable.module} as m; print(m.VALUE)"
    shown = installer.run("python", "-c", command, folder=tmp_path, home=home, PYTHONPATH="installed")
    assert shown.output.strip() == readable.value


def test_easy_install_finds_the_files_at_a_prefix(
    prefixed: Site, home: Path, tmp_path: Path, readable: Project
) -> None:
    (tmp_path / "installed").mkdir()
    install = ("-m", "easy_install", "--install-dir", "installed", "--multi-version", "--always-copy")
    arguments = (*install, "-i", prefixed.simple, readable.name)
    python = environment("setuptools-41-3.8")
    outcome = python.run("python", *arguments, folder=tmp_path, home=home, PYTHONPATH="installed")
    assert outcome.code == 0, outcome.output
    assert list((tmp_path / "installed").glob("*.egg"))
