"""Events: serials without gaps, and a history that shows when it was changed."""

import pytest
from sqlalchemy import text

from mypi.database import reading, writing
from mypi.registry import events
from mypi.registry.events import FIRST_DIGEST
from tests.support import builders

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
