"""Installs go on while the application and the database are away: Apache has all that it needs in the tree."""

from pathlib import Path

import pytest

from tests.clients.site import Site
from tests.support import builders
from tests.support.apache import ApacheServer, mypi_under_apache
from tests.support.apache_alone import apache_alone
from tests.support.environments import environment
from tests.system.apache_requests import ask, form

INSTALLS = {
    "pip-26": ("python", "-m", "pip", "install", "-i", "{}", "--target", "installed", "plain"),
    "pip-9-2.7": ("python", "-m", "pip", "install", "-i", "{}", "--target", "installed", "plain"),
    "uv": ("uv", "pip", "install", "--default-index", "{}", "--target", "installed", "plain"),
}


@pytest.fixture(scope="module")
def alone():
    """Yield Apache without the application, and with no database to ask."""
    with mypi_under_apache("/mypi") as server:
        for one in (
            builders.wheel("plain", "1.0", requires_dist=["needed"], tag="py2.py3-none-any"),
            builders.wheel("needed", "2.0+local.1", tag="py2.py3-none-any"),
        ):
            body = form(one, action="file_upload", name="", version="")
            assert ask(server, "POST", "/", body, login=True).status == 200
        database, away = server.data_directory / "mypi.sqlite", server.apache.folder / "away.sqlite"
        without = apache_alone(server)
        database.rename(away)
        yield without
        away.rename(database)
        said = server.mypi("verify")
        assert (said.returncode, said.stdout) == (0, "tree, database and files agree\n")


@pytest.mark.parametrize("client", INSTALLS)
@pytest.mark.parametrize("index", ["", "team/main"])
def test_a_client_installs_with_what_is_required(alone: ApacheServer, client: str, index: str, tmp_path: Path):
    site = Site(alone.url, "", "", index)
    command = [word.format(site.simple) for word in INSTALLS[client]]
    outcome = environment(client).run(*command, folder=tmp_path, home=tmp_path)
    assert outcome.code == 0, outcome.output
    assert {path.name.partition("-")[0] for path in (tmp_path / "installed").glob("*.dist-info")} == {"plain", "needed"}
