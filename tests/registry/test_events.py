"""Events: serials without gaps, and a history that shows when it was changed."""

from datetime import UTC

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from mypi.database import db, reading, writing
from mypi.registry import events
from mypi.registry.events import FIRST_DIGEST, Event
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES

CHANGES = [
    "UPDATE events SET actor = 'somebody else' WHERE serial = 3",
    "UPDATE events SET time = '2001-01-01 00:00:00.000000' WHERE serial = 3",
    "UPDATE events SET details = '{}' WHERE serial = 3",
    "UPDATE events SET filename = 'other' WHERE serial = 3",
    "UPDATE events SET digest = previous_digest WHERE serial = 3",
    "DELETE FROM events WHERE serial = 3",
]


def breaks() -> list[int]:
    with reading():
        return list(events.breaks_in_chain())


def test_serials_rise_by_one_and_each_event_holds_the_digest_of_the_one_before(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    history = peopled.events()
    assert [event.serial for event in history] == list(range(1, len(history) + 1))
    assert [event.previous_digest for event in history] == [FIRST_DIGEST, *(event.digest for event in history[:-1])]
    assert breaks() == []


@pytest.mark.leaves_damage("the history is changed by hand")
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_history_shows(peopled, change):
    for version in ("1.0", "2.0"):
        peopled.upload(builders.wheel("foo", version))
    with writing() as session:
        session.execute(text(change))
    assert breaks()[0] in {3, 4}


def test_events_since_a_serial_are_those_after_it(peopled):
    before = peopled.serial()
    peopled.upload(builders.wheel("foo", "1.0"))
    with reading():
        assert [event.serial for event in events.since(before)] == [before + 1]
        assert events.since(before + 1) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
CHANGED = {
    **dict.fromkeys(("actor", "address", "client", "kind", "index_name", "project", "version", "filename"), TEXTS),
    **dict.fromkeys(("previous_digest", "digest"), TEXTS),
    "time": st.datetimes(timezones=st.just(UTC)),
    "details": st.dictionaries(TEXTS, TEXTS | st.integers() | st.lists(TEXTS)),
}


def test_what_a_change_is_tried_on_is_every_column_but_the_number_of_the_row():
    assert set(CHANGED) == {column.name for column in Event.__table__.columns} - {"serial"}


@pytest.mark.leaves_damage("the history is changed by hand")
@ON_BOTH_DATABASES
def test_any_changed_row_breaks_the_chain_at_that_row(installation):
    with reading():
        known = {event.serial: vars(event).copy() for event in db.session.scalars(select(Event))}

    def set_value(serial, column, value):
        with writing() as session:
            session.execute(update(Event).where(Event.serial == serial).values({column: value}))

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(sorted(known)), st.data())
    def change(serial, data):
        column = data.draw(st.sampled_from(sorted(CHANGED)))
        value = data.draw(CHANGED[column])
        assume(value != known[serial][column])
        set_value(serial, column, value)
        assert breaks()[0] == serial
        set_value(serial, column, known[serial][column])
        assert breaks() == []

    assert len(known) > 2
    change()


@pytest.mark.leaves_damage("the history is changed by hand")
@pytest.mark.parametrize("value", ["'yesterday'", "''", "x'ff'", "'2026-02-31 00:00:00'"])
@pytest.mark.parametrize("column", ["time", "details", "actor"])
def test_what_no_event_can_say_is_a_break_too_and_no_error(peopled, column, value):
    peopled.upload(builders.wheel("foo", "1.0"))
    with writing() as session:
        session.execute(text(f"UPDATE events SET {column} = {value} WHERE serial = 3"))
    assert breaks() == [3]
