"""The acts on indexes: what is deleted is gone with its pages, and filenames that mean one content for ever stay."""

import dataclasses

import pytest

from mypi import errors
from mypi.registry import deleting, indexing, registering
from mypi.registry.files import File, Tombstone
from mypi.registry.indexes import IndexKind, Visibility
from mypi.registry.permissions import Grant, Right
from mypi.registry.projects import Project
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SCRATCH, SECRET

WHEEL = builders.wheel("foo", "1.0")


def delete(peopled, name, by="shell"):
    indexing.delete_index(peopled.registry, peopled.actor(by), peopled.index(name))


def test_a_volatile_index_goes_with_everything_in_it(peopled):
    peopled.upload(WHEEL, index=SCRATCH)
    peopled.upload(builders.wheel("bar", "1.0"), index=SCRATCH)
    deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(SCRATCH), "bar")
    index_id = peopled.index(SCRATCH).id
    delete(peopled, SCRATCH, by="manager")
    for model in (Project, File, Tombstone, Grant):
        assert peopled.rows(model, model.index_id == index_id) == [], model
    assert peopled.events()[-1].details == {"projects": 1, "distribution_files": 1}
    assert not (peopled.data / "tree" / "public" / SCRATCH).exists()
    with pytest.raises(errors.NoSuchIndex):
        peopled.index(SCRATCH)


def test_an_index_in_which_names_are_taken_for_ever_stays(peopled):
    peopled.upload(WHEEL, index=SECRET)
    with pytest.raises(errors.IndexNotVolatile):
        delete(peopled, SECRET)
    deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(SECRET), "foo")
    with pytest.raises(errors.IndexNotVolatile):
        delete(peopled, SECRET)
    assert peopled.index(SECRET)


def test_an_index_that_never_had_a_file_goes(peopled):
    registering.register(peopled.registry, peopled.actor("shell"), peopled.index(SECRET), "foo")
    delete(peopled, SECRET)
    assert peopled.rows(Project) == []


def test_a_base_of_others_stays_and_who_stands_on_it_is_named_to_those_who_may_know(peopled):
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "alice/a", Visibility.PUBLIC, base_names=[SCRATCH])
    indexing.create_index(peopled.registry, shell, "alice/b", Visibility.PRIVATE, base_names=[SCRATCH])
    with pytest.raises(errors.IndexInUse, match="alice/a, alice/b"):
        delete(peopled, SCRATCH)
    with pytest.raises(errors.IndexInUse) as raised:
        delete(peopled, SCRATCH, by="manager")
    assert raised.value.users == "alice/a"
    delete(peopled, "alice/a")
    with pytest.raises(errors.IndexInUse) as raised:
        delete(peopled, SCRATCH, by="manager")
    assert "alice" not in raised.value.users
    delete(peopled, "alice/b")
    delete(peopled, SCRATCH)


def test_nobody_uploads_to_a_mirror(peopled):
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "root/other", Visibility.PUBLIC, kind=IndexKind.MIRROR)
    with pytest.raises(errors.NoUploadsToMirror):
        peopled.upload(WHEEL, by="shell", index="root/other")
    with pytest.raises(errors.NoUploadsToMirror):
        registering.register(peopled.registry, shell, peopled.index("root/other"), "foo")


def test_an_event_tells_with_what_an_index_began(peopled):
    shell = peopled.actor("shell")
    indexing.create_index(peopled.registry, shell, "alice/dev", Visibility.PRIVATE, base_names=[INSIDE, MAIN])
    assert peopled.events()[-1].details == {
        "visibility": "private",
        "volatile": False,
        "title": "",
        "index_kind": "hosted",
        "bases": [INSIDE, MAIN],
        "uploaders": [],
    }
    assert peopled.index("alice/dev").created_serial == peopled.serial()


def create(peopled, by, name, **words):
    return indexing.create_index(peopled.registry, peopled.actor(by), name, Visibility.PRIVATE, **words)


def test_a_user_creates_indexes_that_begin_with_their_name_and_manages_them(peopled):
    create(peopled, "stranger", "stranger/dev", base_names=[MAIN])
    assert peopled.upload(WHEEL, by="stranger", index="stranger/dev")
    for name in ("team/other", "strangers/dev", "reader/dev"):
        with pytest.raises(errors.PermissionDenied):
            create(peopled, "stranger", name)
    with pytest.raises(errors.LoginRequired):
        create(peopled, "", "stranger/more")


def test_by_setting_only_administrators_create_indexes(peopled):
    rules = dataclasses.replace(peopled.registry.rules, user_indexes=False)
    closed = dataclasses.replace(peopled.registry, rules=rules)
    with pytest.raises(errors.PermissionDenied):
        indexing.create_index(closed, peopled.actor("stranger"), "stranger/dev", Visibility.PRIVATE)
    assert indexing.create_index(closed, peopled.actor("admin"), "stranger/dev", Visibility.PRIVATE)


@pytest.mark.parametrize(
    ("index_pattern", "rights", "creates"),
    [
        ("*", {"manage"}, True),
        ("stranger/*", {"manage"}, True),
        ("stranger/dev", {"manage"}, True),
        ("stranger/other", {"manage"}, False),
        ("*", {"upload", "read"}, False),
    ],
)
def test_a_token_creates_an_index_when_it_allows_to_manage_it(peopled, index_pattern, rights, creates):
    actor = peopled.bearer("stranger", rights=[Right(right) for right in rights], index_pattern=index_pattern)
    if creates:
        assert indexing.create_index(peopled.registry, actor, "stranger/dev", Visibility.PRIVATE)
    else:
        with pytest.raises(errors.PermissionDenied):
            indexing.create_index(peopled.registry, actor, "stranger/dev", Visibility.PRIVATE)
