"""The steps of the schema, each up and down on a filled database, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from mypi import schema
from mypi.app import create_app
from mypi.database import db
from mypi.schema import SCHEMA
from tests.migrations.reflection import ROWS, connected, fill, of_then, rows, tables
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = pytest.mark.leaves_damage("rows are made up, without bytes")


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> str:
    (tmp_path / "data").mkdir()
    return database_url


def standing_at(url: str, number: int) -> None:
    """Make the schema of a step."""
    schema.create(url)
    schema.downgrade(url, number)


@ON_BOTH_DATABASES
def test_the_models_equal_the_migrated_schema(url, request, tmp_path):
    schema.create(url)
    by_steps = tables(url)
    schema.downgrade(url, 0)
    assert tables(url) == {}
    assert create_app.__module__ == "mypi.app"  # every model is imported by what the application imports
    with connected(url) as connection:
        db.metadata.create_all(connection)
    by_models = tables(url)
    assert set(by_models) == set(by_steps)
    for name, table in by_models.items():
        assert table == by_steps[name], name


@ON_BOTH_DATABASES
@pytest.mark.parametrize("number", range(1, SCHEMA + 1))
def test_a_step_goes_up_and_down_and_up_on_a_filled_database_and_loses_no_row(url, number):
    standing_at(url, number - 1)
    fill(url)
    before, shape_before = rows(url), tables(url)

    schema.upgrade(url, to=number)
    fill(url)
    above, shape_above = rows(url), tables(url)
    assert of_then(above, before) == before
    assert all(len(found) == ROWS for found in above.values())

    schema.downgrade(url, number - 1)
    assert (rows(url), tables(url)) == (before, shape_before)

    schema.upgrade(url, to=number)
    assert tables(url) == shape_above
    assert of_then(rows(url), before) == before


@ON_BOTH_DATABASES
def test_a_database_that_was_filled_at_each_step_has_every_row_at_the_newest(url):
    standing_at(url, 0)
    put = {}
    for number in range(1, SCHEMA + 1):
        schema.upgrade(url, to=number)
        fill(url)
        put |= {name: found for name, found in rows(url).items() if name not in put}
    assert set(rows(url)) == set(put)
    assert of_then(rows(url), put) == put
    assert schema.state(url).found == SCHEMA


@ON_BOTH_DATABASES
def test_a_step_that_fails_takes_back_itself_and_the_steps_before_it(url, tmp_path, monkeypatch):
    schema.create(url)
    fill(url)
    before, shape_before = rows(url), tables(url)
    repository = tmp_path / "repository"
    (repository / "versions").mkdir(parents=True)
    (repository / "migrate.cfg").write_text((schema.REPOSITORY / "migrate.cfg").read_text())
    for number in range(1, SCHEMA + 1):
        (repository / "versions" / f"{number:03}_past.py").write_text("def upgrade(migrate_engine):\n    pass\n")
    (repository / "versions" / f"{SCHEMA + 1:03}_good.py").write_text(
        "def upgrade(migrate_engine):\n"
        "    migrate_engine.execute('CREATE TABLE halfway (id INTEGER)')\n"
        "    migrate_engine.execute('DELETE FROM guesses')\n"
    )
    (repository / "versions" / f"{SCHEMA + 2:03}_bad.py").write_text(
        "def upgrade(migrate_engine):\n"
        "    migrate_engine.execute('DROP TABLE halfway')\n"
        "    migrate_engine.execute('DELETE FROM events')\n"
        "    raise RuntimeError('a bad step')\n"
    )
    monkeypatch.setattr(schema, "REPOSITORY", repository)

    with pytest.raises(RuntimeError, match="a bad step"):
        schema.upgrade(url, to=SCHEMA + 2)

    assert (rows(url), tables(url)) == (before, shape_before)
    assert schema.state(url).found == SCHEMA


def test_every_step_says_what_it_does():
    assert [step.number for step in schema.steps(0)] == list(range(1, SCHEMA + 1))
    assert all(step.does.endswith(".") for step in schema.steps(0))


def test_the_newest_script_is_the_schema_of_the_code():
    scripts = [file.name for file in (schema.REPOSITORY / "versions").glob("[0-9]*.py")]
    assert max(int(name[:3]) for name in scripts) == SCHEMA == len(scripts)
