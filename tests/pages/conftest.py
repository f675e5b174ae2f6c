"""The site that the tests of pages look at."""

import shutil
from pathlib import Path

import pytest

from mypi import config
from mypi.app import create_app
from mypi.commands.init import initialize
from mypi.config import Settings
from tests.pages.site import Site
from tests.support.installations import ADMINISTRATOR, PASSWORD


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data directory of an installation to which nothing has happened: it is copied, never used."""
    directory = tmp_path_factory.mktemp("untouched") / "data"
    initialize(config.load(environ={}, data_directory=directory), ADMINISTRATOR, PASSWORD)
    return directory


@pytest.fixture
def site(untouched: Path, settings: Settings) -> Site:
    """Return a fresh installation with its application."""
    shutil.copytree(untouched, settings.data_directory, symlinks=True)
    return Site(settings, create_app(settings))
