"""The history as people look through it: filtered, in pages, and nothing of what one does not manage."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from mypi import clock, errors
from mypi.database import writing
from mypi.registry import accounts, actors, events, history, indexes, indexing
from mypi.registry.actors import Actor, nobody
from mypi.registry.event_filters import FAMILIES, Filter, filter_of
from mypi.registry.events import Event, EventKind
from mypi.registry.history import PAGE_SIZE
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = [ON_BOTH_DATABASES, pytest.mark.leaves_damage("events are rows that no act made")]
MAIN, CLOSED = "team/main", "team/closed"
SHELL = actors.at_shell()


@pytest.fixture(autouse=True)
def closed(installation):
    """Add an index to which nobody is let in."""
    indexing.create_index(installation.registry, SHELL, CLOSED, Visibility.PRIVATE)


@pytest.fixture
def user(installation):
    """Return a function that adds a user who holds a right on what the patterns cover in the closed index."""

    def add(name, *patterns, right=Right.MANAGE):
        made = accounts.add_user(installation.registry, SHELL, name, "a-long-enough-password")
        for pattern in patterns:
            subject, index = Subject(SubjectKind.USER, user=made), indexes.get(CLOSED)
            accounts.set_grant(installation.registry, SHELL, subject, right, index, pattern, given=True)
        return Actor(made.id, made.name)

    return add


def happened(*projects, index=CLOSED, **said):
    """Add an event about each project as a row; return the serial before the first."""
    serial = events.newest().serial
    columns = dict.fromkeys(("actor", "address", "client", "version", "filename", "previous_digest", "digest"), "")
    columns |= {"time": clock.now(), "kind": "file.uploaded", "index_name": index, "details": {}} | said
    rows = [columns | {"serial": serial + number, "project": name} for number, name in enumerate(projects, 1)]
    with writing() as session:
        session.execute(insert(Event), rows)
    return serial


def told(page):
    return [event.project for event in page.events]


def test_who_manages_an_index_is_told_all_of_it_and_nothing_of_others(user):
    ada = user("ada", "*")
    happened("foo", "bar")
    happened("elsewhere", index=MAIN)
    page = history.of_index(ada, CLOSED.upper(), Filter())
    assert told(page)[:2] == ["bar", "foo"]
    assert {event.index for event in page.events} == {CLOSED}
    assert {event.kind for event in page.events} == {"index.created", "grant.given", "file.uploaded"}


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["foo"], ["foo"]),
        (["foo-*"], ["foo-b", "foo-a"]),
        (["fo?"], ["foo"]),
        (["*-a"], ["bar-a", "foo-a"]),
        (["foo", "bar-*", "?oo-b"], ["bar-a", "foo-b", "foo"]),
        ([f"x{number}" for number in range(3)], []),
    ],
)
def test_who_manages_some_projects_is_told_of_these(user, patterns, expected, monkeypatch):
    for most_named, batch in ((history.MOST_NAMED, history.NEWEST_BATCH), (0, 2)):
        monkeypatch.setattr(history, "MOST_NAMED", most_named)
        monkeypatch.setattr(history, "NEWEST_BATCH", batch)
        ada = user(f"ada{batch}", *patterns)
        before = happened("foo", "foo-a", "foo-b", "bar-a", "")
        page = history.of_index(ada, CLOSED, Filter())
        assert [event.project for event in page.events if event.serial > before] == expected
        assert all(told(page))


def test_who_manages_nothing_is_refused_as_everywhere(user):
    reader, uploader, stranger = user("reader", "*", right=Right.READ), user("up", "*", right=Right.UPLOAD), user("x")
    with pytest.raises(errors.LoginRequired):
        history.of_index(nobody(), CLOSED, Filter())
    with pytest.raises(errors.PermissionDenied):
        history.of_index(reader, CLOSED, Filter())
    for actor in (uploader, stranger):
        with pytest.raises(errors.NoSuchIndex):
            history.of_index(actor, CLOSED, Filter())
    for actor in (reader, user("ada", "*")):
        with pytest.raises(errors.PermissionDenied):
            history.of_server(actor, Filter())


def test_administrators_are_told_of_everything():
    happened("foo")
    page = history.of_server(SHELL, Filter())
    assert {"user.added", "index.created", "file.uploaded"} <= {event.kind for event in page.events}
    assert [event.serial for event in page.events] == list(range(events.newest().serial, 0, -1))


def test_pages_follow_each_other_and_show_each_event_once():
    first = happened(*(f"p{number}" for number in range(2 * PAGE_SIZE)))
    shown, before = [], None
    for expected in (PAGE_SIZE, PAGE_SIZE, first):
        page = history.of_server(SHELL, Filter(), before)
        assert len(page.events) == expected
        shown, before = shown + [event.serial for event in page.events], page.before
    assert before is None
    assert shown == list(range(events.newest().serial, 0, -1))


@pytest.mark.parametrize(("before", "count"), [(0, 0), (1, 0), (2, 1), (10**10, 3)])
def test_any_whole_number_is_a_serial_to_begin_before(before, count):
    assert len(history.of_server(SHELL, Filter(), before).events[:3]) == count


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["one", "two", "three"]),
        ({"project": "T.W_O"}, []),
        ({"project": "TWO"}, ["two"]),
        ({"actor": "ada"}, ["one"]),
        ({"kind": "file"}, ["one", "two"]),
        ({"kind": "file.yanked"}, ["two"]),
        ({"index": "Team/Other"}, ["three"]),
        ({"since": "2026-02-02"}, ["two", "three"]),
        ({"until": "2026-02-02"}, ["one", "two"]),
        ({"until": "2026-02-02T23:59"}, ["one"]),
        ({"since": "2026-02-02T23:59:30", "until": "2026-02-03 01:00+01:00"}, ["two"]),
        ({"actor": "ada", "kind": "release"}, []),
    ],
)
def test_filters_narrow_and_hold_together(asked, expected):
    day = datetime(2026, 2, 1, 12, tzinfo=UTC)
    serial = happened("one", actor="ada", time=day)
    happened("two", kind="file.yanked", time=day.replace(day=2, hour=23, minute=59, second=59))
    happened("three", kind="release.yanked", time=day + timedelta(days=2), index="team/other")
    wanted = filter_of(asked)
    assert [one.project for one in history.after(wanted, serial)] == expected
    assert [one.project for one in history.newest(wanted, 3) if one.serial > serial] == expected
    assert [one for one in told(history.of_server(SHELL, wanted)) if one in expected] == expected[::-1]


@pytest.mark.parametrize(
    "asked",
    [
        *({"since": text} for text in ("yesterday", "2026-02-31", "0001-01-01T00:00+14:00", "\x00")),
        *({"until": text} for text in ("9999-12-31", "-1")),
        *({"kind": text} for text in ("files", "file.", "token.stolen", "\x00")),
        {"project": "not a name"},
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_be_right(asked):
    with pytest.raises((errors.InvalidValue, errors.InvalidProjectName)):
        history.of_server(SHELL, filter_of(asked))


def test_the_newest_come_in_their_order_and_all_of_them_in_batches(monkeypatch):
    monkeypatch.setattr(history, "BATCH", 3)
    serial = happened(*"abcdefg")
    assert [one.project for one in history.newest(Filter(), 2)] == ["f", "g"]
    assert [one.project for one in history.after(Filter(), serial)] == list("abcdefg")
    assert list(history.after(Filter(), serial + 7)) == []


def test_an_event_says_with_which_token_and_what_of_its_details_is_not_empty():
    happened(
        "foo", details={"token": {"id": 3, "name": "ci"}, "sha256": "ab", "files": [], "was_there": True, "no": None}
    )
    (one,) = history.newest(Filter(), 1)
    assert one.token == "ci"
    assert one.said == (("sha256", "ab"), ("was there", "yes"))


@pytest.mark.parametrize("details", [[], 1, {"token": "x"}, {"token": None}, {"files": [["a", "b"]]}])
def test_details_of_any_shape_can_be_shown(details):
    happened("foo", details=details)
    (one,) = history.newest(Filter(), 1)
    assert one.token == ""
    assert all(isinstance(text, str) for pair in one.said for text in pair)


def test_details_do_not_name_an_index_of_which_one_may_not_know(installation, user):
    ada, details = user("ada", "*"), {"bases": [MAIN, "team/hidden", CLOSED], "of": {"source": "team/hidden"}, "n": 1}
    happened("foo", details=details)
    (one, *_) = history.of_index(ada, CLOSED, Filter()).events
    assert one.details == details, "there is no such index"
    indexing.create_index(installation.registry, SHELL, "team/hidden", Visibility.PRIVATE)
    (one, *_) = history.of_index(ada, CLOSED, Filter()).events
    assert one.details == {"bases": [MAIN, "another index", CLOSED], "of": {"source": "another index"}, "n": 1}
    assert history.of_index(SHELL, CLOSED, Filter()).events[0].details == details


def test_every_kind_is_of_a_family():
    assert {kind.value.partition(".")[0] for kind in EventKind} == set(FAMILIES)


def test_of_an_index_that_had_the_name_before_its_managers_are_told_nothing(installation):
    before = "ada/dev"
    indexing.create_index(installation.registry, SHELL, before, Visibility.PRIVATE, volatile=True)
    indexing.delete_index(installation.registry, SHELL, indexes.get(before))
    ada = accounts.add_user(installation.registry, SHELL, "ada", "a-long-enough-password")
    actor = Actor(ada.id, ada.name)
    indexing.create_index(installation.registry, actor, before, Visibility.PUBLIC)
    assert [(event.kind, event.actor) for event in history.of_index(actor, before, Filter()).events] == [
        ("index.created", "ada")
    ]
