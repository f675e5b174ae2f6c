"""Rows that do not agree with each other are found: references, history, what is calculated."""

import sqlite3
from contextlib import closing

import pytest

from mypi.database import db
from mypi.registry.files import File
from tests.publishing.verification.damaging import WHEEL, execute, found
from tests.support.peopled import MAIN


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'somebody'",
        "address = '203.0.113.9'",
        "client = 'else'",
        "version = '9.9'",
        "filename = 'else.whl'",
        "details = '{}'",
        "time = '2001-01-01 00:00:00.000000'",
        "previous_digest = 'g' || substr(previous_digest, 2)",
    ],
)
def test_a_changed_event_is_named(filled, change):
    serial = filled.serial() - 1
    calculated = {("project.outdated", f"{MAIN}: other")} if change.startswith("time") else set()
    execute(f"UPDATE events SET {change} WHERE serial = :serial", serial=serial)
    differences = found(filled)
    assert {one for one in differences if not one[0].startswith("page.")} == {
        ("event.changed", f"event {serial}")
    } | calculated


def test_the_event_after_one_that_was_removed_is_named(filled):
    execute("DELETE FROM events WHERE serial = 2")
    assert found(filled) == {("event.changed", "event 3")}


def test_every_event_after_the_first_batch_is_read(filled, monkeypatch):
    monkeypatch.setattr("mypi.registry.events.CHAIN_BATCH", 2)
    assert found(filled) == set()
    execute("UPDATE events SET actor = 'x' WHERE serial IN (2, 3, :last)", last=filled.serial())
    named = {("event.changed", f"event {serial}") for serial in (2, 3, filled.serial())}
    assert found(filled) == named


@pytest.mark.parametrize("change", ["newest_version = '1.0'", "summary = 'else'", "changed_at = '2001-01-01 00:00:00'"])
def test_an_outdated_calculated_column_is_named(filled, change):
    execute(f"UPDATE projects SET {change} WHERE normalized_name = 'demo'")
    differences = found(filled)
    assert ("project.outdated", f"{MAIN}: demo") in differences
    assert {kind for kind, _ in differences} <= {"project.outdated", "page.time-changed"}


def test_a_project_serial_that_is_not_its_newest_event_is_named_with_the_pages_that_show_the_right_one(filled):
    execute("UPDATE projects SET serial = serial - 1 WHERE normalized_name = 'demo'")
    differences = found(filled)
    assert ("project.outdated", f"{MAIN}: demo") in differences
    assert ("page.changed", f"public/{MAIN}/simple/demo/current.txt") in differences


def test_a_row_whose_reference_leads_nowhere_is_named(filled):
    (file,) = filled.rows(File, File.filename == WHEEL[0])
    db.session.remove()
    with closing(sqlite3.connect(filled.data / "mypi.sqlite")) as connection:
        connection.execute("DELETE FROM releases WHERE id = ?", (file.release_id,))
        connection.commit()
    differences = found(filled)
    assert {one for one in differences if one[0] == "row.orphaned"} == {
        ("row.orphaned", f"files, row {row.id}") for row in filled.rows(File, File.release_id == file.release_id)
    }


def test_a_damaged_database_is_named(filled):
    (file,) = filled.rows(File, File.filename == WHEEL[0])
    db.session.remove()
    db.engine.dispose()
    place = filled.data / "mypi.sqlite"
    with closing(sqlite3.connect(place)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_files_sha256'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    body = bytearray(place.read_bytes())
    key = body.index(file.sha256.encode(), (root - 1) * size, root * size)
    body[key] ^= 1
    place.write_bytes(body)
    assert {kind for kind, _ in found(filled)} == {"database.damaged"}
