"""`mypi` itself: settings, help, exit codes, and that an expected failure is one line."""

from dataclasses import replace

import pytest

from mypi.commands import COMMANDS, main
from mypi.commands.init import initialize
from tests.support.installations import CommandLine

EVERY_COMMAND = [((command.name,), command) for command in COMMANDS] + [
    ((command.name, name), inner) for command in COMMANDS for name, inner in getattr(command, "commands", {}).items()
]
"""The words and the command of each command, groups and what is in them."""


@pytest.mark.parametrize(("words", "command"), EVERY_COMMAND, ids=[" ".join(words) for words, _ in EVERY_COMMAND])
def test_every_command_says_what_it_does_in_a_sentence_and_shows_an_example(words, command):
    assert command.help
    assert command.help.strip().splitlines()[0].endswith(".")
    if not hasattr(command, "commands"):
        assert f"mypi {' '.join(words)}" in command.help.replace("mypi --data-directory /srv/mypi", "mypi")


@pytest.mark.parametrize("name", [command.name for command in COMMANDS if hasattr(command, "commands")])
def test_help_of_a_group_cuts_no_line(mypi, name):
    assert "..." not in mypi.here(name, "--help").out.replace("[ARGS]...", "")


def test_help_of_mypi_names_every_command_and_the_exit_codes(mypi):
    answered = mypi.here("--help")
    assert answered.code == 0
    assert all(f"  {command.name} " in answered.out for command in COMMANDS)
    assert "..." not in answered.out.replace("[ARGS]...", "")  # no line is cut
    assert "Exit codes: 0 done; 1 refused" in answered.out
    assert set(main.commands) == {command.name for command in COMMANDS}


def test_a_setting_that_cannot_be_is_told_in_one_line_and_code_1(mypi, settings):
    settings.data_directory.mkdir()
    (settings.data_directory / "mypi.toml").write_text('lookalike_names = "perhaps"\n')
    answered = mypi("user", "list")
    assert (answered.code, answered.out) == (1, "")
    assert answered.err == "mypi: setting lookalike_names: 'perhaps' is none of refuse, allow\n"


def test_the_data_directory_of_the_command_line_goes_before_that_of_the_environment(settings, tmp_path):
    initialize(settings)
    elsewhere = tmp_path / "elsewhere"
    mypi = CommandLine(replace(settings, database_url=""))
    assert mypi.here("user", "list").out.splitlines()[1].startswith("admin")
    answered = mypi.here("--data-directory", elsewhere, "user", "list")
    assert (answered.code, answered.out) == (1, "")
    assert f"there is no installation in {elsewhere}: run 'mypi init' first" in answered.err


def test_a_database_that_does_not_answer_is_told_with_what_it_said(settings):
    class Elsewhere(CommandLine):
        def environment(self):
            return super().environment() | {"MYPI_DATABASE_URL": "postgresql://mypi:s3cret@127.0.0.1:1/mypi"}

    answered = Elsewhere(settings)("user", "list")
    assert (answered.code, answered.out) == (1, "")
    assert answered.err.startswith("mypi: the database does not answer")
    assert "refused" in answered.err
    assert answered.err.count("\n") == 1
    assert "s3cret" not in answered.err
