"""Names that are kept: for their holders, in an index and in all above it, before the first file comes."""

import pytest

from mypi import errors
from mypi.database import reading
from mypi.registry import accounts, groups, indexing, registering, reserved_names, reserving, users
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET


def subject(name):
    """Return a user, or with a colon before the name a group, as the holder of a name."""
    with reading():
        if name.startswith(":"):
            return Subject(SubjectKind.GROUP, group=groups.get(name[1:]))
        return Subject(SubjectKind.USER, user=users.get(name))


def reserve(peopled, pattern, *holders, index=MAIN, contact="", by="manager"):
    """Reserve a name."""
    subjects = [subject(name) for name in holders]
    return reserving.reserve_name(peopled.registry, peopled.actor(by), peopled.index(index), pattern, subjects, contact)


def upload(peopled, name, by, index=MAIN):
    """Upload a wheel of a project."""
    return peopled.upload(builders.wheel(name, "1.0"), by=by, index=index)


def test_a_prefix_is_for_its_holders_and_everybody_else_is_told_whom_to_ask(peopled):
    reserve(peopled, "Acme_*", "uploader", contact="platform@acme.example")
    for name in ("acme", "acme-core", "Acme.Core_x"):
        with pytest.raises(errors.NameReserved, match=r"'acme-\*' in team/main: ask platform@acme.example"):
            upload(peopled, name, "manager")
        assert upload(peopled, name, "uploader")
    assert upload(peopled, "acmetools", "manager")


def test_registering_is_refused_as_an_upload_is(peopled):
    reserve(peopled, "acme", "uploader")
    with pytest.raises(errors.NameReserved, match="ask user:uploader"):
        registering.register(peopled.registry, peopled.actor("manager"), peopled.index(), "ACME")
    assert registering.register(peopled.registry, peopled.actor("uploader"), peopled.index(), "ACME")


def test_a_group_holds_a_name_with_all_its_members(peopled):
    with reading():
        member = subject("member")
    accounts.set_grant(peopled.registry, peopled.actor("shell"), member, Right.UPLOAD, peopled.index(), given=True)
    reserve(peopled, "acme-*", ":crew")
    assert upload(peopled, "acme-one", "member")
    accounts.set_membership(peopled.registry, peopled.actor("shell"), "crew", "member", member=False)
    with pytest.raises(errors.NameReserved):
        upload(peopled, "acme-two", "member")


def test_who_has_the_project_already_keeps_it(peopled):
    upload(peopled, "acme-old", "manager")
    reserve(peopled, "acme-*", "uploader")
    assert peopled.upload(builders.wheel("acme-old", "2.0"), by="manager")


def test_a_longer_prefix_and_the_name_itself_go_before_a_shorter_one(peopled):
    reserve(peopled, "acme-*", "uploader")
    reserve(peopled, "acme-lab-*", "manager")
    reserve(peopled, "acme-lab-x", "uploader")
    assert upload(peopled, "acme-lab-y", "manager")
    assert upload(peopled, "acme-lab-x", "uploader")
    with pytest.raises(errors.NameReserved):
        upload(peopled, "acme-lab-z", "uploader")


def test_what_is_reserved_in_a_base_holds_in_every_index_above_it_and_not_below(peopled):
    shell = peopled.actor("shell")
    indexing.change_index(peopled.registry, shell, peopled.index(INSIDE), base_names=[MAIN])
    indexing.change_index(peopled.registry, shell, peopled.index(SECRET), base_names=[INSIDE])
    reserve(peopled, "acme-*", "uploader", index=INSIDE)
    reserve(peopled, "acme-*", "manager", index=SECRET)
    with pytest.raises(errors.NameReserved, match=INSIDE):
        upload(peopled, "acme-core", "manager", SECRET)  # who holds it there, and not in the base
    with pytest.raises(errors.NameReserved, match=SECRET):
        upload(peopled, "acme-core", "uploader", SECRET)
    assert upload(peopled, "acme-core", "manager", MAIN)


def test_a_name_whose_holder_is_deleted_is_nobodys_and_not_everybodys(peopled):
    reserve(peopled, "acme-*", "uploader")
    accounts.delete_user(peopled.registry, peopled.actor("shell"), "uploader")
    with pytest.raises(errors.NameReserved, match="ask whoever manages team/main"):
        upload(peopled, "acme-core", "manager")


def test_reserved_once_more_it_is_for_the_new_holders_and_released_for_everybody(peopled):
    reserve(peopled, "acme-*", "uploader")
    assert reserve(peopled, "acme-*", "manager", ":crew", contact="the crew")
    with pytest.raises(errors.NameReserved):
        upload(peopled, "acme-core", "uploader")
    with reading():
        (kept,) = reserved_names.of_index(peopled.index())
        assert (kept.pattern, reserved_names.holders(kept)) == ("acme-*", ["group:crew", "user:manager"])
    reserving.release_name(peopled.registry, peopled.actor("manager"), peopled.index(), "acme-*")
    assert upload(peopled, "acme-core", "uploader")


@pytest.mark.parametrize("pattern", ["*", "ac*me", "acme*", "acme-?", "-*", "", "acme-*-x", "x" * 300])
def test_what_is_neither_a_name_nor_a_prefix_is_not_reserved(peopled, pattern):
    with pytest.raises(errors.InvalidValue):
        reserve(peopled, pattern, "uploader")


def test_a_name_is_kept_for_somebody(peopled):
    with pytest.raises(errors.InvalidValue):
        reserve(peopled, "acme")
    everyone = [Subject(SubjectKind.EVERYONE)]
    with pytest.raises(errors.InvalidValue):
        reserving.reserve_name(peopled.registry, peopled.actor("manager"), peopled.index(), "acme", everyone)


def test_a_base_that_one_may_not_know_of_is_not_named_nor_are_accounts_to_nobody(peopled):
    reserve(peopled, "acme-*", "manager", index=SECRET)
    uploaders = [(SubjectKind.USER, "yanker"), (SubjectKind.EVERYONE, "")]
    chosen = {"base_names": [SECRET], "uploader_names": uploaders}
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "above/all", Visibility.PUBLIC, **chosen)
    for name in ("stranger", ""):
        with pytest.raises(errors.NameReserved) as refused:
            registering.register(peopled.registry, peopled.actor(name), peopled.index("above/all"), "acme-core")
        where = "a base of above/all"
        assert refused.value.message.endswith(f"as 'acme-core' in {where}: ask whoever manages {where}")
    reserve(peopled, "tools", "manager", index="above/all", by="shell")
    with pytest.raises(errors.NameReserved, match="ask user:manager"):
        registering.register(peopled.registry, peopled.actor("stranger"), peopled.index("above/all"), "tools")
    with pytest.raises(errors.NameReserved, match="ask whoever manages above/all"):
        registering.register(peopled.registry, peopled.actor(""), peopled.index("above/all"), "tools")
