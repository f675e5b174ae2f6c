"""Who may do what: every act by every actor on a public, an authenticated and a private index."""

import pytest

from mypi import errors
from mypi.database import reading, writing
from mypi.errors import Failure
from mypi.registry import accounts, groups, permissions, users
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.standards.names import NormalizedName
from tests.registry.every_act import CASES, ON_A_WHOLE_INDEX, called, parameters
from tests.support import builders
from tests.support.peopled import HOLDERS, INSIDE, MAIN, SECRET, VISIBILITY

EVERYBODY = ("", "stranger", *HOLDERS, "patterned", "member", "admin", "shell")
FOO, OTHER = NormalizedName("foo-a"), NormalizedName("other")
INDEXES = (MAIN, INSIDE, SECRET)


def holds(name: str, right: Right, project: str, index: str) -> bool:
    """Return whether the actor of this name holds a right, as the module `peopled` tells it."""
    if name in {"manager", "admin", "shell"} or HOLDERS.get(name) is right:
        return True
    if name == "patterned" and project == FOO and right in {Right.READ, Right.UPLOAD, Right.YANK}:
        return True
    if right is Right.READ:
        visible = {Visibility.PUBLIC: True, Visibility.AUTHENTICATED: name != ""}.get(VISIBILITY[index], False)
        return visible or name == "member"
    return False


def refusal(name: str, right: Right, project: str, index: str) -> type[Failure]:
    """Return how the actor of this name is refused."""
    if name == "":
        return errors.LoginRequired
    if right is not Right.READ and holds(name, Right.READ, project, index):
        return errors.PermissionDenied
    if name == "patterned":
        return errors.NoSuchProject
    return errors.NoSuchIndex


@pytest.mark.parametrize("index", INDEXES)
@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("project", [FOO, OTHER])
def test_a_right_is_held_by_those_to_whom_it_was_given(peopled, index, right, project):
    for name in EVERYBODY:
        actor = peopled.actor(name)
        with reading():
            assert permissions.allows(actor, right, peopled.index(index), project) is holds(name, right, project, index)


@pytest.mark.parametrize("index", [MAIN, SECRET])
@pytest.mark.parametrize("case", sorted(name for name, case in CASES.items() if case.right))
def test_an_act_on_a_project_is_done_for_who_holds_its_right_and_refused_to_all_others(peopled, case, index):
    right = CASES[case].right
    project = "" if case in ON_A_WHOLE_INDEX else FOO
    CASES[case].prepare(peopled, index, FOO)
    before = peopled.serial()
    for name in EVERYBODY:
        if not holds(name, right, project, index):
            with pytest.raises(Failure) as raised:
                called(case, peopled, peopled.actor(name), index, FOO)
            expected = refusal(name, right, project or FOO, index)
            patterned = project == "" and name == "patterned" and index == SECRET
            if patterned or expected is errors.NoSuchIndex:
                expected = CASES[case].hidden
            assert type(raised.value) is expected, name
    assert peopled.serial() == before
    assert peopled.litter() == []
    holder = "patterned" if holds("patterned", right, project, index) else "manager"
    called(case, peopled, peopled.actor(holder), index, FOO)
    assert peopled.events()[-1].actor == holder
    assert peopled.serial() == before + 1


@pytest.mark.parametrize("case", parameters(name for name, case in CASES.items() if not case.right))
def test_what_is_for_administrators_is_refused_to_all_others(peopled, case):
    CASES[case].prepare(peopled, MAIN, "foo-a")
    before = peopled.serial()
    for name in set(EVERYBODY) - {"admin", "shell"}:
        with pytest.raises(errors.LoginRequired if name == "" else CASES[case].refusal):
            called(case, peopled, peopled.actor(name))
    assert peopled.serial() == before


@pytest.mark.parametrize("right", [Right.UPLOAD, Right.YANK, Right.DELETE, Right.MANAGE])
def test_no_right_but_manage_holds_another(peopled, right):
    name = {held: name for name, held in HOLDERS.items()}[right]
    actor = peopled.actor(name)
    with reading():
        held = {other for other in Right if permissions.allows(actor, other, peopled.index(SECRET))}
    assert held == (set(Right) if right is Right.MANAGE else {right})


@pytest.mark.parametrize("name", ["stranger", "uploader", "yanker", "deleter"])
def test_an_index_that_one_may_not_read_looks_like_one_that_is_not_there(peopled, name):
    def asked(full_name: str) -> Failure:
        with reading(), pytest.raises(Failure) as raised:
            permissions.enter(peopled.actor(name), full_name, Right.READ)
        return raised.value

    hidden, missing = asked(SECRET), asked("team/nowhere")
    assert type(hidden) is type(missing) is errors.NoSuchIndex
    assert hidden.message.replace(SECRET, "") == missing.message.replace("team/nowhere", "")


def test_nobody_is_asked_to_log_in_whether_an_index_is_there_or_not(peopled):
    for full_name in (SECRET, "team/nowhere", INSIDE):
        with reading(), pytest.raises(errors.LoginRequired):
            permissions.enter(peopled.actor(""), full_name, Right.READ)


def test_a_project_outside_of_ones_pattern_looks_like_one_that_is_not_there(peopled):
    peopled.upload(builders.wheel("other", "1.0"), index=SECRET)

    def asked(project: str) -> Failure:
        with reading(), pytest.raises(Failure) as raised:
            permissions.enter(peopled.actor("patterned"), SECRET, Right.READ, NormalizedName(project))
        return raised.value

    hidden, missing = asked("other"), asked("nothing")
    assert type(hidden) is type(missing) is errors.NoSuchProject
    assert hidden.message.replace("other", "") == missing.message.replace("nothing", "")


def allowed(peopled, name: str, right: Right = Right.READ) -> bool:
    with reading():
        return permissions.allows(peopled.actor(name), right, peopled.index(SECRET), FOO)


def test_whoever_leaves_a_group_loses_its_rights_at_once(peopled):
    assert allowed(peopled, "member")
    accounts.set_membership(peopled.registry, peopled.actor("shell"), "crew", "member", member=False)
    assert not allowed(peopled, "member")


def test_when_a_group_is_deleted_its_members_lose_its_rights(peopled):
    accounts.delete_group(peopled.registry, peopled.actor("shell"), "crew")
    assert not allowed(peopled, "member")


def test_a_right_that_is_taken_back_is_gone_at_once(peopled):
    with reading():
        subject, index = Subject(SubjectKind.USER, user=users.get("reader")), peopled.index(SECRET)
    for given in (False, True, False):
        accounts.set_grant(peopled.registry, peopled.actor("shell"), subject, Right.READ, index, given=given)
        assert allowed(peopled, "reader") is given


def test_a_new_user_of_a_deleted_name_inherits_nothing(peopled):
    shell = peopled.actor("shell")
    accounts.delete_user(peopled.registry, shell, "reader")
    accounts.add_user(peopled.registry, shell, "reader", "a long password")
    assert not allowed(peopled, "reader")


def test_grants_to_everyone_and_to_whoever_is_logged_in(peopled):
    for kind, names in ((SubjectKind.AUTHENTICATED, ["stranger"]), (SubjectKind.EVERYONE, ["", "stranger"])):
        with writing():
            permissions.give(Subject(kind), Right.DELETE, peopled.index(SECRET), "foo-*")
        assert [name for name in ("", "stranger") if allowed(peopled, name, Right.DELETE)] == names


def test_a_grant_on_every_index_holds_on_each(peopled):
    with writing():
        permissions.give(Subject(SubjectKind.GROUP, group=groups.get("crew")), Right.UPLOAD, None)
    with reading():
        actor = peopled.actor("member")
        assert all(permissions.allows(actor, Right.UPLOAD, peopled.index(name)) for name in INDEXES)
        assert not permissions.is_administrator(actor)


def test_to_manage_one_index_is_not_to_administer_the_server(peopled):
    with reading():
        assert not permissions.is_administrator(peopled.actor("manager"))
        assert permissions.is_administrator(peopled.actor("admin"))


def test_to_give_twice_and_to_take_what_was_not_given_change_nothing(peopled):
    with writing():
        subject, index = Subject(SubjectKind.USER, user=users.get("stranger")), peopled.index()
        assert permissions.give(subject, Right.YANK, index, "a-*")
        assert not permissions.give(subject, Right.YANK, index, "a-*")
        assert permissions.take(subject, Right.YANK, index, "a-*")
        assert not permissions.take(subject, Right.YANK, index, "a-*")


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [("foo", "foo"), ("foo-*", "foo-a foo-a-b"), ("*-foo", "a-foo"), ("f?o", "foo fxo"), ("*", "foo other")],
)
def test_a_pattern_covers_the_names_that_match_all_of_it(pattern, covered):
    for name in covered.split():
        assert permissions.matches(frozenset({pattern}), NormalizedName(name))
    assert not permissions.matches(frozenset({pattern}), NormalizedName("foob-x")) or pattern == "*"
    assert permissions.matches(frozenset({pattern}), None) is (pattern == "*")


@pytest.mark.parametrize(("written", "kept"), [("Foo_*", "foo-*"), ("a..B", "a-b"), ("*", "*")])
def test_a_pattern_is_kept_as_names_are_compared(written, kept):
    assert permissions.checked_pattern(written) == kept


@pytest.mark.parametrize("written", ["", "foo bar", "[a-z]", "ü", "a" * 201])
def test_what_is_no_pattern_is_refused(written):
    with pytest.raises(errors.InvalidValue):
        permissions.checked_pattern(written)
