"""`mypi upgrade`: it says what it will do, copies, does it, and does nothing twice."""

import pytest

from mypi import schema
from mypi.commands.init import initialize
from mypi.schema import SCHEMA, VERSION_TABLE
from tests.migrations.reflection import connected, rows
from tests.support.installations import ON_BOTH_DATABASES


@pytest.fixture
def older(settings):
    initialize(settings)
    schema.downgrade(settings.sqlalchemy_url, SCHEMA - 1)
    return rows(settings.sqlalchemy_url)


@ON_BOTH_DATABASES
def test_a_dry_run_says_the_steps_and_does_nothing(mypi, settings, older):
    before = set(settings.data_directory.iterdir())
    answered = mypi("upgrade", "--dry-run")
    assert answered.code == 0
    lines = answered.out.splitlines()
    assert lines[0] == f"the database has schema {SCHEMA - 1}, this version works with {SCHEMA}; the steps:"
    assert lines[1:-1] == [f"  {step.number}  {step.does}" for step in schema.steps(SCHEMA - 1)]
    assert lines[-1] == "nothing was done (--dry-run)"
    assert schema.state(settings.sqlalchemy_url).found == SCHEMA - 1
    assert set(settings.data_directory.iterdir()) == before


@pytest.mark.leaves_damage("its rows are made up, without bytes")
@ON_BOTH_DATABASES
def test_an_upgrade_keeps_every_row_and_the_next_one_has_nothing_to_do(mypi, settings, older):
    answered = mypi("upgrade")
    assert answered.code == 0
    assert answered.out.endswith(f"done: the database has schema {SCHEMA}\n")
    now = rows(settings.sqlalchemy_url)
    assert {name: now[name] for name in older} == older
    again = mypi("upgrade")
    assert (again.code, again.out.count("\n")) == (0, 1)
    assert "nothing to do" in again.out


@pytest.mark.leaves_damage("its rows are made up, without bytes")
def test_it_says_where_the_copy_of_an_sqlite_database_is(mypi, settings, older):
    answered = mypi("upgrade")
    copies = list(settings.data_directory.glob("mypi-schema-*.sqlite"))
    assert len(copies) == 1
    assert str(copies[0]) in answered.out
    assert rows(f"sqlite:///{copies[0]}") == older


def test_a_newer_database_is_refused(mypi, settings):
    initialize(settings)
    with connected(settings.sqlalchemy_url) as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version = {SCHEMA + 1}")
    answered = mypi("upgrade")
    assert (answered.code, answered.out) == (1, "")
    assert f"the database has schema {SCHEMA + 1}" in answered.err


def test_without_an_installation_it_names_the_directory_that_was_meant(mypi, settings):
    answered = mypi("upgrade")
    assert (answered.code, answered.out) == (1, "")
    assert str(settings.data_directory) in answered.err


def test_other_commands_refuse_an_older_database(mypi, settings, older):
    answered = mypi("user", "list")
    assert (answered.code, answered.out) == (1, "")
    assert "'mypi upgrade'" in answered.err
