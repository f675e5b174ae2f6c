"""How commands answer: a table for people, JSON for scripts."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for a script.")

Value = str | int | bool | None | datetime | Sequence[str]
Facts = dict[str, Value]
"""One thing, by the names that JSON gives its facts."""


def show_list(facts: Iterable[Facts], columns: Sequence[str], *, as_json: bool, nothing: str) -> None:
    """Print one line for each thing, or a JSON list of everything that is known of them."""
    listed = list(facts)
    if as_json:
        click.echo(json.dumps(listed, default=written, indent=2))
    elif not listed:
        click.echo(nothing)
    else:
        _print_table([list(columns), *[[_words(one[column]) for column in columns] for one in listed]])


def show_one(facts: Facts, *, as_json: bool) -> None:
    """Print a line for each fact of one thing, or a JSON object."""
    if as_json:
        click.echo(json.dumps(facts, default=written, indent=2))
    else:
        _print_table([[name, _words(value)] for name, value in facts.items()])


def _print_table(rows: list[list[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if value is None or isinstance(value, str | int):
        text = str(value) if value not in (None, "") else "-"
    else:
        text = ", ".join(value) or "-"
    # What others chose (a title, a pattern) does not steer the terminal.
    return "".join(character if character.isprintable() else "?" for character in text)


def written(value: object) -> str:
    """Return how JSON has a moment."""
    assert isinstance(value, datetime)
    return value.isoformat().replace("+00:00", "Z")
