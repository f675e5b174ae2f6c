"""The schema of the database: which one it has, which one this code works with, and the way from one to the other.

The steps are the scripts in `migrations/`; sqlalchemy-migrate runs them, and is imported only when they run. All steps
of an upgrade and the new version are one transaction: whoever looks sees the old schema or the new one.
"""

import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError, SADeprecationWarning

from mypi import clock, migrations
from mypi.database import ACT_LOCK, failure_of
from mypi.errors import DatabaseUnreachable, DiskFull, NotInitialized, SchemaTooNew, SchemaTooOld
from mypi.storage.durable import create_private, sync_folder

SCHEMA = 10
"""The schema that this code works with: the number of the newest script in `migrations/versions`."""

REPOSITORY = Path(migrations.__file__).parent
VERSION_TABLE = "migrate_version"
PATIENCE = 60
"""Seconds that a change of the schema waits for acts that are under way."""


class Standing(Enum):
    """How the schema of a database relates to the code."""

    ABSENT = "absent"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


@dataclass(frozen=True)
class State:
    """The schema that a database has; None when mypi has made nothing there yet."""

    found: int | None

    @property
    def standing(self) -> Standing:
        """How it relates to the code."""
        if self.found is None:
            return Standing.ABSENT
        if self.found == SCHEMA:
            return Standing.CURRENT
        return Standing.OLDER if self.found < SCHEMA else Standing.NEWER


@dataclass(frozen=True)
class Step:
    """One script: its number, and what it does in one sentence."""

    number: int
    does: str


def state(url: str) -> State:
    """Return the schema of a database. Nothing is made, no file either. Raises DatabaseUnreachable, DatabaseBusy."""
    file = _sqlite_file(url)
    if file and not file.exists():
        return State(None)
    with _engine(url) as engine, _answering(), engine.connect() as connection:
        return State(_found(connection))


def refuse_other_versions(url: str) -> None:
    """Return when the code works with this database.

    Raises NotInitialized, SchemaTooOld, SchemaTooNew, DatabaseUnreachable, DatabaseBusy.
    """
    seen = state(url)
    if seen.found is None:
        raise NotInitialized
    if seen.standing is Standing.OLDER:
        raise SchemaTooOld(found=seen.found, needed=SCHEMA)
    if seen.standing is Standing.NEWER:
        raise SchemaTooNew(found=seen.found, needed=SCHEMA)


def steps(after: int, to: int = SCHEMA) -> list[Step]:
    """Return the steps that lead from one schema up to another, in order."""
    repository = _repository()
    with _quietly():
        scripts = [(number, repository.version(number).script().module) for number in range(after + 1, to + 1)]
    return [Step(number, (script.__doc__ or "").strip().partition("\n")[0]) for number, script in scripts]


def create(url: str) -> bool:
    """Make the tables in a database that has none of mypi's; return whether that was needed.

    Raises DatabaseUnreachable, DatabaseBusy, DiskFull.
    """
    file = _sqlite_file(url)
    if file:
        create_private(file, b"")
    with _engine(url) as engine, _changing(engine) as connection:
        if _found(connection) is not None:
            return False
        _walk(connection, SCHEMA)
    if file:
        sync_folder(file.parent)
    return True


def upgrade(url: str, to: int = SCHEMA) -> Path | None:
    """Go all steps up to a schema; return where the copy of an SQLite database was put, None when nothing was to do.

    The copy is made under the lock under which the steps run, so that it holds everything that was acknowledged.
    Raises NotInitialized, SchemaTooNew, DatabaseUnreachable, DatabaseBusy, DiskFull.
    """
    with _engine(url) as engine, _changing(engine) as connection:
        found = _found(connection)
        if found is None:
            raise NotInitialized
        if found > SCHEMA:
            raise SchemaTooNew(found=found, needed=SCHEMA)
        if found >= to:
            return None
        file = _sqlite_file(url)
        copy = _copy(file, found) if file else None
        _walk(connection, to)
    return copy


def downgrade(url: str, to: int) -> None:
    """Go steps down: what the tables of the steps above hold is gone. For tests; an administrator restores the copy.

    Raises NotInitialized, DatabaseUnreachable, DatabaseBusy, DiskFull.
    """
    with _engine(url) as engine, _changing(engine) as connection:
        if _found(connection) is None:
            raise NotInitialized
        _walk(connection, to)


def _walk(connection: Connection, to: int) -> None:
    with _quietly():
        from migrate.versioning.schema import ControlledSchema

        repository = _repository()
        if _found(connection) is None:
            ControlledSchema.create(connection, repository, 0)
        controlled = ControlledSchema(connection, repository)
        # It takes a connection where it asks for an engine: that is what makes all steps one transaction.
        changes = repository.changeset(connection.dialect.name, controlled.version, to)
        for number, script in changes:
            controlled.runchange(number, script, changes.step)
    if connection.dialect.name == "sqlite":
        dangling = connection.execute(text("PRAGMA foreign_key_check")).fetchall()
        if dangling:
            raise RuntimeError(f"the steps would leave rows that point nowhere: {dangling[:5]}")


def _found(connection: Connection) -> int | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    wanted = text(f"SELECT version FROM {VERSION_TABLE} WHERE repository_id = 'mypi'")  # noqa: S608 - a constant
    version: int | None = connection.execute(wanted).scalar()
    return version


def _repository() -> Any:
    with _quietly():
        from migrate.versioning.repository import Repository

        return Repository(str(REPOSITORY))


@contextmanager
def _quietly() -> Iterator[None]:
    """Silence what sqlalchemy-migrate is known to warn of: pkg_resources, SQLAlchemy's old style, `load_module`."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        warnings.filterwarnings("ignore", message="Deprecated call to `pkg_resources")
        warnings.filterwarnings("ignore", message=r"the load_module\(\) method is deprecated")
        warnings.filterwarnings("ignore", message="invalid escape sequence")
        warnings.filterwarnings("ignore", category=SADeprecationWarning)
        yield


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    arguments = {"timeout": PATIENCE} if _is_sqlite(url) else {"options": f"-c lock_timeout={PATIENCE * 1000}"}
    # In the old style, which sqlalchemy-migrate speaks.
    engine = create_engine(url, connect_args=arguments)
    if _is_sqlite(url):

        @event.listens_for(engine, "connect")  # type: ignore[untyped-decorator]
        def prepare(connection: sqlite3.Connection, _record: object) -> None:
            # The driver would commit before each change of a table. Foreign keys stay off while tables are rebuilt.
            connection.isolation_level = None
            connection.execute("PRAGMA synchronous=EXTRA")

    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that keeps every act out, and others who would change the schema."""
    with _answering(), engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ACT_LOCK})
            yield connection


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        if error.statement is None or error.connection_invalidated:
            raise DatabaseUnreachable from error
        raise failure_of(error) from error


def _copy(file: Path, found: int) -> Path:
    """Copy an SQLite database as it is committed, for nobody but its owner to read. Raises DiskFull."""
    copy = file.with_name(f"{file.stem}-schema-{found}-{clock.now():%Y%m%dT%H%M%S%fZ}{file.suffix}")
    create_private(copy, b"")
    try:
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            target.execute("PRAGMA synchronous=EXTRA")
            source.backup(target)
    except BaseException as error:
        with suppress(FileNotFoundError):
            copy.unlink()
        if isinstance(error, sqlite3.OperationalError):
            raise DiskFull from error
        raise
    sync_folder(copy.parent)
    return copy


def _is_sqlite(url: str) -> bool:
    return bool(make_url(url).get_backend_name() == "sqlite")


def _sqlite_file(url: str) -> Path | None:
    return Path(make_url(url).database or "") if _is_sqlite(url) else None
