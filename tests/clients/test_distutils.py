"""`setup.py register` and `sdist upload` with nothing but the distutils of the standard library."""

from pathlib import Path

import pytest

from tests.clients.projects import distutils_project
from tests.clients.pypirc import write_server_login, write_with_list
from tests.clients.site import Site
from tests.support.environments import Environment, environment
from tests.support.environments.recipes import OLD_PYTHONS


@pytest.fixture(params=OLD_PYTHONS)
def old_python(request: pytest.FixtureRequest) -> Environment:
    """Return a Python without pip and setuptools."""
    return environment(f"distutils-{request.param}")


def test_register_is_asked_for_its_password_and_then_succeeds(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    outcome = old_python.run("python", "setup.py", "register", "-r", "local", folder=project.folder, home=home)
    assert (outcome.code, "Server response (200)" in outcome.output) == (0, True), outcome.output


def test_register_with_a_wrong_login_is_told_that_it_failed(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site.for_a_stranger(name), f"{site.url}/")
    outcome = old_python.run("python", "setup.py", "register", "-r", "local", folder=project.folder, home=home)
    assert "Server response (403)" in outcome.output
    assert "Server response (200)" not in outcome.output


def test_register_as_a_dry_run_verifies_without_a_password(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    outcome = old_python.run("python", "setup.py", "-n", "register", "-r", "local", folder=project.folder, home=home)
    assert (outcome.code, "Server response (200)" in outcome.output) == (0, True), outcome.output


def test_register_lists_the_classifiers(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    listing = ("python", "setup.py", "register", "--list-classifiers", "-r", "local")
    outcome = old_python.run(*listing, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert "Programming Language :: Python :: 2.7" in outcome.output


def test_sdist_upload_publishes_what_was_built(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    register_and_upload = ("register", "-r", "local", "sdist", "upload", "-r", "local")
    outcome = old_python.run("python", "setup.py", *register_and_upload, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert outcome.output.count("Server response (200)") == 2
    assert site.served(name) == project.built


def test_sdist_upload_with_the_ancient_server_login_publishes_what_was_built(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_server_login(home, site, f"{site.url}/")
    outcome = old_python.run("python", "setup.py", "sdist", "upload", folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert site.served(name) == project.built


@pytest.mark.parametrize(
    ("command", "filename"),
    [(("sdist", "--formats=zip"), "{}-1.0.zip"), (("bdist_wininst",), "{}-1.0.linux-x86_64.exe")],
)
def test_upload_publishes_a_zip_or_an_installer_for_windows(
    command: tuple[str, ...], filename: str, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("python", "setup.py", *command, "upload", "-r", "local")
    # The only old Python here whose bdist_wininst works outside Windows.
    outcome = environment("distutils-2.7").run(*upload, folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    assert site.served(name) == project.built
    assert list(project.built) == [filename.format(name)]


def test_a_second_upload_with_other_bytes_is_refused_with_its_reason_and_changes_nothing(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}/")
    upload = ("python", "setup.py", "sdist", "upload", "-r", "local")
    assert old_python.run(*upload, folder=project.folder, home=home).code == 0
    first = project.built
    project.changed("something else")
    outcome = old_python.run(*upload, folder=project.folder, home=home)
    assert outcome.code != 0
    assert "Upload failed (409)" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(name) == first != project.built


def test_an_upload_with_a_wrong_login_is_refused_and_publishes_nothing(
    old_python: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site.for_a_stranger(name), f"{site.url}/")
    outcome = old_python.run("python", "setup.py", "sdist", "upload", "-r", "local", folder=project.folder, home=home)
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(name)


@pytest.mark.parametrize("path", ["", "/", "/legacy", "/legacy/", "/pypi", "/pypi/", "/team/main", "/team/main/"])
def test_every_upload_url_takes_an_sdist_with_and_without_its_slash(
    path: str, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = distutils_project(tmp_path / "project", name)
    write_with_list(home, site, f"{site.url}{path}")
    upload = ("python", "setup.py", "sdist", "upload", "-r", "local")
    outcome = environment("distutils-2.7").run(*upload, folder=project.folder, home=home)
    assert (outcome.code, site.served(name)) == (0, project.built), outcome.output
