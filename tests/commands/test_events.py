"""`mypi events`: what it shows to people and to scripts, what it follows, and its exit codes."""

import json
import signal
import subprocess

import pytest
from sqlalchemy import text

from mypi.database import writing
from mypi.registry.events import EventKind
from tests.support import builders
from tests.support.installations import MYPI, CommandLine
from tests.support.peopled import SCRATCH


@pytest.fixture
def run(peopled):
    peopled.upload(builders.wheel("demo", "1.0"), by="uploader")
    return CommandLine(peopled.settings).here


def listed(answered):
    assert (answered.code, answered.err) == (0, "")
    return json.loads(answered.out)


def test_the_newest_events_are_lines_in_their_order(peopled, run):
    peopled.upload(builders.wheel("other", "1.0"), index=SCRATCH)
    lines = run("events", "--most", "2").out.splitlines()
    serial = peopled.serial()
    assert [line.split()[0] for line in lines] == [str(serial - 1), str(serial)]
    assert "uploader  file.uploaded  team/main  demo-1.0-py3-none-any.whl  new project: yes" in lines[0]
    assert "admin  file.uploaded  team/scratch  other-1.0-py3-none-any.whl" in lines[1]


def test_filters_choose(peopled, run):
    peopled.upload(builders.wheel("other", "1.0"), index=SCRATCH)
    for words in (
        ["--index", "Team/Main", "--kind", "file"],
        ["--project", "DEMO"],
        ["--actor", "uploader"],
        ["--kind", "file.uploaded", "--until", "2999-01-01", "--since", "2020-01-01T00:00", "--index", "team/main"],
    ):
        assert [one["project"] for one in listed(run("events", "--json", *words))] == ["demo"], words
    assert listed(run("events", "--json", "--until", "2020-01-01")) == []
    assert run("events", "--since", "2999-01-01").out == "there are no such events\n"


def test_a_script_is_told_everything_of_an_event(peopled, run):
    (one,) = listed(run("events", "--json", "--most", "1"))
    assert (one["serial"], one["actor"], one["token"], one["kind"]) == (
        *(peopled.serial(), "uploader", ""),
        EventKind.FILE_UPLOADED.value,
    )
    assert one["address"] == "192.0.2.1"
    assert one["details"]["new_project"] is True
    assert one["time"].endswith("Z")


def test_all_of_them_are_all(peopled, run):
    assert [one["serial"] for one in listed(run("events", "--all", "--json"))] == list(range(1, peopled.serial() + 1))
    assert len(run("events", "--all").out.splitlines()) == peopled.serial()


@pytest.mark.parametrize("words", [["--since", "yesterday"], ["--until", "2026-02-31"], ["--project", "not a name"]])
def test_what_cannot_be_meant_is_refused_in_a_line(run, words):
    answered = run("events", *words)
    assert answered.code == 1
    assert len(answered.err.splitlines()) == 1
    assert answered.out == ""


def test_a_kind_that_is_none_is_a_wrong_command_line(run):
    assert run("events", "--kind", "theft").code == 2


@pytest.mark.leaves_damage("the history is changed by hand")
def test_what_others_wrote_does_not_steer_the_terminal(peopled, run):
    with writing() as session:
        session.execute(text("UPDATE events SET actor = :said WHERE serial = 1"), {"said": "\x1b[31m\nred"})
    shown = run("events", "--all").out
    assert "\x1b" not in shown
    assert len(shown.splitlines()) == peopled.serial()


def test_a_whole_chain_is_said_with_its_end(peopled, run):
    newest = peopled.events()[-1]
    answered = run("events", "--verify")
    assert answered.code == 0
    assert answered.out.endswith(f"up to {newest.serial} with the digest {newest.digest}\n")
    expected = {"first_break": None, "serial": newest.serial, "digest": newest.digest}
    assert json.loads(run("events", "--verify", "--json").out) == expected


@pytest.mark.leaves_damage("the history is changed by hand")
@pytest.mark.parametrize(
    ("change", "first"),
    [("UPDATE events SET actor = 'mallory' WHERE serial IN (3, 5)", 3), ("DELETE FROM events WHERE serial = 4", 5)],
)
def test_the_first_break_in_the_chain_is_named_and_the_exit_code_is_1(run, change, first):
    with writing() as session:
        session.execute(text(change))
    answered = run("events", "--verify")
    assert answered.code == 1
    assert answered.out.startswith(f"event {first} does not follow")
    answered = run("events", "--verify", "--json")
    assert (answered.code, json.loads(answered.out)["first_break"]) == (1, first)


@pytest.mark.parametrize("as_json", [False, True])
def test_what_happens_is_followed_until_it_is_interrupted(peopled, run, as_json):
    command = [MYPI, "events", "--follow", "--most", "1", "--kind", "file", *(["--json"] if as_json else [])]
    environment = CommandLine(peopled.settings).environment()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert "demo" in process.stdout.readline()
            for name in ("later", "last"):
                peopled.upload(builders.wheel(name, "1.0"))
                line = process.stdout.readline()
                assert f"{name}-1.0-py3-none-any.whl" in line
                assert not as_json or json.loads(line)["project"] == name
        finally:
            process.send_signal(signal.SIGINT)
        assert process.communicate() == ("", "")
    assert process.returncode == 0
