"""`mypi check`: what it says of a machine, and of the embedded server. Apache's part is in tests/system."""

import json
import os
import re
from pathlib import Path

import pytest

from mypi import config
from mypi.commands.checking import answered, machine
from mypi.commands.checking.deployment import Deployment
from mypi.config import Settings
from mypi.installation import Installation
from tests.support.installations import CommandLine, running_server

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "mypi" / "commands" / "checking").glob("*.py"))


@pytest.fixture
def made(installation: Installation) -> Settings:
    """Return the settings of an installation that is as `mypi init` made it."""
    return installation.settings


def codes(settings: Settings) -> set[str]:
    """Return what is said of this machine."""
    return {finding.code for finding in machine.check_machine(settings)}


def test_nothing_is_wrong_with_what_init_made(made):
    assert codes(made) == set()


@pytest.mark.parametrize("name", ["mypi.sqlite", "secret_key"])
def test_a_secret_that_others_may_read_is_named(made, name):
    (made.data_directory / name).chmod(0o640)
    assert codes(made) == {"readable-secret"}


def test_a_data_directory_that_everyone_may_enter_is_named(made):
    made.data_directory.chmod(0o755)
    assert codes(made) == {"open-data-directory"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
@pytest.mark.parametrize("name", ["mypi.sqlite", "tree", "tree/mark"])
def test_what_belongs_to_another_account_is_named(made, name):
    os.chown(made.data_directory / name, 12345, 12345)
    found = list(machine.owners(made))
    assert [finding.code for finding in found] == ["wrong-owner"]
    assert str(made.data_directory / name) in found[0].what


def test_a_tree_on_another_file_system_is_named(made, monkeypatch):
    other = Path("/dev/shm")
    if other.stat().st_dev == made.data_directory.stat().st_dev:
        pytest.skip("/dev/shm is on the file system of the temporary folder")
    (made.data_directory / "blobs").mkdir(exist_ok=True)
    (made.data_directory / "incoming").rmdir()
    (made.data_directory / "incoming").symlink_to(other)
    assert "several-file-systems" in codes(made)


def test_a_disk_with_little_room_is_named(made, monkeypatch):
    monkeypatch.setattr(machine, "LEAST_ROOM", 2**62)
    assert codes(made) == {"little-room"}


@pytest.mark.leaves_damage(reason="the test removes the tree's mark")
def test_a_tree_that_is_missing_is_named(made):
    (made.data_directory / "tree" / "mark").unlink()
    assert codes(made) == {"no-tree"}


def test_a_tree_of_another_default_index_is_named(made):
    other = config.load(environ={}, data_directory=made.data_directory, default_index="team/other")
    assert codes(other) == {"no-tree"}


def test_a_database_that_is_missing_is_named(made):
    (made.data_directory / "mypi.sqlite").unlink()
    assert codes(made) == {"not-initialized"}


def test_a_library_of_another_version_is_named(made, monkeypatch):
    monkeypatch.setattr(machine.metadata, "requires", lambda _name: ["flask<1", "no-such-library", "x; extra == 'y'"])
    assert [finding.what.split()[0] for finding in machine.python(made)] == ["flask", "no-such-library"]


@pytest.mark.parametrize(
    ("base_url", "asked", "expected"),
    [
        ("https://mypi.example/x/", "https://mypi.example/x", set()),
        ("https://mypi.example/x", "https://mypi.example", {"other-address"}),
        ("", "https://mypi.example", {"insecure-cookie"}),
        ("", "http://mypi.example", {"no-https"}),
        ("", "http://127.0.0.1:8080", set()),
    ],
)
def test_an_address_is_compared_with_base_url(base_url, asked, expected):
    settings = config.load(environ={}, base_url=base_url)
    assert {finding.code for finding in answered.address(Deployment(asked), settings)} == expected


def test_nothing_is_wrong_with_the_embedded_server(settings: Settings, mypi: CommandLine):
    with running_server(settings) as server:
        done = mypi("check", server.url)
        assert (done.code, done.err) == (0, "")
        remarks = [line.split(": ")[0] for line in done.out.splitlines()]
        assert remarks[:2] == ["remark tree-not-served", "remark no-file"]
        assert done.out.splitlines()[-1] == "no problems"


def test_a_problem_is_one_line_and_exit_code_1(made, mypi: CommandLine):
    (made.data_directory / "secret_key").chmod(0o644)
    done = mypi("check")
    assert done.code == 1
    assert done.out == (
        f"problem readable-secret: {made.data_directory}/secret_key has the mode 644; whoever reads it can take over "
        f"accounts; run 'chmod 600 {made.data_directory}/secret_key'\n"
    )
    assert done.err.splitlines()[-1] == "mypi: 1 problem"


def test_a_script_gets_the_facts_by_name(made, mypi: CommandLine):
    made.data_directory.chmod(0o755)
    done = mypi("check", "--json")
    assert done.code == 1
    assert [(one["code"], one["is_remark"]) for one in json.loads(done.out)] == [("open-data-directory", False)]


def test_without_an_installation_there_is_nothing_to_check(mypi: CommandLine):
    done = mypi("check")
    assert (done.code, done.out) == (1, "")
    assert "run 'mypi init' first" in done.err


@pytest.mark.parametrize("url", ["packages.example", "ftp://packages.example/"])
def test_what_is_no_url_is_refused(made, mypi: CommandLine, url):
    assert mypi("check", url).code == 2


def test_every_code_has_an_entry_in_its_page():
    pattern = r'(?:Finding|remark|unexpected)\(\s*"([a-z0-9-]+)"'
    known = {code for source in SOURCES for code in re.findall(pattern, source.read_text())}
    page = (ROOT / "docs" / "checks.rst").read_text()
    told = {code for line in re.findall(r"(?m)^``.*$", page) for code in re.findall(r"``([a-z0-9-]+)``", line)}
    of_the_database = {"not-initialized", "schema-too-old", "schema-too-new", "database-unreachable", "database-busy"}
    assert len(known) > 25
    assert told == known | of_the_database
