"""Installations for tests: a fresh one on SQLite or PostgreSQL, and the real `mypi serve` in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from mypi import config
from mypi import installation as assembly
from mypi.commands import main
from mypi.commands.init import initialize
from mypi.config import Settings
from mypi.installation import Installation
from tests.support.postgresql import Cluster

ADMINISTRATOR = "admin"
PASSWORD = "correct-horse-battery"
MYPI = Path(sys.executable).with_name("mypi")
"""The command as it is installed beside the interpreter that runs the tests."""

ON_BOTH_DATABASES = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
"""Runs a test that uses `installation`, `settings` or `database_url` on SQLite and on PostgreSQL."""


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of a database that holds nothing yet: SQLite, unless the test asks for PostgreSQL."""
    if getattr(request, "param", "sqlite") == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        return cluster.new_database()
    return f"sqlite:///{tmp_path}/data/mypi.sqlite"


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Return the settings of an installation that is not made yet."""
    return config.load(environ={}, data_directory=tmp_path / "data", database_url=database_url)


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    """Yield a fresh installation, in whose context acts and questions can be called."""
    initialize(settings, ADMINISTRATOR, PASSWORD)
    with assembly.opened(settings) as parts:
        yield parts


@dataclass
class Answered:
    """What a command answered."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """The real command, told of one installation by its environment."""

    settings: Settings

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that means this installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MYPI_")}
        return kept | {
            "MYPI_DATA_DIRECTORY": str(self.settings.data_directory),
            "MYPI_DATABASE_URL": self.settings.database_url,
            "PYTHONWARNINGS": "error",
        }

    def here(self, *words: str | Path, stdin: str = "") -> Answered:
        """Run `mypi` in this process, which is quicker; an unexpected failure is raised."""
        environment = {name: value for name, value in self.environment().items() if name.startswith("MYPI_")}
        done = CliRunner().invoke(main, list(map(str, words)), input=stdin, env=environment, prog_name="mypi")
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Answered(done.exit_code, done.stdout, done.stderr)

    def __call__(self, *words: str | Path, stdin: str = "") -> Answered:
        """Run `mypi` with these words and return what it answered."""
        done = subprocess.run(
            [MYPI, *words], input=stdin, capture_output=True, text=True, env=self.environment(), check=False
        )
        return Answered(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def mypi(settings: Settings) -> CommandLine:
    """Return the command line for an installation that is not made yet."""
    return CommandLine(settings)


@dataclass
class RunningServer:
    """A server that answers."""

    url: str
    """Its address, without a slash at the end."""
    process: subprocess.Popen[str]
    said: str
    """What it printed until it answered."""
    log: Path

    def stop(self) -> int:
        """Ask it to end, wait, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait()


@contextmanager
def running_server(settings: Settings, *options: str, port: int | None = 0) -> Iterator[RunningServer]:
    """Run `mypi serve` until the block ends, on any free port, or where None on the one that it chooses.

    The installation is made first, unless `--first-start` is among the options.
    """
    if "--first-start" not in options:
        initialize(settings, ADMINISTRATOR, PASSWORD)
    log = settings.data_directory.parent / "server.log"
    command = [MYPI, "serve", *([] if port is None else ["--port", str(port)]), *options]
    with (
        log.open("a") as errors,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env=CommandLine(settings).environment()
        ) as process,
    ):
        try:
            yield _answering(process, log)
        finally:
            process.terminate()


def _answering(process: subprocess.Popen[str], log: Path) -> RunningServer:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if line.startswith("mypi: listening on "):
            return RunningServer(line.rpartition(" ")[2].strip().rstrip("/"), process, said, log)
    raise AssertionError(f"mypi serve ended with {process.wait()}: {said}\n{log.read_text()}")
