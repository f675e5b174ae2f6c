"""A database as it is: its tables as plain values that can be compared, its rows, and rows made up to fill it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy
from sqlalchemy import Column, MetaData, inspect, select
from sqlalchemy.engine import Connection

from mypi.schema import VERSION_TABLE

ROWS = 3
"""How many rows fill a table."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Yield a connection in a transaction that is committed at the end."""
    engine = sqlalchemy.create_engine(url, future=True)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def tables(url: str) -> dict[str, dict[str, Any]]:
    """Return by table its columns, keys, uniques and indexes, each with its name."""
    with connected(url) as connection:
        look = inspect(connection)
        names = set(look.get_table_names()) - {VERSION_TABLE}
        return {
            name: {
                "columns": [
                    (column["name"], str(column["type"].compile(connection.dialect)), column["nullable"])
                    for column in look.get_columns(name)
                ],
                "defaults": {column["name"]: column["default"] for column in look.get_columns(name)},
                "primary key": (
                    look.get_pk_constraint(name)["name"],
                    look.get_pk_constraint(name)["constrained_columns"],
                ),
                "uniques": sorted((one["name"], one["column_names"]) for one in look.get_unique_constraints(name)),
                "foreign keys": sorted(map(_foreign_key, look.get_foreign_keys(name))),
                "indexes": sorted(
                    (one["name"], one["column_names"], bool(one["unique"])) for one in look.get_indexes(name)
                ),
            }
            for name in names
        }


def _foreign_key(one: dict[str, Any]) -> tuple[Any, ...]:
    target = one["referred_table"], one["referred_columns"]
    return one["name"], one["constrained_columns"], *target, sorted(one.get("options", {}).items())


Rows = dict[str, list[dict[str, Any]]]
"""Of each table its rows, each by the names of its columns."""


def rows(url: str) -> Rows:
    """Return the rows of every table, in an order of their own."""
    with connected(url) as connection:
        return {
            table.name: sorted((dict(row._mapping) for row in connection.execute(select(table))), key=repr)
            for table in _reflected(connection)
        }


def of_then(now: Rows, then: Rows) -> Rows:
    """Return of the rows now the tables and columns that there were then."""
    return {
        name: sorted(({column: row[column] for column in before[0]} for row in now[name]), key=repr) if before else []
        for name, before in then.items()
    }


def fill(url: str) -> None:
    """Put rows into every table that is empty; what they refer to is there."""
    with connected(url) as connection:
        for table in _reflected(connection):
            if connection.execute(select(table)).first() is None:
                made = [
                    {column.name: _value(column, number) for column in table.columns} for number in range(1, ROWS + 1)
                ]
                connection.execute(table.insert(), made)


def _reflected(connection: Connection) -> list[sqlalchemy.Table]:
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def _value(column: Column[Any], number: int) -> object:
    kind = column.type.python_type
    if kind is bool:
        return number % 2 == 0
    if kind is int:
        return number + (2**40 if isinstance(column.type, sqlalchemy.BigInteger) else 0)
    if kind is datetime:
        return datetime.fromisoformat("2024-02-29T23:59:59.999999") + timedelta(days=number)
    assert kind is str
    return f"{column.name} ‘{number}’ ÄØ中"[: getattr(column.type, "length", None)]
