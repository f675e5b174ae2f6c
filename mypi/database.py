"""The SQLAlchemy object and the session rules of SQLite and PostgreSQL.

SQLite keeps a rollback journal with `synchronous=EXTRA`: a power cut loses nothing acknowledged, and the index can
still be read when the disk is full or read-only (docs/decisions/sqlite-journal.rst). The pragmas belong to a
connection, so that every connection sets them.
"""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, MetaData, Text, TypeDecorator, event, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.pool import QueuePool

from mypi import clock
from mypi.errors import DatabaseBusy, DiskFull, InvalidValue

ACT_LOCK = 0x6D797069
"""The PostgreSQL advisory lock under which acts follow each other, so that serials rise in the order of commits."""

TURN = "mypi_turn"
PAUSE = 0.001
"""Seconds between two looks whether the turn to write has come."""

MOST_THREADS = 60
"""Threads of a process in apache/mypi.conf: none of them waits for another's connection."""

db = SQLAlchemy(
    metadata=MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    ),
    session_options={"future": True, "expire_on_commit": False},
    engine_options={"future": True},
)

if TYPE_CHECKING:

    class Model:
        """What the type checker sees of `db.Model`: SQLAlchemy 1.4 brings no types of its own."""

        __tablename__: str
        __table_args__: Any

        def __init__(self, **columns: Any) -> None: ...

else:
    Model = db.Model


class UTCDateTime(TypeDecorator):  # type: ignore[misc]  # SQLAlchemy 1.4 brings no types
    """A moment: aware and in UTC in Python, without zone in the table, to the microsecond."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Return what is stored; a moment without zone is a mistake of the caller."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Return what was stored, with its zone."""
        return value and value.replace(tzinfo=UTC)


class JSONText(TypeDecorator):  # type: ignore[misc]
    """A JSON value in a text column: the same on every database, with its keys in order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: object) -> str | None:
        """Return the canonical text of a value."""
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: object) -> Any:
        """Return the value of a text; what somebody changed into no JSON is told as such, for `mypi verify` to name."""
        try:
            return None if value is None else json.loads(value)
        except ValueError:
            return {"unreadable": value}


def attach(app: Flask, url: str, busy_timeout: int) -> None:
    """Give the application its database. `busy_timeout` is in seconds."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    options: dict[str, Any] = {"max_overflow": MOST_THREADS}
    # Both are told the seconds that a connection waits for a lock, each in its own way.
    if url.startswith("sqlite"):
        options["poolclass"] = QueuePool  # a connection is made once, and not for each transaction
        options["connect_args"] = {"timeout": busy_timeout, "check_same_thread": False}
    else:
        options["connect_args"] = {"options": f"-c lock_timeout={busy_timeout * 1000} -c timezone=UTC"}
        options["pool_pre_ping"] = True
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.extensions[TURN] = threading.Lock(), busy_timeout
    db.init_app(app)
    with app.app_context():
        _follow_rules(db.engine, busy_timeout)


def connect(url: str, busy_timeout: int) -> Flask:
    """Return a bare application that has the database and nothing else: what a command works in."""
    app = Flask("mypi.database")
    attach(app, url, busy_timeout)
    return app


def close() -> None:
    """Close all connections of this application that no transaction is using."""
    db.session.remove()
    db.engine.dispose()


def _follow_rules(engine: Engine, busy_timeout: int) -> None:
    if engine.dialect.name != "sqlite":
        event.listen(engine, "before_cursor_execute", _refuse_nul)
        return

    file = engine.url.database

    @event.listens_for(engine, "connect")  # type: ignore[untyped-decorator]
    def set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
        # The driver must not open transactions by itself: `begin` below says which kind.
        connection.isolation_level = None
        for pragma in ("foreign_keys=ON", "synchronous=EXTRA"):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")  # type: ignore[untyped-decorator]
    def refuse_another_file(_connection: object, record: Any, _proxy: object) -> None:
        # A database that was put in the place of this one, from a backup for example, is met by the next transaction.
        if record.info["file"] != _identity(file):
            raise DisconnectionError

    @event.listens_for(engine, "begin")  # type: ignore[untyped-decorator]
    def begin(connection: Any) -> None:
        options = connection.get_execution_options()
        if options.get("mypi_writes", False):
            _begin_writing(connection.connection.dbapi_connection, options.get("mypi_patience", busy_timeout))
        else:
            connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: sqlite3.Connection, patience: float) -> None:
    """Begin a transaction that may write as soon as nobody else does.

    SQLite waits by itself too, but sleeps up to 100 ms between two looks, while nobody writes.
    """
    end = clock.monotonic() + patience
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while not _begins(connection, may_wait=clock.monotonic() < end):
            time.sleep(PAUSE)
    finally:
        connection.execute(f"PRAGMA busy_timeout={int(patience * 1000)}")


def _begins(connection: sqlite3.Connection, *, may_wait: bool) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if may_wait and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise OperationalError("BEGIN IMMEDIATE", None, error) from error
    return True


def _identity(file: str) -> tuple[int, int] | None:
    try:
        status = Path(file).stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _refuse_nul(_connection: object, _cursor: object, _statement: str, parameters: Any, *_: object) -> None:
    """Refuse what PostgreSQL has no way to hold, before its driver calls it a mistake of the program."""
    rows = parameters if isinstance(parameters, list) else [parameters]
    for row in rows:
        for value in row.values() if isinstance(row, dict) else row:
            if isinstance(value, str) and "\x00" in value:
                raise InvalidValue(what="text", value=value, right="leave out the NUL character")


def _afresh() -> Any:
    """Return the session without transaction and without memory of rows: a commit lets it keep what it had read."""
    db.session.rollback()
    db.session.expire_all()
    return db.session


@contextmanager
def _turn() -> Iterator[None]:
    """Let the threads of this process ask for the turn to write one after the other: the rest wait without looking."""
    turn, patience = current_app.extensions[TURN]
    if not turn.acquire(timeout=patience):
        raise DatabaseBusy
    try:
        yield
    finally:
        turn.release()


@contextmanager
def writing() -> Iterator[Any]:
    """Yield the session in a transaction that may write: committed at the end, undone when something is raised.

    Writers follow each other. Raises DatabaseBusy when the turn does not come in time, DiskFull when there is no room.
    """
    session = _afresh()
    try:
        with _turn():
            connection = session.connection(execution_options={"mypi_writes": True})
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ACT_LOCK})
            yield session
            session.commit()
    except OperationalError as error:
        session.rollback()
        raise failure_of(error) from error
    except BaseException:
        session.rollback()
        raise


@contextmanager
def writing_if_free() -> Iterator[Any]:
    """Yield a connection in a transaction of its own, for what is not worth waiting for; it is no part of an act.

    Raises DatabaseBusy at once when somebody else writes or, with SQLite, reads at the end of it; DiskFull.
    """
    try:
        with (
            db.engine.connect().execution_options(mypi_writes=True, mypi_patience=0) as connection,
            _patient_afterwards(connection),
            connection.begin(),
        ):
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = '1ms'"))
            yield connection
    except OperationalError as error:
        raise failure_of(error) from error


@contextmanager
def _patient_afterwards(connection: Any) -> Iterator[None]:
    """Let an SQLite connection that waits for nothing, not even to commit, be as it was for whoever has it next."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    (milliseconds,) = driver.execute("PRAGMA busy_timeout").fetchone()
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")


@contextmanager
def reading() -> Iterator[Any]:
    """Yield the session on one snapshot; it is released at the end, so that writers do not wait for what follows."""
    session = _afresh()
    try:
        if db.engine.dialect.name == "postgresql":  # where each statement would see another state otherwise
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
    except OperationalError as error:
        raise failure_of(error) from error
    finally:
        session.rollback()


def failure_of(error: Exception) -> Exception:
    """Return what an error of the database means to a client: DatabaseBusy, DiskFull; any other error as it is."""
    said = str(error.orig).lower() if isinstance(error, OperationalError) else ""
    if "locked" in said or "lock timeout" in said or "busy" in said:
        return DatabaseBusy()
    if any(word in said for word in ("full", "no space", "readonly", "read-only", "disk i/o error", "unable to open")):
        return DiskFull()
    return error
