"""`mypi publisher`: who is trusted is said by what people know of it, and only issuers that are believed count."""

import json

import pytest

from mypi.commands.init import initialize
from tests.support.installations import ADMINISTRATOR, PASSWORD

GITHUB = "https://token.actions.githubusercontent.com"
OTHER = "https://ci.acme.example"


@pytest.fixture
def run(settings, mypi):
    """Return a function that runs the command where two issuers are believed."""
    initialize(settings, ADMINISTRATOR, PASSWORD)
    believed = f'trusted_issuers = "{GITHUB} {OTHER}"\ntrusted_audience = "packages.example"\n'
    (settings.data_directory / "mypi.toml").write_text(believed)
    return lambda *words: mypi.here("publisher", *words)


def test_a_publisher_is_added_listed_and_removed(run):
    added = run("add", "widgets", "--github", "acme/widgets", "--workflow", "release.yml", "--environment", "release")
    assert (added.code, added.err) == (0, "publisher 1 is trusted with widgets in team/main\n")
    (listed,) = json.loads(run("list", "--json").out)
    assert (listed["index"], listed["project"], listed["rights"]) == ("team/main", "widgets", ["upload"])
    assert listed["issuer"] == GITHUB
    assert "environment=release" in listed["claims"]
    assert run("remove", "1").code == 0
    assert "there are no trusted publishers" in run("list").out + run("list").err
    assert (run("remove", "1").code, run("remove", "1").err) == (1, "mypi: there is no trusted publisher 1\n")


def test_another_issuer_is_trusted_by_its_claims_and_may_read(run):
    done = run("add", "*", "--right", "read", "--issuer", OTHER, "--claim", "sub=build:acme/*", "--claim", "ref=a=b")
    assert done.code == 0, done.err
    (listed,) = json.loads(run("list", "--json").out)
    assert (listed["rights"], listed["claims"]) == (["read"], ["ref=a=b", "sub=build:acme/*"])


def test_an_issuer_that_is_not_believed_is_refused_with_those_that_are(run):
    done = run("add", "widgets", "--gitlab", "acme/widgets", "--workflow", ".gitlab-ci.yml")
    assert done.code == 1
    assert "https://gitlab.com" in done.err
    assert GITHUB in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["widgets"],
        ["widgets", "--issuer", OTHER],
        ["widgets", "--github", "acme/widgets"],
        ["widgets", "--github", "acme/*", "--workflow", "release.yml"],
        ["not a name", "--github", "acme/widgets", "--workflow", "release.yml"],
    ],
)
def test_what_says_too_little_is_refused_in_a_line(run, words):
    done = run("add", *words)
    assert (done.code, done.err.count("\n")) == (1, 1)
