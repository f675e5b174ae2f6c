"""Bases: who is asked in which order, who stands above, and that no index ever shows itself."""

import random

import pytest

from mypi import errors
from mypi.database import reading, writing
from mypi.registry import bases, indexes, indexing, permissions, users
from mypi.registry.bases import Graph
from mypi.registry.indexes import IndexKind, Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support.peopled import INSIDE, MAIN, SCRATCH, SECRET

DIAMOND = Graph({1: (2, 3), 2: (4,), 3: (4, 5)})


def create(peopled, name, *base_names, by="shell", **more):
    return indexing.create_index(
        peopled.registry, peopled.actor(by), name, Visibility.PRIVATE, base_names=base_names, **more
    )


def asked(peopled, name):
    with reading():
        return [index.full_name for index in bases.asked(peopled.index(name))]


def rebase(peopled, name, *base_names, by="shell"):
    return indexing.change_index(peopled.registry, peopled.actor(by), peopled.index(name), base_names=base_names)


def test_the_order_is_depth_first_and_each_index_comes_once():
    assert DIAMOND.order(1) == (1, 2, 4, 3, 5)
    assert DIAMOND.order(3) == (3, 4, 5)
    assert DIAMOND.order(9) == (9,)


def test_what_stands_above_is_found_by_way_of_others():
    assert DIAMOND.above(4) == {1, 2, 3}
    assert DIAMOND.above(5) == {1, 3}
    assert DIAMOND.above(1) == frozenset()


@pytest.mark.parametrize("seed", range(20))
def test_an_index_is_asked_for_exactly_those_above_which_it_stands(seed):
    chosen = random.Random(seed)
    # Bases have higher numbers: no loop.
    graph = Graph({id_: chosen.sample(range(id_ + 1, 12), min(chosen.randrange(4), 11 - id_)) for id_ in range(11)})
    for one in range(12):
        for other in range(12):
            assert (other in graph.order(one)[1:]) == (one in graph.above(other))
        order = graph.order(one)
        assert len(set(order)) == len(order)


def test_bases_keep_the_order_in_which_they_are_given(peopled):
    create(peopled, "alice/dev", SECRET, MAIN, SECRET)
    assert asked(peopled, "alice/dev") == ["alice/dev", SECRET, MAIN]
    rebase(peopled, "alice/dev", MAIN, SECRET)
    assert asked(peopled, "alice/dev") == ["alice/dev", MAIN, SECRET]
    rebase(peopled, "alice/dev")
    assert asked(peopled, "alice/dev") == ["alice/dev"]


def test_bases_that_stay_as_they_were_are_no_change(peopled):
    create(peopled, "alice/dev", MAIN)
    assert rebase(peopled, "alice/dev", MAIN) is False
    assert rebase(peopled, "alice/dev", SECRET) is True
    assert peopled.events()[-1].details == {"bases": [SECRET]}


@pytest.mark.parametrize("base", [MAIN, "alice/dev", "alice/top"])
def test_an_index_is_no_base_of_itself_by_whatever_way(peopled, base):
    create(peopled, "alice/dev", MAIN)
    create(peopled, "alice/top", "alice/dev")
    before = peopled.serial()
    with pytest.raises(errors.BaseLoop):
        rebase(peopled, MAIN, SCRATCH, base)
    assert peopled.serial() == before
    assert asked(peopled, MAIN) == [MAIN]


@pytest.mark.parametrize("name", ["no/where", SECRET, "not a name"])
def test_a_base_that_one_may_not_read_looks_like_none(peopled, name):
    with writing():
        stranger = Subject(SubjectKind.USER, user=users.get("stranger"))
        permissions.give(stranger, Right.MANAGE, peopled.index(MAIN))
    with pytest.raises(errors.NoSuchIndex):
        rebase(peopled, MAIN, name, by="stranger")
    assert rebase(peopled, MAIN, INSIDE, by="stranger") is True


def test_bases_are_changed_by_who_manages_the_index(peopled):
    with pytest.raises(errors.PermissionDenied):
        rebase(peopled, SECRET, MAIN, by="reader")
    assert rebase(peopled, SECRET, MAIN, by="manager") is True


def test_a_change_of_bases_is_noted_on_everything_above(peopled):
    create(peopled, "alice/dev", MAIN)
    create(peopled, "alice/top", "alice/dev")
    rebase(peopled, MAIN, INSIDE)
    serial = peopled.serial()
    with reading():
        noted = {index.full_name: index.bases_serial for index in indexes.everything() if index.bases_serial}
    assert noted == {MAIN: serial, "alice/dev": serial, "alice/top": serial}


def test_a_mirror_has_no_bases_and_is_one(peopled):
    with pytest.raises(errors.InvalidValue):
        create(peopled, "root/other", MAIN, kind=IndexKind.MIRROR)
    create(peopled, "root/other", kind=IndexKind.MIRROR)
    create(peopled, "alice/dev", "root/other", MAIN)
    assert asked(peopled, "alice/dev") == ["alice/dev", "root/other", MAIN]
