"""Each act leaves exactly one event that names actor, object and time; done again it leaves none."""

import pytest
from sqlalchemy import select, update

from mypi.database import db, reading, writing
from mypi.registry import events
from mypi.registry.acts import act
from mypi.registry.events import EventKind
from mypi.registry.projects import Project
from mypi.registry.users import User
from tests.registry.every_act import CASES, STEPS, called, names_of_acts, parameters
from tests.support import builders
from tests.support.peopled import MAIN


def test_every_act_of_the_registry_has_a_case():
    assert set(names_of_acts()) - STEPS == {case.partition(" ")[0] for case in CASES}


@pytest.mark.parametrize("case", parameters(CASES))
def test_an_act_leaves_one_event_and_done_again_none(peopled, case):
    CASES[case].prepare(peopled, MAIN, "foo-a")
    before = peopled.serial()

    called(case, peopled, peopled.actor("admin"))

    (event,) = peopled.events()[before:]
    assert (event.kind, event.actor, event.address) == (CASES[case].kind, "admin", "192.0.2.1")
    assert event.time.tzinfo is not None
    on_index = CASES[case].right is not None or case.startswith("damage")
    assert event.index_name == (MAIN if on_index else "team/new" if "create_index" in case else "")
    assert peopled.installation.publisher.tree.mark().serial == event.serial

    again = CASES[case].again
    if isinstance(again, bool):
        called(case, peopled, peopled.actor("admin"))
        assert len(peopled.events()) - before - 1 == int(again)
    else:
        with pytest.raises(again):
            called(case, peopled, peopled.actor("admin"))
        assert len(peopled.events()) - before == 1
    with reading():
        assert list(events.breaks_in_chain()) == []


def test_an_act_that_changes_rows_and_leaves_no_event_is_a_mistake_and_is_undone(peopled):
    with pytest.raises(RuntimeError, match="leaves an event"), act(peopled.registry, peopled.actor("shell")) as wrong:
        wrong.session.add(User(name="ghost", password_hash="", created_at=None))
    assert not peopled.rows(User, User.name == "ghost")


def test_an_act_that_leaves_two_events_is_a_mistake_and_is_undone(peopled):
    def leave_two() -> None:
        with act(peopled.registry, peopled.actor("shell")) as wrong:
            wrong.record(EventKind.GROUP_ADDED, group="one")
            wrong.record(EventKind.GROUP_ADDED, group="two")

    before = peopled.events()
    with pytest.raises(RuntimeError, match="leaves one event"):
        leave_two()
    assert peopled.events() == before


def test_an_act_that_is_broken_off_is_undone(peopled):
    def break_off() -> None:
        with act(peopled.registry, peopled.actor("shell")) as broken:
            broken.record(EventKind.GROUP_ADDED, group="one")
            raise KeyError

    before = peopled.events()
    with pytest.raises(KeyError):
        break_off()
    assert peopled.events() == before


def test_the_serial_of_a_project_is_the_number_of_its_newest_event(peopled):
    for name in ("foo", "bar", "foo"):
        version = str(peopled.serial())
        peopled.upload(builders.wheel(name, version))
        (project,) = peopled.rows(Project, Project.normalized_name == name)
        assert project.serial == peopled.serial() == peopled.page(name)["meta"]["_last-serial"]


@pytest.mark.parametrize("afresh", [reading, writing])
def test_a_transaction_remembers_no_row_from_the_act_before_it(peopled, afresh):
    peopled.upload(builders.wheel("foo", "1.0"))
    wanted = select(Project).where(Project.normalized_name == "foo")
    with writing() as session:
        project = session.scalar(wanted)
        project.summary = "of this process"
    for summary in ("of another process", ""):
        with db.engine.begin() as another_process:
            another_process.execute(update(Project).values(summary=summary))
        with afresh() as session:
            assert session.scalar(wanted) is project
            assert project.summary == summary
