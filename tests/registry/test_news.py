"""What is new, on both databases: the newest first, no more than fits, and nothing that one may not read."""

from datetime import timedelta
from itertools import pairwise

import pytest

from mypi import clock
from mypi.database import writing
from mypi.errors import LoginRequired, NoSuchIndex, NoSuchProject
from mypi.registry import accounts, actors, indexes, indexing, news, projects, releases, yanking
from mypi.registry.actors import Actor, nobody
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.standards.core_metadata import CoreMetadata
from tests.support.installations import ON_BOTH_DATABASES

pytestmark = [ON_BOTH_DATABASES, pytest.mark.leaves_damage("releases are rows that no act made")]
MAIN, CLOSED = "team/main", "team/closed"
SHELL = actors.at_shell()


def add(name, *versions, index=MAIN, age=0, changed=None, **said):
    """Add a project with releases as rows, born so many seconds ago and a second apart; changed when the last was."""
    born = clock.now() - timedelta(seconds=age)
    with writing():
        project = projects.find(indexes.get(index), name)
        if project is None:
            project = projects.add(indexes.get(index), name, refuse_lookalikes=False)
            project.created_at = born
        for number, version in enumerate(versions):
            release = releases.add(project, CoreMetadata("2.1", name, version, **said), "")
            release.created_at = project.changed_at = born + timedelta(seconds=number)
        if changed is not None:
            project.changed_at = clock.now() - timedelta(seconds=changed)
        releases.note_newest(project)


def closed(installation, *patterns):
    """Add an index that nobody reads but ada, who reads what the patterns cover; return ada."""
    indexing.create_index(installation.registry, SHELL, CLOSED, Visibility.PRIVATE)
    user = accounts.add_user(installation.registry, SHELL, "ada", "a-long-enough-password")
    for pattern in patterns:
        subject, index = Subject(SubjectKind.USER, user=user), indexes.get(CLOSED)
        accounts.set_grant(installation.registry, SHELL, subject, Right.READ, index, pattern, given=True)
    return Actor(user.id, user.name)


def named(told):
    return [f"{one.display_name} {one.version}" for one in told.items]


def test_the_newest_release_of_the_index_comes_first(installation):
    add("gear", "1.0", age=50)
    add("clutch", "2.0", age=40)
    add("gear", "0.9", age=30)
    assert named(news.newest_releases(nobody(), MAIN)) == ["gear 0.9", "clutch 2.0", "gear 1.0"]


def test_a_release_tells_what_its_metadata_says(installation):
    add("gear", "1.0", summary="Turns", author_email="Ada <a@example.org>", description="long " * 1000)
    add("bare", "1.0")
    bare, gear = news.newest_releases(nobody(), MAIN).items
    assert (gear.summary, gear.author_email) == ("Turns", "Ada <a@example.org>")
    assert (bare.summary, bare.author_email) == ("", "")
    assert news.newest_projects(nobody(), MAIN).items[1].summary == "Turns"


def test_no_more_is_told_than_fits_and_nothing_newer_is_left_out(installation, monkeypatch):
    monkeypatch.setattr(news, "MOST_UPDATES", 7)
    monkeypatch.setattr(news, "BATCH", 2)
    for number in range(10):
        # Every second project was changed long after its releases came to be.
        add(f"project-{number}", "1.0", "2.0", age=1000 - 10 * number, changed=5 if number % 2 else None)
    told = news.newest_releases(nobody(), MAIN)
    assert named(told) == [f"project-{9 - step // 2} {2 - step % 2}.0" for step in range(7)]
    assert all(one.time >= two.time for one, two in pairwise(told.items))


def test_projects_are_told_by_age_when_they_have_a_release(installation, monkeypatch):
    monkeypatch.setattr(news, "MOST_PROJECTS", 3)
    monkeypatch.setattr(news, "BATCH", 2)
    for number in range(6):
        add(f"project-{number}", *(["1.0", "2.0rc1"] if number != 4 else []), age=100 - number)
    add("project-0", "3.0")
    assert named(news.newest_projects(nobody(), MAIN)) == ["project-5 1.0", "project-3 1.0", "project-2 1.0"]


def test_a_projects_releases_are_told_by_age(installation, monkeypatch):
    monkeypatch.setattr(news, "MOST_RELEASES", 2)
    add("Gear", "2.0", age=9)
    add("Gear", "1.0", age=5)
    add("Gear", "1.1", age=1)
    told = news.releases_of(nobody(), MAIN, "gear")
    assert (told.project, named(told)) == ("Gear", ["Gear 1.1", "Gear 1.0"])
    with pytest.raises(NoSuchProject):
        news.releases_of(nobody(), MAIN, "nothing")


def test_without_projects_there_is_nothing_new(installation):
    add("empty")
    assert news.newest_releases(nobody(), MAIN).items == ()
    assert news.newest_projects(nobody(), MAIN).items == ()
    assert news.releases_of(nobody(), MAIN, "empty").items == ()


def test_an_index_tells_of_its_own(installation):
    ada = closed(installation, "*")
    add("here", "1.0")
    add("there", "1.0", index=CLOSED)
    assert named(news.newest_releases(ada, CLOSED)) == named(news.newest_projects(ada, CLOSED)) == ["there 1.0"]
    assert named(news.newest_releases(ada, MAIN)) == named(news.newest_projects(ada, MAIN)) == ["here 1.0"]


def test_what_one_may_not_read_is_not_told(installation, monkeypatch):
    monkeypatch.setattr(news, "BATCH", 2)
    ada = closed(installation, "gear-*")
    for number in range(5):
        add(f"gear-{number}", "1.0", index=CLOSED, age=100 - number)
        add(f"secret-{number}", "1.0", index=CLOSED, age=50 - number)
    expected = [f"gear-{number} 1.0" for number in (4, 3, 2, 1, 0)]
    assert named(news.newest_releases(ada, CLOSED)) == expected
    assert named(news.newest_projects(ada, CLOSED)) == expected
    with pytest.raises(NoSuchProject):
        news.releases_of(ada, CLOSED, "secret-1")
    for question in (news.newest_releases, news.newest_projects):
        with pytest.raises(LoginRequired):
            question(nobody(), CLOSED)
        with pytest.raises(NoSuchIndex):
            question(ada, "team/nowhere")
    with pytest.raises(LoginRequired):
        news.releases_of(nobody(), CLOSED, "gear-1")


def test_a_yanked_release_is_still_told(installation):
    add("gear", "1.0")
    yanking.set_release_yanked(installation.registry, SHELL, indexes.get(MAIN), "gear", "1.0", yanked=True)
    assert named(news.newest_releases(nobody(), MAIN)) == ["gear 1.0"]
