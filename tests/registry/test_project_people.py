"""The people of a project: those who were given a right on it; who may not read it learns nothing of them."""

import pytest

from mypi import errors
from mypi.registry import accounts, groups, project_people, users
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support import builders
from tests.support.peopled import MAIN, SECRET


@pytest.fixture
def give(peopled):
    def give_one(subject, right, pattern, index=SECRET):
        where = peopled.index(index) if index else None
        accounts.set_grant(peopled.registry, peopled.actor("shell"), subject, right, where, pattern, given=True)

    return give_one


def user(name):
    return Subject(SubjectKind.USER, user=users.get(name))


def test_who_manages_and_who_uploads_are_told_to_who_may_read_the_project(peopled, give):
    peopled.upload(builders.wheel("Foo.A", "1.0"), by="patterned", index=SECRET)
    give(user("stranger"), Right.UPLOAD, "foo-a")
    give(Subject(SubjectKind.GROUP, group=groups.get("crew")), Right.UPLOAD, "foo-?")
    give(user("reader"), Right.UPLOAD, "foo-b")
    give(user("deleter"), Right.UPLOAD, "foo-a", index=None)
    give(Subject(SubjectKind.AUTHENTICATED), Right.UPLOAD, "foo-a")
    people = project_people.of_project(peopled.actor("reader"), SECRET, "foo_a")
    managing = [(Right.MANAGE, "manager"), (Right.MANAGE, "patterned")]
    assert people == managing + [(Right.UPLOAD, name) for name in ("member", "patterned", "stranger", "uploader")]


def test_the_projects_of_a_user_are_those_of_their_patterns(peopled, give):
    for name in ("Foo.A", "other"):
        peopled.upload(builders.wheel(name, "1.0"), by="shell", index=SECRET)
    give(Subject(SubjectKind.GROUP, group=groups.get("crew")), Right.MANAGE, "other")

    def of(name, actor="reader"):
        return project_people.of_user(peopled.actor(actor), SECRET, name)

    assert of("Patterned") == [(Right.UPLOAD, "Foo.A")]
    assert of("member") == [(Right.MANAGE, "other")]
    assert of("manager") == [(Right.MANAGE, "Foo.A"), (Right.MANAGE, "other")]
    assert of("admin") == of("stranger") == of("nobody-of-this-name") == []
    assert of("manager", actor="patterned") == [(Right.MANAGE, "Foo.A")]
    assert of("member", actor="patterned") == []


def test_nobody_learns_the_names_of_accounts(peopled):
    peopled.upload(builders.wheel("foo-a", "1.0"), by="manager")
    assert project_people.of_project(peopled.actor(""), MAIN, "foo-a") == []
    assert project_people.of_user(peopled.actor(""), MAIN, "manager") == []
    assert project_people.of_user(peopled.actor("stranger"), MAIN, "manager") == [(Right.MANAGE, "foo-a")]


def test_what_one_may_not_read_is_not_there(peopled):
    peopled.upload(builders.wheel("other", "1.0"), index=SECRET)
    for name in ("other", "nothing"):
        with pytest.raises(errors.NoSuchProject):
            project_people.of_project(peopled.actor("patterned"), SECRET, name)
    for ask in (project_people.of_project, project_people.of_user):
        with pytest.raises(errors.NoSuchIndex):
            ask(peopled.actor("stranger"), SECRET, "other")
        with pytest.raises(errors.LoginRequired):
            ask(peopled.actor(""), SECRET, "other")
