"""Who writes when: one after the other, and nobody waits for longer than was said."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import text

from mypi import database
from mypi.config import Settings
from mypi.database import writing
from mypi.errors import DatabaseBusy

COUNT_ONE = text("UPDATE counts SET number = number + 1")


@pytest.fixture
def app(settings: Settings) -> Flask:
    """Return an application with a table that counts, and no patience."""
    settings.data_directory.mkdir()
    app = database.connect(settings.sqlalchemy_url, busy_timeout=0)
    with app.app_context(), writing() as session:
        session.execute(text("CREATE TABLE counts (number INTEGER)"))
        session.execute(text("INSERT INTO counts VALUES (0)"))
    return app


def write(app: Flask) -> None:
    """Count one more."""
    with app.app_context(), writing() as session:
        session.execute(COUNT_ONE)


def counted(app: Flask) -> int:
    """Return what was counted."""
    with app.app_context(), database.reading() as session:
        return int(session.scalar(text("SELECT number FROM counts")))


def test_who_waits_for_another_thread_or_process_is_told_after_the_patience(app: Flask, settings: Settings) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def write_long() -> None:
        with app.app_context(), writing() as session:
            session.execute(COUNT_ONE)
            begun.set()
            may_end.wait()

    with ThreadPoolExecutor() as pool:
        other = pool.submit(write_long)
        begun.wait()
        another_process = database.connect(settings.sqlalchemy_url, busy_timeout=0)
        for waiting in (app, another_process):
            with pytest.raises(DatabaseBusy):
                write(waiting)
        may_end.set()
        other.result()
    write(app)
    write(another_process)
    assert counted(app) == 3


def test_writers_of_several_threads_and_processes_all_have_their_turn(settings: Settings, app: Flask) -> None:
    patient = [database.connect(settings.sqlalchemy_url, busy_timeout=60) for _ in range(2)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, patient * 20))
    assert counted(app) == 40


def test_what_failed_leaves_the_turn_to_the_next(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), app.app_context(), writing():
        1 / 0  # noqa: B018 - it fails
    write(app)
    assert counted(app) == 1
