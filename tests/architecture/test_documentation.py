"""What has a name has an entry: settings, errors, commands, events and routes, compared with their pages both ways.

An entry is a line of a page that begins with the name in double backquotes, at the margin.
"""

import dataclasses
import re
from collections.abc import Iterator

import click
import docutils.core
import pytest

from mypi import config, errors
from tests.architecture.source import ROOT, breaches

ENTRY = re.compile(r"^``([^`]+)``", re.MULTILINE)
URL_ENTRY = re.compile(r"^``/.*$", re.MULTILINE)


def page(name: str) -> str:
    """Return the text of a page of the documentation."""
    return (ROOT / "docs" / name).read_text("utf-8")


def entries(text: str) -> list[str]:
    """Return the names that have an entry in a page."""
    return ENTRY.findall(text)


def url_entries(text: str) -> set[str]:
    """Return the URLs that have an entry; one line may hold several that answer alike."""
    return {url.rstrip("/") or "/" for line in URL_ENTRY.findall(text) for url in re.findall(r"``(/[^`]*)``", line)}


def differences(documented: list[str], real: set[str]) -> list[str]:
    """Return what the page lacks, what it has and is not there, and what it has twice."""
    return [
        *(f"{name}: no entry" for name in sorted(real - set(documented))),
        *(f"{name}: an entry, and there is no such thing" for name in sorted(set(documented) - real)),
        *(f"{name}: two entries" for name in sorted({name for name in documented if documented.count(name) > 1})),
    ]


def failures(parent: type[errors.Failure] = errors.Failure) -> Iterator[type[errors.Failure]]:
    """Yield every class of failure."""
    for failure in parent.__subclasses__():
        yield failure
        yield from failures(failure)


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with its words."""
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from leaves(below, (*path, name))
    else:
        yield " ".join(path), command


def plain(rule: str) -> str:
    """Return a rule of Flask without converters and without its last slash: `/simple/<project>`."""
    return re.sub(r"<[^<>:]+:([^<>]+)>", r"<\1>", rule).rstrip("/") or "/"


def test_every_setting_has_an_entry():
    real = {field.name for field in dataclasses.fields(config.Settings)}
    found = differences(entries(page("settings.rst")), real)
    assert not found, breaches("docs/settings.rst", found)


def test_every_word_that_a_setting_takes_is_told():
    text = page("settings.rst")
    words = {word for field in dataclasses.fields(config.Settings) for word in field.metadata["choices"]}
    assert not [word for word in words if f"``{word}``" not in text]


def test_every_setting_has_a_line_of_help():
    assert not [field.name for field in dataclasses.fields(config.Settings) if not field.metadata["help"].strip()]


def test_every_error_has_an_entry_with_its_status():
    documented = re.findall(r"^``([a-z-]+)`` \((\d{3})\)$", page("errors.rst"), re.MULTILINE)
    real = {f"{failure.code} ({failure.kind.value})" for failure in failures()}
    found = differences([f"{code} ({status})" for code, status in documented], real)
    assert not found, breaches("docs/errors.rst", found)


def test_no_two_errors_have_one_code_and_each_wording_names_facts_that_there_are():
    known = list(failures())
    assert len({failure.code for failure in known}) == len(known)
    for failure in known:
        names = [field.name for field in dataclasses.fields(failure)]
        facts = dict.fromkeys(names, "")
        assert failure.wording.format(**facts)
        assert not [name for name in names if "{" + name not in failure.wording], failure.code


def test_every_command_has_an_entry_and_every_option_is_told():
    from mypi.commands import main

    text = page("commands.rst")
    commands = dict(leaves(main, ("mypi",)))
    found = differences([name for name in entries(text) if name.startswith("mypi")], set(commands))
    found += [
        f"{name}: {option.opts[-1]} is not told"
        for name, command in commands.items()
        for option in command.params
        if isinstance(option, click.Option) and option.opts[-1] not in text
    ]
    found += [f"{name}: no help" for name, command in commands.items() if not (command.help or "").strip()]
    assert not found, breaches("docs/commands.rst", found)


def test_every_event_has_an_entry():
    from mypi.registry.events import EventKind

    found = differences(entries(page("events.rst")), {kind.value for kind in EventKind})
    assert not found, breaches("docs/events.rst", found)


def test_every_route_has_an_entry(installation):
    from mypi.app import create_app

    app = create_app(installation.settings)
    real = {plain(rule.rule) for rule in app.url_map.iter_rules()}
    found = differences(sorted(url_entries(page("urls.rst"))), real)
    assert not found, breaches("docs/urls.rst", found)


def test_a_difference_is_seen_either_way():
    assert differences(["a"], {"a"}) == []
    assert differences([], {"a"}) == ["a: no entry"]
    assert differences(["a", "b"], {"a"}) == ["b: an entry, and there is no such thing"]
    assert differences(["a", "a"], {"a"}) == ["a: two entries"]


def test_entries_stand_at_the_margin():
    assert entries("``a`` (400)\n    See ``b``.\n\nNot ``c`` either.\n``d``\n") == ["a", "d"]


def test_urls_are_compared_without_converters_and_last_slash():
    assert plain("/simple/<path:project>/") == "/simple/<project>"
    assert plain("/") == "/"
    assert url_entries("``/legacy/``, ``/pypi``\n    Uploads.\n``/``\n") == {"/legacy", "/pypi", "/"}


def test_commands_in_groups_are_found_with_all_their_words():
    group = click.Group("mypi", {"user": click.Group("user", {"add": click.Command("add")}), "gc": click.Command("gc")})
    assert [name for name, _ in leaves(group, ("mypi",))] == ["mypi user add", "mypi gc"]


@pytest.mark.parametrize("name", ["architecture.rst", "contributing.rst", "errors.rst", "decisions/README.rst"])
def test_files_that_a_page_names_are_there(name):
    named = re.findall(r"``((?:docs|tests|mypi|tools|apache)/[\w./-]+)``", page(name))
    assert not [path for path in named if not (ROOT / path).exists()]


@pytest.mark.parametrize(
    "path", sorted([*ROOT.glob("*.rst"), *(ROOT / "docs").rglob("*.rst")]), ids=lambda path: path.name
)
def test_a_page_is_well_formed(path):
    html = docutils.core.publish_string(
        path.read_text("utf-8"),
        source_path=str(path),
        writer="html5",
        settings_overrides={"report_level": 2, "halt_level": 2, "file_insertion_enabled": False, "raw_enabled": False},
    )
    assert b"<h1" in html
