"""pip of three ages: 2018 (HTML, no metadata files), 2020 (backtracking) and now (JSON, metadata files)."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.clients.building import published
from tests.clients.projects import Project
from tests.clients.site import Site
from tests.support.environments import Environment, environment

OLD_AND_NEW = ["pip-9-2.7", "pip-9-3.6", "pip-20-3.8", "pip-26"]


@pytest.fixture(params=OLD_AND_NEW)
def pip(request: pytest.FixtureRequest) -> Environment:
    """Return an environment whose pip may install into a folder."""
    return environment(request.param)


def _printed(pip: Environment, module: str, folder: Path, home: Path) -> str:
    command = f"import {module} as m; print(m.VALUE)"
    return pip.run("python", "-c", command, folder=folder, home=home, PYTHONPATH="installed").output.strip()


@pytest.mark.parametrize("form", ["--only-binary=:all:", "--no-binary=:all:"])
def test_pip_installs_a_wheel_and_an_sdist_whose_module_prints_its_value(
    form: str, pip: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    # Building an sdist apart would fetch setuptools from an index: the one of the environment builds.
    apart = ["--no-build-isolation"] if pip.path.name == "pip-26" else []
    install = ("-m", "pip", "install", "-i", site.simple, form, *apart, "--target", "installed", f"{on_site.name}==1.0")
    outcome = pip.run("python", *install, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert _printed(pip, on_site.module, tmp_path, home) == on_site.value


@pytest.mark.parametrize("form", ["--only-binary=:all:", "--no-binary=:all:"])
def test_pip_downloads_the_bytes_that_were_built(
    form: str, pip: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    apart = ["--no-build-isolation"] if pip.path.name == "pip-26" else []
    download = ("-m", "pip", "download", "--no-deps", "-i", site.simple, form, *apart, "-d", "got", on_site.name)
    outcome = pip.run("python", *download, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    (got,) = (tmp_path / "got").iterdir()
    assert sha256(got.read_bytes()).digest() == sha256(on_site.built[got.name]).digest()


def test_pip_passes_over_a_version_for_another_python(
    pip: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    project = published(site, home, tmp_path, name, "1.0")
    published(site, home, tmp_path, name, "2.0", python_requires=">=3.99")
    install = ("-m", "pip", "install", "-i", site.simple, "--target", "installed", name)
    outcome = pip.run("python", *install, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert _printed(pip, project.module, tmp_path, home) == "version 1.0"


def test_pip_downloads_nothing_of_a_version_for_another_python(
    pip: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    published(site, home, tmp_path, name, "2.0", python_requires=">=3.99")
    install = ("-m", "pip", "install", "-i", site.simple, "--target", "installed", name)
    outcome = pip.run("python", *install, folder=tmp_path, home=home)
    assert outcome.code != 0
    assert "Downloading" not in outcome.output
    assert "No matching distribution" in outcome.output


def test_pip_accepts_the_digest_of_what_was_built_and_refuses_another(
    pip: Environment, site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    (wheel,) = (content for filename, content in on_site.built.items() if filename.endswith(".whl"))
    install = ("-m", "pip", "install", "-i", site.simple, "--require-hashes", "--only-binary=:all:")
    for content, succeeds in ((wheel, True), (b"another", False)):
        line = f"{on_site.name}==1.0 --hash=sha256:{sha256(content).hexdigest()}\n"
        (tmp_path / "requirements.txt").write_text(line)
        options = ("--target", f"installed-{succeeds}", "-r", "requirements.txt")
        outcome = pip.run("python", *install, *options, folder=tmp_path, home=home)
        assert (outcome.code == 0) is succeeds, outcome.output


def test_pip_says_that_an_unknown_project_has_no_matching_distribution(
    pip: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    install = ("-m", "pip", "install", "-i", site.simple, "--target", "installed", name)
    outcome = pip.run("python", *install, folder=tmp_path, home=home)
    assert outcome.code != 0
    assert "No matching distribution found" in outcome.output


def test_a_new_pip_resolves_from_the_metadata_file_and_fetches_no_wheel(
    site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    resolve = ("install", "-vv", "--dry-run", "--no-deps", "--only-binary=:all:", "-i", site.simple, on_site.name)
    outcome = environment("pip-26").run("python", "-m", "pip", *resolve, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert ".whl.metadata" in outcome.output
    assert "application/vnd.pypi.simple.v1+json" in outcome.output


def test_what_setup_py_uploads_a_new_pip_installs_into_a_fresh_environment(
    site: Site, home: Path, tmp_path: Path, on_site: Project
) -> None:
    """A virtual environment with the pip that Python brings, as people make one."""
    assert environment("pip-26").run("python", "-m", "venv", "fresh", folder=tmp_path, home=home).code == 0
    fresh = Environment(tmp_path / "fresh")
    outcome = fresh.run("python", "-m", "pip", "install", "-i", site.simple, on_site.name, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    shown = fresh.run("python", "-c", f"import {on_site.module} as m; print(m.VALUE)", folder=tmp_path, home=home)
    assert shown.output.strip() == on_site.value
