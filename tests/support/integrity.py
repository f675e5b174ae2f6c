"""The check that holds after every test by itself: tree, rows and blobs of each installation that it made agree."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mypi import config, schema
from mypi import installation as assembly
from mypi.commands.init import is_initialized
from mypi.config import Settings
from mypi.installation import Installation
from mypi.publishing import verification

EXEMPT = "leaves_damage"
"""The marker of a test that ends with damage, or with an act that is not rendered; its reason is its argument."""
MOST_SHOWN = 10
"""Differences that a failing test prints."""


def check(installation: Installation) -> list[str]:
    """Return a line for each difference; it reads every byte that the installation keeps.

    To be called in the installation's context, when nobody writes to it: an act that is not rendered is a difference.
    """
    found = verification.differences(installation.publisher, patience=0)
    return [f"{one.kind.value}  {one.where}  {one.says}" for one in found]


def faults(settings: Settings) -> list[str]:
    """Return the differences in an installation; none where there is no whole one."""
    if schema.state(settings.sqlalchemy_url).standing is not schema.Standing.CURRENT or not is_initialized(settings):
        return []
    with assembly.opened(settings) as installation:
        return check(installation)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", f"{EXEMPT}(reason): the installation is not whole when the test ends")


@pytest.fixture(autouse=True)
def _whole_afterwards(request: pytest.FixtureRequest) -> Iterator[None]:
    """Check what the test made in its own folder. Set up before the test's fixtures, and so done after them."""
    names = set(request.fixturenames)
    folder: Path | None = request.getfixturevalue("tmp_path") if "tmp_path" in names else None
    given: Settings | None = request.getfixturevalue("settings") if "settings" in names else None
    yield
    if folder is None or request.node.get_closest_marker(EXEMPT):
        return
    made = [config.load({}, data_directory=file.parent) for file in folder.glob("**/mypi.sqlite")]
    if given and not given.database_url.startswith("sqlite"):
        made.append(given)
    for settings in made:
        found = faults(settings)
        assert not found, "\n".join([f"{settings.data_directory} is not whole after the test:", *found[:MOST_SHOWN]])
