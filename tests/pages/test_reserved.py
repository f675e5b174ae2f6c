"""Reserved names on the page of those who manage an index; maintainers on the page of those who manage a project."""

import pytest

from mypi.registry import events, indexes, permissions, reserved_names, users
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right
from tests.pages.site import post, words
from tests.support import builders

PAGE = "/team/main/+reserved"
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def manager(site):
    """Return the browser of who manages the index."""
    site.add_user("ada", Right.MANAGE)
    site.add_user("bob")
    return site.logged_in("ada")


def kept(site):
    """Return what is reserved, and for whom."""
    with site.opened():
        index = indexes.get("team/main")
        return [(one.pattern, reserved_names.holders(one), one.contact) for one in reserved_names.of_index(index)]


def test_a_name_is_reserved_shown_and_released(site, manager):
    fields = {"pattern": "Acme-*", "holders": "user:bob user:ada", "contact": HOSTILE}
    assert post(manager, PAGE, fields, PAGE).status_code == 303
    assert kept(site) == [("acme-*", ["user:ada", "user:bob"], HOSTILE)]
    shown = manager.get(PAGE)
    assert "acme-*" in words(shown)
    assert HOSTILE not in shown.text
    assert post(manager, f"{PAGE}/+release", {"pattern": "acme-*"}, PAGE).status_code == 303
    assert kept(site) == []


@pytest.mark.parametrize(
    "wrong", [{"pattern": "a*b"}, {"holders": ""}, {"holders": "everyone"}, {"holders": "user:eve"}]
)
def test_what_cannot_be_reserved_is_said_above_the_form(site, manager, wrong):
    answer = post(manager, PAGE, {"pattern": "acme", "holders": "user:bob", **wrong}, PAGE)
    assert answer.status_code in {400, 404}
    assert 'role="alert"' in answer.text
    assert kept(site) == []


def test_the_page_is_for_who_manages_the_index(site, manager):
    assert "Reserved names" in words(manager.get("/"))
    bob = site.logged_in("bob")
    assert bob.get(PAGE).status_code == 403
    assert "Reserved names" not in words(bob.get("/"))


def test_the_owner_of_a_project_makes_a_maintainer_and_removes_them(site, manager):
    site.add_user("eve", Right.UPLOAD)
    site.upload(builders.wheel("gearbox", "1.0"), user="eve")
    owner, form = site.logged_in("eve"), "/team/main/gearbox/+maintainer"

    def held():
        with site.opened():
            bob, index = users.get("bob"), indexes.get("team/main")
            actor = Actor(user_id=bob.id, name=bob.name)
            return {right for right in Right if permissions.allows(actor, right, index, "gearbox")}

    assert post(owner, form, {"user": "bob", "maintains": "yes"}, "/package/gearbox/").status_code == 303
    assert held() == {Right.READ, Right.UPLOAD, Right.YANK}
    assert "bob: uploads to it" in words(owner.get("/package/gearbox/"))
    assert post(owner, form, {"user": "bob", "maintains": "no"}, "/package/gearbox/").status_code == 303
    assert held() == {Right.READ}
    with site.opened():
        assert events.newest().kind == "maintainer.removed"
