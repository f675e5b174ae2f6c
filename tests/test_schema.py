"""What the code says of a database's schema: absent, older, current, newer; and what it refuses."""

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mypi import schema
from mypi.errors import DatabaseBusy, DatabaseUnreachable, NotInitialized, SchemaTooNew, SchemaTooOld
from mypi.schema import SCHEMA, VERSION_TABLE, Standing
from tests.migrations.reflection import connected, fill, rows
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = pytest.mark.leaves_damage("rows are made up, without bytes")


@pytest.fixture
def url(database_url: str, tmp_path: Path) -> str:
    (tmp_path / "data").mkdir()
    return database_url


def set_version(url: str, number: int) -> None:
    with connected(url) as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version = {number}")


@ON_BOTH_DATABASES
def test_a_database_without_tables_is_absent_and_refused(url):
    assert schema.state(url).standing is Standing.ABSENT
    with pytest.raises(NotInitialized):
        schema.refuse_other_versions(url)


def test_to_look_at_a_database_that_is_not_there_makes_no_file(url, tmp_path):
    assert schema.state(url).found is None
    assert list((tmp_path / "data").iterdir()) == []


@ON_BOTH_DATABASES
def test_a_created_database_is_current_and_let_pass(url):
    assert schema.create(url)
    assert schema.state(url).standing is Standing.CURRENT
    schema.refuse_other_versions(url)


@ON_BOTH_DATABASES
def test_creating_again_changes_nothing(url):
    schema.create(url)
    fill(url)
    before = rows(url)
    assert not schema.create(url)
    assert rows(url) == before


@ON_BOTH_DATABASES
def test_an_older_schema_is_refused_with_both_numbers(url):
    schema.create(url)
    schema.downgrade(url, SCHEMA - 1)
    with pytest.raises(SchemaTooOld) as caught:
        schema.refuse_other_versions(url)
    assert (caught.value.found, caught.value.needed) == (SCHEMA - 1, SCHEMA)
    assert "mypi upgrade" in str(caught.value)


@ON_BOTH_DATABASES
def test_a_newer_schema_is_refused_and_never_touched(url):
    schema.create(url)
    fill(url)
    set_version(url, SCHEMA + 1)
    before = rows(url)
    for act in (schema.refuse_other_versions, schema.upgrade):
        with pytest.raises(SchemaTooNew):
            act(url)
    schema.create(url)
    assert rows(url) == before
    assert schema.state(url).found == SCHEMA + 1


def test_an_upgrade_puts_a_private_whole_copy_beside_an_sqlite_database(url, tmp_path):
    schema.create(url)
    schema.downgrade(url, SCHEMA - 1)
    fill(url)
    before = rows(url)

    copy = schema.upgrade(url)

    assert copy is not None
    assert copy.parent == tmp_path / "data"
    assert copy.name.startswith(f"mypi-schema-{SCHEMA - 1}-")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows(f"sqlite:///{copy}") == before
    assert schema.state(f"sqlite:///{copy}").found == SCHEMA - 1


def test_an_upgrade_that_has_nothing_to_do_makes_no_copy(url, tmp_path):
    schema.create(url)
    assert schema.upgrade(url) is None
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["mypi.sqlite"]


def test_a_new_sqlite_database_is_private_from_birth(url, tmp_path):
    schema.create(url)
    assert stat.S_IMODE((tmp_path / "data" / "mypi.sqlite").stat().st_mode) == 0o600


def test_an_upgrade_does_not_start_while_an_act_is_under_way(url, tmp_path, monkeypatch):
    schema.create(url)
    schema.downgrade(url, SCHEMA - 1)
    monkeypatch.setattr(schema, "PATIENCE", 0)
    act = sqlite3.connect(tmp_path / "data" / "mypi.sqlite", isolation_level=None)
    act.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        schema.upgrade(url)
    act.execute("ROLLBACK")
    act.close()
    assert schema.upgrade(url) is not None


def test_a_database_server_that_is_not_there_is_unreachable():
    with pytest.raises(DatabaseUnreachable):
        schema.state("postgresql://mypi:wrong@127.0.0.1:1/mypi")


def test_the_application_never_imports_sqlalchemy_migrate():
    look = "import sys, mypi.app, mypi.schema; sys.exit('migrate' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0
