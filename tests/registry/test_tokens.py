"""What a token is good for: never more than its scope says, and never more than its user holds at that moment."""

import dataclasses
from datetime import timedelta

import pytest

from mypi import clock, errors
from mypi.database import reading
from mypi.registry import accounts, issuing, permissions, tokens, uploading, users, yanking
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.scopes import Purpose
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, PASSWORD, SECRET, VISIBILITY

ALL = frozenset(right.value for right in Right)


def with_scope(peopled, name, rights=ALL, index="*", projects=("*",), purpose=Purpose.PERSONAL):
    """Return somebody with a token of this scope."""
    rights = [Right(right) for right in rights]
    return peopled.bearer(name, purpose, rights=rights, index_pattern=index, project_patterns=projects)


def may(peopled, actor, right, index=SECRET, project="acme-core"):
    """Return whether the actor holds the right on the project."""
    with reading():
        return permissions.allows(actor, right, peopled.index(index), project)


@pytest.mark.parametrize("right", list(Right))
@pytest.mark.parametrize("name", ["stranger", "reader", "uploader", "patterned", "manager", "admin"])
def test_a_token_for_everything_is_good_for_what_its_user_holds(peopled, name, right):
    actor, plain = with_scope(peopled, name), peopled.actor(name)
    for index in VISIBILITY:
        for project in ("acme-core", "foo-a", None):
            assert may(peopled, actor, right, index, project) is may(peopled, plain, right, index, project)
    with reading():
        assert permissions.is_administrator(actor) is permissions.is_administrator(plain)


@pytest.mark.parametrize("right", list(Right))
def test_a_token_narrows_the_rights_and_manage_holds_the_others(peopled, right):
    held = {other for other in Right if may(peopled, with_scope(peopled, "manager", {right.value}), other)}
    assert held == (set(Right) if right is Right.MANAGE else {right})


def test_a_token_narrows_indexes_and_projects(peopled):
    narrowed = with_scope(peopled, "manager", index=SECRET, projects=["acme-*", "foo"])
    assert may(peopled, narrowed, Right.UPLOAD)
    assert may(peopled, narrowed, Right.UPLOAD, project="foo")
    assert not may(peopled, narrowed, Right.UPLOAD, project="acme")
    assert not may(peopled, narrowed, Right.UPLOAD, project=None)
    assert not may(peopled, narrowed, Right.UPLOAD, index=MAIN)
    assert may(peopled, with_scope(peopled, "manager", index="team/*"), Right.UPLOAD, index=MAIN)
    assert not may(peopled, with_scope(peopled, "manager", index="tea/*"), Right.UPLOAD, index=MAIN)


def test_a_pattern_of_the_user_and_one_of_the_token_leave_what_fits_both(peopled):
    actor = with_scope(peopled, "patterned", projects=["*-core"])  # who holds foo-*
    assert may(peopled, actor, Right.UPLOAD, project="foo-core")
    assert not may(peopled, actor, Right.UPLOAD, project="foo-extra")
    assert not may(peopled, actor, Right.UPLOAD, project="bar-core")


def test_a_token_without_read_reads_what_everyone_may_and_nothing_else(peopled):
    actor = with_scope(peopled, "manager", {"upload"})
    assert [index for index in VISIBILITY if may(peopled, actor, Right.READ, index)] == [MAIN, "team/scratch"]
    everyone = Subject(SubjectKind.EVERYONE)
    accounts.set_grant(
        peopled.registry, peopled.actor("shell"), everyone, Right.READ, peopled.index(SECRET), "acme-*", given=True
    )
    assert may(peopled, actor, Right.READ)
    assert not may(peopled, actor, Right.READ, project="foo")


def test_a_token_is_good_for_no_more_as_soon_as_its_user_holds_no_more(peopled):
    actor, user = with_scope(peopled, "uploader"), Subject(SubjectKind.USER, user=users.get("uploader"))
    assert may(peopled, actor, Right.UPLOAD)
    shell, index = peopled.actor("shell"), peopled.index(SECRET)
    accounts.set_grant(peopled.registry, shell, user, Right.UPLOAD, index, given=False)
    assert not may(peopled, actor, Right.UPLOAD)
    accounts.set_grant(peopled.registry, shell, user, Right.DELETE, index, given=True)
    assert may(peopled, actor, Right.DELETE)


@pytest.mark.parametrize(
    "narrower", [{"rights": {"read", "upload", "yank", "delete"}}, {"index": "team/*"}, {"projects": ["acme-*"]}]
)
def test_a_narrowed_token_of_an_administrator_administers_nothing(peopled, narrower):
    actor = with_scope(peopled, "admin", **narrower)
    with reading():
        assert not permissions.is_administrator(actor)
    with pytest.raises(errors.PermissionDenied):
        accounts.add_user(peopled.registry, actor, "newcomer", "a long password")


def test_a_publishers_token_is_good_for_what_it_says_and_no_user_stands_behind_it(peopled):
    actor = with_scope(peopled, "publisher", {"upload"}, SECRET, ["acme-core"], Purpose.PUBLISHER)
    assert may(peopled, actor, Right.UPLOAD)
    assert not may(peopled, actor, Right.UPLOAD, project="acme-other")
    assert not may(peopled, actor, Right.UPLOAD, index=MAIN)
    assert not may(peopled, actor, Right.READ)
    assert not may(peopled, actor, Right.READ, index=INSIDE)
    assert not actor.is_anonymous
    peopled_upload(peopled, actor, SECRET, "acme-core")
    assert peopled.events()[-1].actor == "publisher"


def peopled_upload(peopled, actor, index, name, version="1.0"):
    """Upload a wheel as this actor."""
    submission = peopled.submission(builders.wheel(name, version), name=name)
    return uploading.upload(peopled.registry, actor, peopled.index(index), submission)


def test_a_token_narrowed_to_upload_on_a_prefix_uploads_a_new_project_and_can_nothing_else(peopled):
    peopled.upload(builders.wheel("acme-old", "1.0"), index=SECRET)
    actor = with_scope(peopled, "manager", {"upload"}, projects=["acme-*"])
    assert peopled_upload(peopled, actor, SECRET, "acme-new")
    event = peopled.events()[-1]
    assert (event.actor, event.details["token"]) == ("manager", {"id": actor.token.id, "name": "ci"})
    for project in ("acme-old", "acme-new"):
        with reading(), pytest.raises(errors.NoSuchIndex):
            permissions.enter(actor, SECRET, Right.READ, project)
        with pytest.raises(errors.NoSuchIndex):
            yanking.set_release_yanked(peopled.registry, actor, peopled.index(SECRET), project, "1.0", yanked=True)
    with pytest.raises(errors.PermissionDenied):
        peopled_upload(peopled, actor, SECRET, "other")


@pytest.mark.parametrize("act", ["create", "rotate", "password", "list"])
def test_a_token_governs_no_account_and_a_login_does(peopled, act):
    token, _ = issuing.create_token(peopled.registry, peopled.actor("reader"), "reader", "first", rights=[Right.READ])

    def governed(actor):
        if act == "create":
            return issuing.create_token(peopled.registry, actor, "reader", "second", rights=[Right.READ])
        if act == "rotate":
            return issuing.rotate_token(peopled.registry, actor, token.id)
        if act == "password":
            return accounts.set_password(peopled.registry, actor, "reader", "another long password")
        with reading():
            return issuing.own_tokens(actor)

    before = peopled.serial()
    for purpose in (Purpose.PERSONAL, Purpose.PUBLISHER):
        with pytest.raises(errors.PermissionDenied):
            governed(with_scope(peopled, "reader", purpose=purpose))
    assert peopled.serial() == before
    governed(with_scope(peopled, "reader", purpose=Purpose.LOGIN))


def test_a_token_may_end_itself_and_no_other(peopled):
    mine, other = (
        issuing.create_token(peopled.registry, peopled.actor("reader"), "reader", name, rights=[Right.READ])[0]
        for name in ("one", "two")
    )
    actor = dataclasses.replace(peopled.actor("reader"), token=mine.scope)
    with pytest.raises(errors.PermissionDenied):
        issuing.revoke_token(peopled.registry, actor, other.id)
    issuing.revoke_token(peopled.registry, actor, mine.id)
    with reading():
        assert [token.name for token in tokens.of_user(users.get("reader"))] == ["two"]


def test_somebody_elses_token_looks_like_none(peopled):
    token, _ = issuing.create_token(peopled.registry, peopled.actor("reader"), "reader", "mine", rights=[Right.READ])
    for act in (issuing.rotate_token, issuing.revoke_token):
        told = set()
        for number in (token.id, token.id ^ 1):
            with pytest.raises(errors.NoSuchToken) as raised:
                act(peopled.registry, peopled.actor("manager"), number)
            told.add(raised.value.message.replace(str(number), "N"))
        assert len(told) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"rights": []},
        {"project_patterns": []},
        {"project_patterns": ["a&b"]},
        {"project_patterns": ["a"] + [f"a{number}" for number in range(100)]},
        {"index_pattern": "team"},
        {"index_pattern": "*/main"},
        {"index_pattern": "team/[m]*"},
        {"lifetime": timedelta()},
        {"lifetime": timedelta(days=-1)},
        {"lifetime": timedelta(days=10_000)},
        {"name": ""},
        {"name": "x" * 101},
    ],
)
def test_a_scope_that_means_nothing_is_refused(peopled, wrong):
    given = {"rights": [Right.READ], "name": "ci", **wrong}
    with pytest.raises(errors.InvalidValue):
        issuing.create_token(peopled.registry, peopled.actor("reader"), "reader", given.pop("name"), **given)


def test_what_began_with_a_token_that_has_ended_since_is_refused(peopled, monkeypatch):
    shell = peopled.actor("shell")
    for end in (issuing.revoke_token, issuing.rotate_token):
        actor = peopled.bearer("uploader")
        end(peopled.registry, shell, actor.token.id)
        with pytest.raises(errors.InvalidToken):
            upload(peopled, actor)
    short = peopled.bearer("uploader", lifetime=timedelta(hours=1))
    monkeypatch.setattr(clock, "now", lambda: short.token.expires_at)
    with pytest.raises(errors.InvalidToken):
        upload(peopled, short)
    monkeypatch.undo()
    assert upload(peopled, peopled.bearer("uploader"))


def test_whoever_has_the_number_of_a_deleted_user_lends_them_nothing(peopled):
    shell = peopled.actor("shell")
    accounts.add_user(peopled.registry, shell, "gone", PASSWORD)
    gone = peopled.actor("gone")
    accounts.delete_user(peopled.registry, shell, "gone")
    accounts.add_user(peopled.registry, shell, "come", PASSWORD)  # SQLite gives the number once more
    everyone = Subject(SubjectKind.AUTHENTICATED)
    accounts.set_grant(peopled.registry, shell, everyone, Right.UPLOAD, peopled.index(), given=True)
    with pytest.raises(errors.WrongPassword):
        upload(peopled, gone)
    assert upload(peopled, peopled.actor("come"))


def upload(peopled, actor):
    """Upload a file that took its time."""
    return uploading.upload(peopled.registry, actor, peopled.index(), peopled.submission(builders.wheel("foo", "1.0")))
