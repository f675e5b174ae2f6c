"""The journal: each act in the words of mirrors, no event in part, and nothing of what one may not read."""

import pytest
from sqlalchemy import insert

from mypi import clock, errors
from mypi.database import writing
from mypi.registry import (
    accounts,
    actors,
    deleting,
    events,
    indexes,
    indexing,
    journal,
    project_statuses,
    registering,
    uploading,
    yanking,
)
from mypi.registry.actors import nobody
from mypi.registry.events import Event, EventKind
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.uploading import Submission
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES
from tests.support.peopled import MAIN, SCRATCH, SECRET
from tests.support.withholding import withhold

WHEEL, SDIST = "foo_bar-1.0-py3-none-any.whl", "foo_bar-1.0.tar.gz"


@pytest.fixture
def act(installation):
    return lambda function, *words, **named: function(
        installation.registry, actors.at_shell(), indexes.get(MAIN), *words, **named
    )


@pytest.fixture
def upload(installation, act):
    def upload_one(built):
        filename, body = built
        incoming = installation.storage.receive()
        incoming.write(body)
        return act(uploading.upload, Submission(filename, incoming))

    return upload_one


def lines(serial=0, actor=None, index=MAIN):
    return [(entry.project, entry.version, entry.action) for entry in journal.since(actor or nobody(), index, serial)]


def events_of(*projects, index=MAIN, kind=EventKind.FILE_DELETED):
    """Add an event about each project as a row: an act for each of thousands takes minutes."""
    newest = events.newest().serial
    columns = dict.fromkeys(("actor", "address", "client", "version", "previous_digest", "digest"), "")
    columns |= {"time": clock.now(), "kind": kind.value, "index_name": index, "filename": "f", "details": {}}
    rows = [columns | {"serial": newest + n, "project": name} for n, name in enumerate(projects, 1)]
    with writing() as session:
        session.execute(insert(Event), rows)
    return newest


@ON_BOTH_DATABASES
def test_a_life_of_a_project_is_told_in_the_words_of_mirrors(upload, act):
    before = events.newest().serial
    act(registering.register, "Foo_Bar")
    upload(builders.wheel("Foo_Bar", "1.0"))
    upload(builders.sdist("Foo_Bar", "1.0"))
    act(yanking.set_release_yanked, "foo-bar", "1.0", yanked=True)
    act(yanking.set_release_yanked, "foo-bar", "1.0", yanked=False)
    act(yanking.set_file_yanked, "foo-bar", WHEEL, yanked=True)
    act(yanking.set_file_yanked, "foo-bar", WHEEL, yanked=False)
    act(project_statuses.set_status, "foo-bar", ProjectStatus.ARCHIVED)
    act(deleting.delete_file, "foo-bar", SDIST)
    act(deleting.delete_release, "foo-bar", "1.0")
    act(deleting.delete_project, "foo-bar")
    assert lines(before) == [
        ("foo-bar", "", "create"),
        ("foo-bar", "1.0", "new release"),
        ("foo-bar", "1.0", f"add py3 file {WHEEL}"),
        ("foo-bar", "1.0", f"add source file {SDIST}"),
        ("foo-bar", "1.0", "yank release"),
        ("foo-bar", "1.0", "unyank release"),
        ("foo-bar", "1.0", f"yank file {WHEEL}"),
        ("foo-bar", "1.0", f"unyank file {WHEEL}"),
        ("foo-bar", "", "set status archived"),
        ("foo-bar", "1.0", f"remove file {SDIST}"),
        ("foo-bar", "1.0", "remove release"),
        ("foo-bar", "", "remove project"),
    ]
    assert journal.last_serial(nobody(), MAIN) == events.newest().serial == before + 11


@ON_BOTH_DATABASES
def test_an_upload_that_founds_a_project_has_three_lines_of_one_serial(upload):
    before = events.newest()
    upload(builders.wheel("foo", "1.0"))
    found = journal.since(nobody(), MAIN, before.serial)
    assert [entry.action for entry in found] == ["create", "new release", "add py3 file foo-1.0-py3-none-any.whl"]
    assert {entry.serial for entry in found} == {before.serial + 1}
    assert found[0].time == events.newest().time


def test_a_release_that_comes_back_is_new_again(upload, act):
    upload(builders.wheel("foo", "1.0"))
    act(deleting.delete_project, "foo")
    before = events.newest().serial
    upload(builders.sdist("foo", "1.0"))
    assert lines(before)[:2] == [("foo", "", "create"), ("foo", "1.0", "new release")]


def test_a_replaced_file_is_removed_and_added(peopled):
    peopled.upload(builders.wheel("foo", "1.0"), index=SCRATCH)
    before = peopled.serial()
    peopled.upload(builders.wheel("foo", "1.0", summary="another"), index=SCRATCH)
    actions = [action for _, _, action in lines(before, index=SCRATCH)]
    assert actions == ["remove file foo-1.0-py3-none-any.whl", "add py3 file foo-1.0-py3-none-any.whl"]


@pytest.mark.leaves_damage("a file is marked as damaged that is not")
def test_a_file_that_is_withheld_is_told_as_a_mirror_must_fetch_the_page(peopled):
    built = builders.wheel("foo", "1.0")
    peopled.upload(built)
    before = peopled.serial()
    withhold(peopled.registry, peopled.actor("shell"), peopled.index(), built[0])
    peopled.upload(built)
    assert lines(before) == [("foo", "1.0", f"withhold file {built[0]}"), ("foo", "1.0", f"offer file {built[0]}")]


def test_every_kind_of_event_about_a_project_has_its_words():
    about_projects = {kind for kind in EventKind if kind.value.startswith(("project.", "release.", "file."))}
    assert about_projects <= set(journal.ACTIONS)


@ON_BOTH_DATABASES
def test_what_is_about_no_project_is_not_told_and_does_not_count(installation, upload):
    upload(builders.wheel("foo", "1.0"))
    serial = events.newest().serial
    shell, index = actors.at_shell(), indexes.get(MAIN)
    subject = Subject(SubjectKind.AUTHENTICATED)
    accounts.set_grant(installation.registry, shell, subject, Right.UPLOAD, index, "foo", given=True)
    assert events.newest().serial == serial + 1
    assert lines(serial) == []
    assert journal.last_serial(nobody(), MAIN) == serial


@ON_BOTH_DATABASES
@pytest.mark.parametrize(
    ("serial", "count"), [(-(10**30), 3), (-1, 3), (0, 3), (2**31 - 1, 0), (2**31, 0), (10**30, 0)]
)
def test_any_whole_number_is_a_serial_to_begin_after(upload, serial, count):
    upload(builders.wheel("foo", "1.0"))
    assert len(lines(serial)) == count


@pytest.mark.leaves_damage("events are rows that no act made")
@ON_BOTH_DATABASES
def test_all_answers_together_are_the_whole_journal(installation, monkeypatch):
    monkeypatch.setattr(journal, "MOST_ENTRIES", 7)
    monkeypatch.setattr(journal, "BATCH", 3)
    serial = events_of(*(f"p{number}" for number in range(24)))
    told = []
    while part := journal.since(nobody(), MAIN, serial):
        assert len(part) <= 7
        told += [entry.project for entry in part]
        serial = part[-1].serial
    assert told == [f"p{number}" for number in range(24)]


@pytest.mark.leaves_damage("events are rows that no act made")
def test_the_lines_of_one_event_are_never_parted(peopled, monkeypatch):
    serial = events_of("early")
    peopled.upload(builders.wheel("foo", "1.0"))
    monkeypatch.setattr(journal, "MOST_ENTRIES", 3)
    first = journal.since(nobody(), MAIN, serial)
    assert [entry.project for entry in first] == ["early"]
    assert len(journal.since(nobody(), MAIN, first[-1].serial)) == 3


@pytest.mark.leaves_damage("events are rows that no act made")
def test_an_answer_is_full_of_what_one_may_read_however_much_lies_between(peopled, monkeypatch):
    monkeypatch.setattr(journal, "BATCH", 4)
    serial = events_of(*(f"{'foo' if number % 9 == 0 else 'other'}-{number}" for number in range(40)), index=SECRET)
    reader = peopled.actor("patterned")
    assert [project for project, _, _ in lines(serial, reader, SECRET)] == [f"foo-{n}" for n in (0, 9, 18, 27, 36)]
    assert journal.last_serial(reader, SECRET) == serial + 37


def test_another_index_is_another_journal(peopled):
    before = peopled.serial()
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    assert lines(before) == []
    assert len(lines(before, peopled.actor("reader"), SECRET)) == 3


@pytest.mark.parametrize(
    "ask", [lambda actor: journal.since(actor, SECRET, 0), lambda actor: journal.last_serial(actor, SECRET)]
)
def test_a_journal_is_for_readers(peopled, ask):
    peopled.upload(builders.wheel("foo", "1.0"), index=SECRET)
    assert ask(peopled.actor("reader"))
    with pytest.raises(errors.LoginRequired):
        ask(peopled.actor(""))
    for name in ("stranger", "uploader"):
        with pytest.raises(errors.NoSuchIndex):
            ask(peopled.actor(name))


def test_the_name_of_the_index_may_be_spelt_in_any_case(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    assert journal.since(nobody(), MAIN.upper(), 0) == journal.since(nobody(), MAIN, 0) != []
    assert journal.last_serial(nobody(), MAIN.upper()) == peopled.serial()


def test_of_an_index_that_had_the_name_before_nothing_is_told(peopled):
    peopled.upload(builders.wheel("unannounced", "1.0"), index=SCRATCH)
    shell = peopled.actor("shell")
    indexing.delete_index(peopled.registry, shell, peopled.index(SCRATCH))
    indexing.create_index(peopled.registry, shell, SCRATCH, Visibility.PUBLIC)
    assert journal.newest(nobody(), SCRATCH).items == ()
    assert journal.since(nobody(), SCRATCH, 0) == []
    assert journal.last_serial(nobody(), SCRATCH) == 0
    peopled.upload(builders.wheel("announced", "1.0"), index=SCRATCH)
    assert {change.project for change in journal.newest(nobody(), SCRATCH).items} == {"announced"}
