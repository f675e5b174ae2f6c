"""`mypi` itself: which settings and installation a command works with, and how a failure is told to whoever runs it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import click
from sqlalchemy.exc import OperationalError

from mypi import __version__, config, installation, schema
from mypi.config import ConfigurationError, Settings
from mypi.errors import Failure, NotInitialized
from mypi.installation import Installation

NOT_DONE = 1
"""Exit code: refused, not found, or differences were found. 0 is done; 2, click's own, a command line that is wrong."""


class NotDone(click.ClickException):
    """What a command could not do, as one line on standard error and exit code 1."""

    exit_code = NOT_DONE

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line."""
        click.echo(f"mypi: {self.format_message()}", err=True, file=file)


class Commands(click.Group):
    """A group of commands in which an expected failure is one line, never a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command. Raises NotDone for what can be told in a line."""
        try:
            return super().invoke(context)
        except (Failure, ConfigurationError) as error:
            raise NotDone(_with_cause(error)) from error
        except OperationalError as error:
            raise NotDone(f"the database does not answer: {_first_line(error)}") from error
        except OSError as error:
            if error.filename is None:
                raise
            raise NotDone(f"{error.filename}: {error.strerror}") from error


def _with_cause(error: Exception) -> str:
    # What the database or the disk said helps an administrator; a client of the index is not told.
    cause = error.__cause__
    if isinstance(cause, OperationalError):
        return f"{error} ({_first_line(cause)})"
    if isinstance(cause, OSError):
        return f"{error} ({cause.strerror or os.strerror(cause.errno or 0)}: {cause.filename})"
    return str(error)


def _first_line(error: OperationalError) -> str:
    return str(error.orig).strip().partition("\n")[0]


@dataclass
class Invocation:
    """One run of `mypi`: what was said before the name of the command."""

    data_directory: Path | None = None
    config_file: Path | None = None

    @cached_property
    def settings(self) -> Settings:
        """The settings of the installation that is meant. Raises ConfigurationError."""
        given: dict[str, Any] = {"data_directory": self.data_directory} if self.data_directory else {}
        return config.load(file=self.config_file, **given)

    def require_initialized(self) -> None:
        """Return when there is an installation that this version works with.

        Raises NotDone, SchemaTooOld, SchemaTooNew, DatabaseUnreachable, DatabaseBusy.
        """
        try:
            schema.refuse_other_versions(self.settings.sqlalchemy_url)
        except NotInitialized as error:
            where = self.settings.data_directory.resolve()
            raise NotDone(
                f"there is no installation in {where}: run 'mypi init' first, or say --data-directory"
            ) from error

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """Yield the installation, in which acts can be called.

        Raises ConfigurationError, NotDone, SchemaTooOld, SchemaTooNew, DatabaseUnreachable, DatabaseBusy.
        """
        self.require_initialized()
        with installation.opened(self.settings) as parts:
            yield parts


pass_invocation = click.make_pass_decorator(Invocation)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done; 1 refused, not found, or differences found (one line on standard error says which); "
    "2 the command line is wrong.",
)
@click.version_option(__version__, prog_name="mypi")
@click.option(
    "--data-directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the data is kept. Default: the setting data_directory (environment MYPI_DATA_DIRECTORY), else ./var.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="The file of settings. Default: MYPI_CONFIG, else mypi.toml in the data directory.",
)
@click.pass_context
def main(context: click.Context, data_directory: Path | None, config_file: Path | None) -> None:
    """Administer an index, as whoever may read and write its data.

    A new index begins with `mypi init`. Each command has its own --help, with an example.
    """
    context.obj = Invocation(data_directory, config_file)
