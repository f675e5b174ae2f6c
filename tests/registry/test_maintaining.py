"""What those who manage a project may give of it, and to whom."""

import pytest

from mypi import errors
from mypi.database import reading
from mypi.registry import accounts, groups, maintaining, permissions, users
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support import builders
from tests.support.peopled import MAIN, SECRET


@pytest.fixture
def owned(peopled):
    """An installation in which the uploader owns the project gearbox of the public index."""
    peopled.upload(builders.wheel("gearbox", "1.0"), by="uploader")
    return peopled


def held(peopled, name, project="gearbox"):
    """Return the rights of somebody on a project of the public index."""
    with reading():
        return {right for right in Right if permissions.allows(peopled.actor(name), right, peopled.index(), project)}


def grant(peopled, by, subject, right=Right.DELETE, index=MAIN, pattern="gearbox"):
    """Give a right on the project by its owner."""
    index = peopled.index(index)
    return accounts.set_grant(peopled.registry, peopled.actor(by), subject, right, index, pattern, given=True)


def user(name):
    """Return a user as the one a grant is given to."""
    return Subject(SubjectKind.USER, user=users.get(name))


def test_an_owner_makes_maintainers_of_their_project_and_of_no_other(owned):
    owned.upload(builders.wheel("other", "1.0"), by="admin")
    actor, index = owned.actor("uploader"), owned.index()
    assert maintaining.set_maintainer(owned.registry, actor, index, "Gearbox", "stranger", maintains=True)
    assert held(owned, "stranger") == {Right.READ, Right.UPLOAD, Right.YANK}
    assert held(owned, "stranger", "other") == {Right.READ}
    with pytest.raises(errors.PermissionDenied):
        maintaining.set_maintainer(owned.registry, actor, index, "other", "stranger", maintains=True)
    assert maintaining.set_maintainer(owned.registry, actor, index, "gearbox", "stranger", maintains=False)
    assert not maintaining.set_maintainer(owned.registry, actor, index, "gearbox", "stranger", maintains=False)
    assert held(owned, "stranger") == {Right.READ}
    assert [event.kind for event in owned.events()[-2:]] == ["maintainer.added", "maintainer.removed"]


def test_a_maintainer_makes_no_maintainers(owned):
    maintaining.set_maintainer(
        owned.registry, owned.actor("uploader"), owned.index(), "gearbox", "stranger", maintains=True
    )
    with pytest.raises(errors.PermissionDenied):
        maintaining.set_maintainer(
            owned.registry, owned.actor("stranger"), owned.index(), "gearbox", "reader", maintains=True
        )


def test_an_owner_gives_rights_on_their_project_to_users_and_groups(owned):
    assert grant(owned, "uploader", user("stranger"))
    with reading():
        crew = Subject(SubjectKind.GROUP, group=groups.get("crew"))
    assert grant(owned, "uploader", crew)
    assert Right.DELETE in held(owned, "stranger") & held(owned, "member")


@pytest.mark.parametrize("pattern", ["other", "gear*", "*", "gearbo?"])
def test_an_owner_gives_nothing_on_what_they_do_not_own(owned, pattern):
    with pytest.raises(errors.PermissionDenied):
        grant(owned, "uploader", user("stranger"), pattern=pattern)


@pytest.mark.parametrize("kind", [SubjectKind.AUTHENTICATED, SubjectKind.EVERYONE])
def test_to_the_rest_of_the_world_gives_only_who_manages_the_index(owned, kind):
    with pytest.raises(errors.PermissionDenied):
        grant(owned, "uploader", Subject(kind))
    assert grant(owned, "manager", Subject(kind))


def test_who_manages_a_pattern_gives_what_it_covers(owned):
    grant(owned, "manager", user("stranger"), Right.MANAGE, SECRET, "acme-*")
    assert grant(owned, "stranger", user("reader"), Right.UPLOAD, SECRET, "acme-core")
    assert grant(owned, "stranger", user("reader"), Right.UPLOAD, SECRET, "acme-core-*")
    for pattern in ("acme", "ac*", "acme?x"):
        with pytest.raises(errors.Failure):
            grant(owned, "stranger", user("reader"), Right.UPLOAD, SECRET, pattern)
