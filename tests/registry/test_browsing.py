"""What people look through, on both databases: order, paging, search, and that nothing shows to whom may not read."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from mypi.database import db, writing
from mypi.errors import LoginRequired, NoSuchIndex
from mypi.registry import accounts, actors, browsing, indexes, indexing, matching, projects
from mypi.registry.actors import Actor, nobody
from mypi.registry.browsing import PAGE_SIZE, Order
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = [ON_BOTH_DATABASES, pytest.mark.leaves_damage("projects are rows that no act made")]
MAIN = "team/main"


def add(*names, summary="", index=MAIN):
    """Add projects as rows: an act for each of thousands takes minutes."""
    with writing():
        for name in names:
            project = projects.add(indexes.get(index), name, refuse_lookalikes=False)
            project.summary, project.newest_version = summary, "1.0"


def names_of(listing):
    return [entry.display_name for entry in listing.entries]


def listed(actor, query="", order=Order.NAME, number=1, index=MAIN):
    return browsing.index_page(actor, index, query, order, number).listing


def closed(installation, *patterns):
    """Add an index that nobody reads but ada, who reads what the patterns cover; return ada."""
    indexing.create_index(installation.registry, actors.at_shell(), "team/closed", Visibility.PRIVATE)
    user = accounts.add_user(installation.registry, actors.at_shell(), "ada", "a-long-enough-password")
    for pattern in patterns:
        subject, index = Subject(SubjectKind.USER, user=user), indexes.get("team/closed")
        accounts.set_grant(installation.registry, actors.at_shell(), subject, Right.READ, index, pattern, given=True)
    return Actor(user.id, user.name)


@contextmanager
def questions():
    """Yield a list to which each SELECT is added, with its parameters."""
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def plan(statement, parameters):
    """Return how SQLite goes about a question."""
    with db.engine.connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_the_newest_change_comes_first(installation):
    add("first")
    add("second")
    assert names_of(listed(nobody(), order=Order.NEWEST)) == ["second", "first"]
    assert names_of(listed(nobody(), order=Order.NAME)) == ["first", "second"]


def test_all_pages_together_are_the_whole_list(installation):
    names = [f"project-{number:03}" for number in range(2 * PAGE_SIZE + 1)]
    add(*names)
    pages = [listed(nobody(), number=number) for number in (1, 2, 3)]
    assert [name for page in pages for name in names_of(page)] == names
    assert {(page.total, page.last) for page in pages} == {(2 * PAGE_SIZE + 1, 3)}


@pytest.mark.parametrize("number", [-5, 0, 1, 2, 10**9])
def test_a_page_behind_the_end_is_the_last_and_one_before_the_beginning_the_first(installation, number):
    add("only")
    assert listed(nobody(), number=number).number == 1
    assert names_of(listed(nobody(), number=number)) == ["only"]


def test_an_index_is_empty_only_without_any_project(installation):
    assert browsing.index_page(nobody(), MAIN, "", Order.NAME, 1).is_empty
    assert browsing.index_page(nobody(), MAIN, "word", Order.NAME, 1).is_empty
    add("there")
    assert not browsing.index_page(nobody(), MAIN, "word", Order.NAME, 1).is_empty


def test_every_word_must_be_found_in_the_name_or_the_summary(installation):
    add("gear-box", summary="Turns ONE speed into another")
    add("clutch", summary="Before the gear")
    assert names_of(listed(nobody(), "gear one")) == ["gear-box"]
    assert names_of(listed(nobody(), "GEAR")) == ["gear-box", "clutch"]
    assert names_of(listed(nobody(), "gear.b")) == ["gear-box"]
    assert names_of(listed(nobody(), "gear two")) == []


@pytest.mark.parametrize("few", [0, PAGE_SIZE, 10_000])
def test_many_matches_are_counted_and_paged_like_few(installation, monkeypatch, few):
    monkeypatch.setattr(browsing, "FEW", few)
    names = [f"gear-{number:03}" for number in range(2 * PAGE_SIZE + 1)]
    add(*names, "clutch")
    pages = [listed(nobody(), "gear", number=number) for number in (1, 2, 3, 4)]
    assert [name for page in pages[:3] for name in names_of(page)] == names
    assert {(page.total, page.last) for page in pages} == {(len(names), 3)}
    assert names_of(pages[3]) == names_of(pages[2])


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"', "100%", "a_b", "\x00", "\ud800", "🐍", "x" * 10_000, " "])
def test_a_query_is_text_and_never_a_pattern(installation, query):
    add("plain", summary="ordinary words")
    assert names_of(listed(nobody(), query)) == (["plain"] if not matching.words(query) else [])


def test_a_summary_with_the_characters_of_patterns_is_found_by_them(installation):
    add("share", summary="100% of a_b")
    add("other", summary="100 of axb")
    assert names_of(listed(nobody(), "100%")) == ["share"]
    assert names_of(listed(nobody(), "a_b")) == ["share"]


def test_a_reader_of_some_projects_sees_and_counts_only_these(installation):
    ada = closed(installation, "gear-*", "clutch")
    add("gear-one", "gear-two", "clutch", "secret", index="team/closed")
    assert names_of(listed(ada, index="team/closed")) == ["clutch", "gear-one", "gear-two"]
    assert listed(ada, index="team/closed").total == 3
    assert listed(ada, "e", index="team/closed").total == 2
    assert names_of(browsing.search(ada, "secret", 1)) == []


def test_paging_of_what_may_be_read_is_whole_too(installation):
    ada = closed(installation, "gear-*")
    names = [f"gear-{number:03}" for number in range(PAGE_SIZE + 3)]
    add(*names, *[f"other-{number:03}" for number in range(PAGE_SIZE)], index="team/closed")
    pages = [listed(ada, number=number, index="team/closed") for number in (1, 2)]
    assert [name for page in pages for name in names_of(page)] == names


def test_search_goes_across_every_readable_index(installation):
    ada = closed(installation, "gear-*")
    add("gear-here")
    add("gear-there", "gearless", index="team/closed")
    assert [(entry.index, entry.display_name) for entry in browsing.search(ada, "gear", 1).entries] == [
        ("main", "gear-here"),
        ("closed", "gear-there"),
    ]
    assert names_of(browsing.search(nobody(), "gear", 1)) == ["gear-here"]
    assert browsing.search(nobody(), "", 1).total == 0


def test_what_may_not_be_read_is_refused_like_what_is_not_there(installation):
    stranger = closed(installation)
    for name in ("team/closed", "team/nothing", "x", "", "\x00/\x00", "a" * 500 + "/b"):
        with pytest.raises(LoginRequired):
            listed(nobody(), index=name)
        with pytest.raises(NoSuchIndex):
            listed(stranger, index=name)
    assert [index.full_name for index in browsing.readable_indexes(stranger)] == ["root/pypi", MAIN]


def test_a_page_of_a_large_index_takes_five_questions(installation):
    add(*[f"project-{number:04}" for number in range(3 * PAGE_SIZE)])
    with questions() as asked:
        listed(nobody(), order=Order.NEWEST, number=2)
    assert len(asked) == 5


@pytest.mark.parametrize("order", list(Order))
def test_a_list_is_read_in_order_and_no_further_than_its_page(installation, order):
    add("only")
    with questions() as asked:
        listed(nobody(), order=order)
    if db.engine.dialect.name == "sqlite":  # PostgreSQL sorts what is so little
        assert not [line for question in asked for line in plan(*question) if "ORDER BY" in line]


def test_a_word_of_other_letters_is_found_as_it_is_typed(installation):
    add("oil", summary="Öl und ÄRGER")
    for word in ("Öl", "ÄRGER", "und", "UND"):
        assert names_of(listed(nobody(), word)) == ["oil"]
