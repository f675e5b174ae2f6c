"""`mypi verify`: its answer for people and for scripts, its exit code, and its repair."""

import hashlib
import json

import pytest

from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.pages import page_file

FILENAME, BODY = builders.wheel("demo", "1.0")


@pytest.fixture
def run(peopled):
    peopled.upload((FILENAME, BODY))
    return CommandLine(peopled.settings)


@pytest.fixture
def page(peopled, run):
    return page_file(peopled.data / "tree/public/team/main/simple/demo")


def blob(peopled):
    return peopled.installation.storage.path(hashlib.sha256(BODY).hexdigest())


def test_where_everything_agrees_it_says_so(run):
    answered = run("verify")
    assert (answered.code, answered.out, answered.err) == (0, "tree, database and files agree\n", "")
    assert json.loads(run("verify", "--json").out) == {"differences": []}


@pytest.mark.leaves_damage("it is there to be found")
def test_each_difference_is_a_line_and_the_exit_code_is_1(peopled, run, page):
    page.write_text("else")
    blob(peopled).write_bytes(b"else")
    answered = run("verify")
    assert answered.code == 1
    first, second = answered.out.splitlines()
    assert first.startswith(f"file.changed  team/main: {FILENAME}  ")
    assert second.startswith(f"page.changed  public/team/main/simple/demo/{page.name}  ")
    assert page.read_text() == "else"


@pytest.mark.leaves_damage("it is there to be found")
def test_a_name_that_steers_the_terminal_does_not_reach_it(peopled, run):
    (peopled.data / "tree" / "\x1b[31mred\n").write_text("x")
    answered = run("verify")
    assert answered.code == 1
    assert "\x1b" not in answered.out
    assert len(answered.out.splitlines()) == 1


def test_what_is_repaired_is_not_found_again(run, page):
    before = page.read_text()
    page.write_text("else")
    answered = run("verify", "--repair")
    assert answered.code == 0
    assert answered.out.endswith("after the repair:\ntree, database and files agree\n")
    assert page.read_text() == before


@pytest.mark.leaves_damage("it is there to be found")
def test_what_cannot_be_repaired_is_told_from_what_was_in_json_too(peopled, run, page):
    page.write_text("else")
    blob(peopled).write_bytes(b"else")
    answered = run("verify", "--repair", "--json")
    assert answered.code == 1
    told = {one["kind"]: one["repaired"] for one in json.loads(answered.out)["differences"]}
    assert told == {"file.changed": True, "page.changed": True, "file.damaged": False}
