"""easy_install finds, fetches and installs, by the name as it was typed."""

from pathlib import Path

import pytest

from tests.clients.projects import setuptools_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support.environments import environment

EASY_INSTALL = ("-m", "easy_install", "--install-dir", "installed", "--multi-version", "--always-copy", "--allow-hosts")


@pytest.mark.parametrize("python", ["2.7", "3.8"])
@pytest.mark.parametrize("command", ["sdist", "bdist_egg"])
def test_easy_install_installs_a_module_that_prints_its_value(
    python: str, command: str, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    client = environment(f"setuptools-41-{python}")
    project = setuptools_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("python", "setup.py", command, "upload", "-r", "local")
    assert client.run(*upload, folder=project.folder, home=home).code == 0
    (tmp_path / "installed").mkdir()
    install = (*EASY_INSTALL, "127.0.0.1:*", "-i", site.simple, f"{name}==1.0")
    outcome = client.run("python", *install, folder=tmp_path, home=home, PYTHONPATH="installed")
    assert outcome.code == 0, outcome.output
    wanted = f"import pkg_resources; pkg_resources.require('{name}'); import {project.module} as m; print(m.VALUE)"
    shown = client.run("python", "-W", "ignore", "-c", wanted, folder=tmp_path, home=home, PYTHONPATH="installed")
    assert shown.output.strip() == project.value
