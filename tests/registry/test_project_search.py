"""Searching by field, browsing by classifier: what is found, in which order, and for whom."""

import pytest

from mypi.registry import indexes, project_lists, project_search, yanking
from mypi.registry.actors import at_shell, nobody
from mypi.registry.uploading import Submission, upload
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES
from tests.support.peopled import MAIN, SECRET

FLASK, DJANGO = "Framework :: Flask", "Framework :: Django"


@pytest.fixture
def put(installation):
    def put_one(name, version="1.0", **metadata):
        filename, body = builders.wheel(name, version, **metadata)
        incoming = installation.storage.receive()
        incoming.write(body)
        return upload(installation.registry, at_shell(), indexes.get(MAIN), Submission(filename, incoming))

    return put_one


def found(every=False, **asked):
    return [project.display_name for project in project_search.search(nobody(), MAIN, asked, every=every)]


@ON_BOTH_DATABASES
def test_one_word_in_one_field_is_enough_or_all_of_them_are_asked_for(put):
    put("Red.Fox", summary="quick")
    put("fox", summary="slow")
    put("hound", summary="a quick fox is chased")
    put("snail", summary="slow")
    assert found(name=["fox"], summary=["fox"]) == ["fox", "Red.Fox", "hound"]
    assert found(name=["fox"], summary=["quick"], every=True) == ["Red.Fox"]
    assert found(name=["fox", "red"], every=True) == ["Red.Fox"]
    assert found(name=["red_fox"]) == ["Red.Fox"]
    assert found(summary=["QUICK"]) == ["hound", "Red.Fox"]
    assert found(name=["nothing"], summary=["nothing"]) == []


@ON_BOTH_DATABASES
@pytest.mark.parametrize("words", [[], [""], ["  "], ["\x01"]])
def test_no_words_find_nothing(put, words):
    put("foo", summary="")
    assert found(name=words, summary=words) == []


@ON_BOTH_DATABASES
@pytest.mark.parametrize("word", ["%", "_", "f%o", "/", "'", '"', "\\", "[f]oo"])
def test_a_word_is_text_and_never_a_pattern(put, word):
    put("plain", summary="ordinary words")
    assert found(summary=[word]) == []


@ON_BOTH_DATABASES
def test_what_is_told_is_the_newest_release_and_nothing_of_a_project_without_one(installation, put):
    put("foo", "1.0", summary="old words")
    put("foo", "1.1", summary="new words")
    put("foo", "2.0", summary="yanked words")
    index = indexes.get(MAIN)
    yanking.set_release_yanked(installation.registry, at_shell(), index, "foo", "2.0", yanked=True)
    (project,) = project_search.search(nobody(), MAIN, {"name": ["foo"]}, every=False)
    assert (project.summary, project.newest_version) == ("new words", "1.1")


def test_no_more_are_found_than_anybody_reads(put, monkeypatch):
    monkeypatch.setattr(project_search, "MOST_FOUND", 2)
    for name in ("foo-c", "foo-a", "foo-b"):
        put(name)
    assert found(name=["foo"]) == ["foo-a", "foo-b"]


@ON_BOTH_DATABASES
def test_releases_are_browsed_by_all_of_the_classifiers(put):
    put("both", "1.10", classifiers=[FLASK, DJANGO])
    put("both", "1.9", classifiers=[FLASK, DJANGO])
    put("one", classifiers=[FLASK])
    put("mention", summary=f'speaks of "{FLASK}"', description=f'"{FLASK}"')
    put("longer", classifiers=[f"{FLASK} :: More"])

    def browsed(*classifiers):
        return project_search.classified(nobody(), MAIN, classifiers)

    assert browsed(FLASK) == [("both", "1.9"), ("both", "1.10"), ("one", "1.0")]
    assert browsed(FLASK, DJANGO) == [("both", "1.9"), ("both", "1.10")]
    assert browsed("Framework") == browsed('"') == browsed("%") == browsed() == []


def test_what_one_may_not_read_is_not_found(peopled):
    for name in ("foo-a", "foo-bar", "other-foo"):
        peopled.upload(builders.wheel(name, "1.0", classifiers=[FLASK]), index=SECRET)
    patterned, reader = peopled.actor("patterned"), peopled.actor("reader")

    def of(actor):
        searched = project_search.search(actor, SECRET, {"name": ["foo"]}, every=False)
        return (
            [project.display_name for project in searched],
            [name for name, _ in project_search.classified(actor, SECRET, [FLASK])],
            [project.normalized_name for project in project_lists.readable(actor, SECRET)],
        )

    assert of(patterned) == (["foo-a", "foo-bar"],) * 3
    assert of(reader) == (["foo-a", "foo-bar", "other-foo"],) * 3
