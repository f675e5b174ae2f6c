"""uv: build, publish, install, and the cut-off date that needs the time of each upload."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.clients.building import published
from tests.clients.projects import Project, uv_project
from tests.clients.site import Site
from tests.support.environments import Environment, Outcome, environment


@pytest.fixture
def uv() -> Environment:
    """Return the environment of uv."""
    return environment("uv")


@pytest.fixture
def uv_built(uv: Environment, tmp_path: Path, home: Path, name: str) -> Project:
    """Return a project that uv and its own backend built."""
    project = uv_project(tmp_path / "project", name)
    outcome = uv.run("uv", "build", "--no-build-isolation", folder=project.folder, home=home)
    assert outcome.code == 0, outcome.output
    return project


def _publish(uv: Environment, project: Project, site: Site, home: Path, *options: str) -> Outcome:
    login = ("--username", site.username, "--password", site.password, "--trusted-publishing", "never")
    publish = ("publish", *login, "--publish-url", f"{site.url}/legacy/", *options)
    return uv.run("uv", *publish, folder=project.folder, home=home)


def _install(uv: Environment, site: Site, folder: Path, home: Path, *what: str) -> Outcome:
    assert uv.run("uv", "venv", "--clear", "fresh", folder=folder, home=home).code == 0
    install = ("pip", "install", "--python", "fresh", "--default-index", site.simple, *what)
    return uv.run("uv", *install, folder=folder, home=home)


def _printed(module: str, folder: Path, home: Path) -> str:
    command = f"import {module} as m; print(m.VALUE)"
    return Environment(folder / "fresh").run("python", "-c", command, folder=folder, home=home).output.strip()


def test_uv_publishes_what_it_built_and_installs_it(
    uv: Environment, site: Site, home: Path, tmp_path: Path, uv_built: Project
) -> None:
    outcome = _publish(uv, uv_built, site, home)
    assert outcome.code == 0, outcome.output
    assert site.served(uv_built.name) == uv_built.built
    installed = _install(uv, site, tmp_path, home, uv_built.name)
    assert installed.code == 0, installed.output
    assert _printed(uv_built.module, tmp_path, home) == uv_built.value


def test_the_same_files_again_succeed(uv: Environment, site: Site, home: Path, uv_built: Project) -> None:
    outcomes = [_publish(uv, uv_built, site, home) for _ in range(2)]
    assert [outcome.code for outcome in outcomes] == [0, 0], outcomes[-1].output


def test_check_url_finds_on_the_page_what_need_not_be_sent(
    uv: Environment, site: Site, home: Path, uv_built: Project
) -> None:
    assert _publish(uv, uv_built, site, home).code == 0
    outcome = _publish(uv, uv_built, site, home, "--check-url", site.simple)
    assert outcome.code == 0, outcome.output
    assert outcome.output.count("already exists, skipping") == 2


def test_other_bytes_are_refused_with_their_reason(
    uv: Environment, site: Site, home: Path, tmp_path: Path, uv_built: Project
) -> None:
    assert _publish(uv, uv_built, site, home).code == 0
    first = uv_built.built
    (uv_built.folder / "src" / uv_built.module / "__init__.py").write_text("VALUE = 'something else'\n")
    assert uv.run("uv", "build", "--no-build-isolation", folder=uv_built.folder, home=home).code == 0
    outcome = _publish(uv, uv_built, site, home)
    assert outcome.code != 0
    assert "409" in outcome.output
    assert "already exists" in outcome.output
    assert site.served(uv_built.name) == first != uv_built.built


def test_a_wrong_login_is_refused_and_publishes_nothing(
    uv: Environment, site: Site, home: Path, uv_built: Project
) -> None:
    outcome = _publish(uv, uv_built, site.for_a_stranger(uv_built.name), home)
    assert outcome.code != 0
    assert "403" in outcome.output
    assert not site.knows(uv_built.name)


def test_exclude_newer_installs_what_there_was_before_that_time(
    uv: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = published(site, home, tmp_path, name, "1.0")
    published(site, home, tmp_path, name, "2.0")
    times = sorted(datetime.fromisoformat(file["upload-time"]) for file in site.page(name)["files"])
    between = times[1] + (times[2] - times[1]) / 2
    outcome = _install(uv, site, tmp_path, home, name, "--exclude-newer", between.isoformat())
    assert outcome.code == 0, outcome.output
    assert _printed(project.module, tmp_path, home) == "version 1.0"


def test_uv_passes_over_a_version_for_another_python(
    uv: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = published(site, home, tmp_path, name, "1.0")
    published(site, home, tmp_path, name, "2.0", python_requires=">=3.99")
    outcome = _install(uv, site, tmp_path, home, name)
    assert outcome.code == 0, outcome.output
    assert _printed(project.module, tmp_path, home) == "version 1.0"


def test_uv_resolves_from_the_metadata_file(
    uv: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    outcome = _install(uv, site, tmp_path, home, "--dry-run", "-vv", "--only-binary", ":all:", on_site.name)
    assert outcome.code == 0, outcome.output
    assert ".whl.metadata" in outcome.output


def test_what_setup_py_built_uv_installs(
    uv: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    outcome = _install(uv, site, tmp_path, home, "--only-binary", ":all:", on_site.name)
    assert outcome.code == 0, outcome.output
    assert _printed(on_site.module, tmp_path, home) == on_site.value
