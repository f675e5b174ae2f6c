"""How far a long command has come: one line that is written over, for people at a terminal only."""

import sys

import click

WIDTH = 60  # characters: whatever was on the line before is written over


class ProgressLine:
    """A line on standard error; nothing where that is no terminal."""

    def __init__(self) -> None:
        self._shown = ""
        self._is_seen = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show what is done, and how much of it."""
        line = f"{what}: {100 * done // max(total, 1)} %"
        if self._is_seen and line != self._shown:
            click.echo(f"\r{line:<{WIDTH}}", nl=False, err=True)
            self._shown = line

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._shown:
            click.echo(f"\r{'':<{WIDTH}}\r", nl=False, err=True)
            self._shown = ""
