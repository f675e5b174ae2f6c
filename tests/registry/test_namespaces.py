"""What pages tell of reserved prefixes where the setting is on, and that they do when the act is answered."""

import pytest

from mypi.registry import accounts, indexing, reserving
from mypi.registry.permissions import Right
from tests.registry.test_reserved_names import reserve, subject
from tests.support import builders
from tests.support.namespaced import namespaced
from tests.support.peopled import INSIDE, MAIN, SECRET


@pytest.fixture
def told(peopled_template, tmp_path):
    """Yield an installation whose pages tell of namespaces, with two projects in the default index."""
    with namespaced(peopled_template, tmp_path / "data") as made:
        for name in ("acme-core", "other"):
            made.upload(builders.wheel(name, "1.0"))
        yield made


def namespaces(peopled, project="acme-core", index=MAIN):
    """Return what a page tells, and that it is of the newest event."""
    page = peopled.page(project, index)
    return page["namespaces"], page["meta"]["_last-serial"] == peopled.serial()


def owned(flag, name="acme"):
    return [{"name": name, "owned": flag}]


def let_manage(peopled, name, pattern="acme-*", *, given=True):
    """Let a user or a group own projects."""
    shell, index = peopled.actor("shell"), peopled.index()
    accounts.set_grant(peopled.registry, shell, subject(name), Right.MANAGE, index, pattern, given=given)


def test_a_page_tells_of_a_prefix_as_soon_as_it_is_reserved_and_no_longer_than_that(told):
    assert namespaces(told)[0] is None
    reserve(told, "acme-*", "uploader")
    assert namespaces(told) == (owned(flag=False), True)
    assert namespaces(told, "other") == (None, False)
    reserving.release_name(told.registry, told.actor("shell"), told.index(), "acme-*")
    assert namespaces(told) == (None, True)


def test_every_prefix_that_covers_the_name_is_told_and_a_single_name_is_none(told):
    told.upload(builders.wheel("acme", "1.0"))
    told.upload(builders.wheel("acmetools", "1.0"))
    for pattern in ("acme-*", "acme-core-*", "acme-co-*", "acme-core", "other"):
        reserve(told, pattern, "uploader")
    assert namespaces(told)[0] == owned(flag=False) + owned(flag=False, name="acme-core")
    assert namespaces(told, "acme")[0] == owned(flag=False)
    assert namespaces(told, "acmetools")[0] is namespaces(told, "other")[0] is None


def test_it_is_owned_when_an_owner_of_the_project_is_a_holder(told):
    reserve(told, "acme-*", "uploader")
    let_manage(told, "uploader")
    assert namespaces(told) == (owned(flag=True), True)
    let_manage(told, "uploader", given=False)
    assert namespaces(told) == (owned(flag=False), True)


def test_it_is_owned_by_way_of_groups_as_long_as_somebody_is_in_them(told):
    reserve(told, "acme-*", ":crew")
    let_manage(told, "member")
    assert namespaces(told) == (owned(flag=True), True)
    accounts.set_membership(told.registry, told.actor("shell"), "crew", "member", member=False)
    assert namespaces(told) == (owned(flag=False), True)
    accounts.set_membership(told.registry, told.actor("shell"), "crew", "member", member=True)
    assert namespaces(told) == (owned(flag=True), True)
    accounts.delete_user(told.registry, told.actor("shell"), "member")
    assert namespaces(told) == (owned(flag=False), True)


def test_what_is_reserved_in_a_base_is_told_above_it_and_not_below(told):
    shell = told.actor("shell")
    indexing.change_index(told.registry, shell, told.index(SECRET), base_names=[INSIDE, MAIN])
    reserve(told, "acme-*", "uploader", index=INSIDE)
    let_manage(told, "uploader")
    assert namespaces(told)[0] is None
    assert namespaces(told, index=SECRET)[0] == owned(flag=True)
    reserve(told, "acme-*", "reader", index=SECRET)
    assert namespaces(told, index=SECRET) == (owned(flag=False), True)
    indexing.change_index(told.registry, shell, told.index(SECRET), base_names=[MAIN])
    reserving.release_name(told.registry, shell, told.index(SECRET), "acme-*")
    assert namespaces(told, index=SECRET) == (None, True)


def test_with_the_setting_off_nobody_asks_for_namespaces(peopled, monkeypatch):
    asked = []
    for question in ("shown", "touched_by"):
        monkeypatch.setattr(f"mypi.registry.namespaces.{question}", lambda *given: asked.append(given))
    peopled.upload(builders.wheel("acme-core", "1.0"))
    before = peopled.page("acme-core")
    reserve(peopled, "acme-*", "uploader")
    assert peopled.page("acme-core") == before
    assert "namespaces" not in before
    assert asked == []
