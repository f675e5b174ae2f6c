"""pip search, which asks by XML-RPC: the only place where today's pip still finds an index that answers."""

from pathlib import Path

import pytest

from tests.clients.building import published
from tests.clients.site import Site
from tests.support.environments import Environment, environment


@pytest.fixture(params=["pip-9-3.6", "pip-20-3.8", "pip-26"])
def pip(request: pytest.FixtureRequest) -> Environment:
    """Return an environment of a pip that can search."""
    return environment(request.param)


@pytest.mark.parametrize("url", ["", "/", "/pypi", "/pypi/", "/simple/"])
def test_pip_finds_a_project_by_a_piece_of_its_name_at_any_url_it_is_given(
    url: str, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    published(site, home, tmp_path, name, "1.0")
    search = ("-m", "pip", "search", "-i", f"{site.url}{url}", name.rpartition(".")[2])
    outcome = environment("pip-26").run("python", *search, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert outcome.output.split()[:2] == [name, "(1.0)"]


def test_pips_of_all_ages_find_the_newest_release_of_what_one_of_the_words_names(
    pip: Environment, site: Site, home: Path, tmp_path: Path, name: str
) -> None:
    for version in ("1.9", "1.10"):
        published(site, home, tmp_path, name, version)
    words = ("a-word-of-nothing", name)
    outcome = pip.run("python", "-m", "pip", "search", "-i", f"{site.url}/pypi", *words, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert f"{name} (1.10)" in outcome.output
    assert "1.9" not in outcome.output


def test_pip_says_by_its_exit_code_that_nothing_is_found(
    pip: Environment, site: Site, home: Path, tmp_path: Path
) -> None:
    search = ("-m", "pip", "search", "-i", f"{site.url}/pypi", "a-word-of-nothing")
    outcome = pip.run("python", *search, folder=tmp_path, home=home)
    assert outcome.code == 23, outcome.output


def test_a_private_index_is_searched_with_name_and_password(
    private: Site, home: Path, tmp_path: Path, name: str
) -> None:
    published(private, home, tmp_path, name, "1.0")
    search = ("-m", "pip", "search", "-i")
    pip = environment("pip-26")
    outcome = pip.run("python", *search, private.upload, name, folder=tmp_path, home=home)
    assert outcome.code not in {0, 23}, outcome.output
    assert "401" in outcome.output
    with_login = private.upload.replace("://", f"://{private.username}:{private.password}@")
    outcome = pip.run("python", *search, with_login, name, folder=tmp_path, home=home)
    assert outcome.code == 0, outcome.output
    assert f"{name} (1.0)" in outcome.output
