"""Users, groups and indexes: what may be their names, and what goes with them."""

import dataclasses

import pytest
from sqlalchemy import select

from mypi import errors, passwords
from mypi.database import db, reading
from mypi.registry import accounts, groups, indexes, indexing, logins, users
from mypi.registry.groups import Membership
from mypi.registry.indexes import Index, Visibility
from mypi.registry.logins import WebSession
from mypi.registry.permissions import Grant
from mypi.registry.users import User

PASSWORD = "a long password"


def act(peopled, function, *words, by="shell", **named):
    return function(peopled.registry, peopled.actor(by), *words, **named)


@pytest.mark.parametrize("name", ["a", "alice", "a.b-c_d", "x" * 64, "Alice"])
def test_a_user_has_a_name_in_lower_case_and_a_hashed_password(peopled, name):
    act(peopled, accounts.add_user, name, PASSWORD)
    (user,) = peopled.rows(User, User.name == name.lower())
    assert PASSWORD not in user.password_hash
    assert passwords.matches(user.password_hash, PASSWORD)
    with pytest.raises(errors.AlreadyExists):
        act(peopled, accounts.add_user, name.upper(), PASSWORD)


@pytest.mark.parametrize("name", ["", "-a", "a-", "a b", "ü", "x" * 65, "a/b", "a:b", "a\n", "__token__"])
def test_what_is_no_name_of_a_user_or_group_is_refused(peopled, name):
    for function, words in ((accounts.add_user, (name, PASSWORD)), (accounts.add_group, (name,))):
        with pytest.raises(errors.InvalidValue):
            act(peopled, function, *words)


@pytest.mark.parametrize("password", ["", "short", "x" * 513, "nul\x00 in the middle"])
def test_a_password_that_cannot_be_taken_is_refused_and_not_repeated(peopled, password):
    with pytest.raises(errors.InvalidValue) as raised:
        act(peopled, accounts.add_user, "alice", password)
    assert not password or password not in raised.value.message


def test_a_deleted_user_takes_sessions_memberships_and_grants_along(peopled):
    with reading():
        member = users.get("member")
        id_ = member.id
    logins.begin(users.get("member"), lifetime=logins.BRAKE_FORGETS)
    act(peopled, accounts.delete_user, "MEMBER")
    for model in (Membership, WebSession, Grant):
        assert not peopled.rows(model, model.user_id == id_)


def test_a_deleted_group_takes_memberships_and_grants_along(peopled):
    with reading():
        id_ = groups.get("crew").id
    act(peopled, accounts.delete_group, "crew")
    for model in (Membership, Grant):
        assert not peopled.rows(model, model.group_id == id_)


def test_the_members_of_a_group(peopled):
    act(peopled, accounts.set_membership, "crew", "stranger", member=True)
    with reading():
        assert [user.name for user in groups.members(groups.get("CREW"))] == ["member", "stranger"]
    assert act(peopled, accounts.set_membership, "crew", "stranger", member=False) is True
    assert act(peopled, accounts.set_membership, "crew", "stranger", member=False) is False


def test_people_set_their_own_password_and_nobody_elses(peopled):
    act(peopled, accounts.set_password, "reader", PASSWORD, by="reader")
    for name in ("manager", "stranger"):
        with pytest.raises(errors.PermissionDenied):
            act(peopled, accounts.set_password, "reader", PASSWORD, by=name)
    with pytest.raises(errors.LoginRequired):
        act(peopled, accounts.set_password, "reader", PASSWORD, by="")
    with pytest.raises(errors.NoSuchUser):
        act(peopled, accounts.set_password, "nobody", PASSWORD)


def test_a_new_password_ends_the_sessions_of_its_user_and_of_no_other(peopled):
    with reading():
        both = [users.get(name) for name in ("reader", "manager")]
    tokens = [logins.begin(user, lifetime=logins.BRAKE_FORGETS) for user in both]
    act(peopled, accounts.set_password, "reader", PASSWORD)
    with reading():
        assert [bool(logins.user_of(token)) for token in tokens] == [False, True]


@pytest.mark.parametrize("name", ["team/new", "Team/New", "a/b", "x.y-z_1/q"])
def test_an_index_has_a_name_in_lower_case_and_a_page_at_once(peopled, name):
    act(peopled, indexing.create_index, name, Visibility.PUBLIC, title="New")
    assert peopled.listed(name.lower()) == []
    with reading():
        assert indexes.get(name).full_name == name.lower()


@pytest.mark.parametrize(
    "name",
    ["", "team", "/x", "team/", "a/b/c", "simple/x", "pypi/x", "package/x", "+x/y", "a/..", "ü/x", "x" * 65 + "/a"],
)
def test_what_is_no_name_of_an_index_is_refused(peopled, name):
    with pytest.raises(errors.InvalidValue):
        act(peopled, indexing.create_index, name, Visibility.PUBLIC)


def test_an_index_is_created_once(peopled):
    with pytest.raises(errors.AlreadyExists):
        act(peopled, indexing.create_index, "TEAM/main", Visibility.PUBLIC)


def test_a_change_of_an_index_is_told_by_its_event(peopled):
    with reading():
        index = peopled.index()
    assert act(peopled, indexing.change_index, index, title="Main", visibility=Visibility.PUBLIC) is True
    assert peopled.events()[-1].details == {"title": "Main"}
    assert act(peopled, indexing.change_index, index, title="Main") is False
    assert peopled.rows(Index, Index.name == "main")[0].title == "Main"


def test_everyone_and_everything_are_listed_by_name(peopled):
    with reading():
        assert [user.name for user in users.everyone()] == sorted(db.session.scalars(select(User.name)))
        assert [group.name for group in groups.everyone()] == ["crew"]
        assert [index.name for index in indexes.everything()] == ["pypi", "inside", "main", "scratch", "secret"]


def test_by_setting_everyone_adds_users_but_none_that_would_own_indexes(peopled):
    rules = dataclasses.replace(peopled.registry.rules, open_accounts=True)
    opened = dataclasses.replace(peopled.registry, rules=rules)
    accounts.add_user(opened, peopled.actor(""), "newcomer", "a long password")
    for taken in ("newcomer", "team"):
        with pytest.raises(errors.AlreadyExists):
            accounts.add_user(opened, peopled.actor(""), taken, "a long password")
    assert accounts.add_user(opened, peopled.actor("admin"), "team", "a long password")
