"""Pages that tell of namespaces: they too are, after any acts, the ones that are rendered from nothing."""

import random

import pytest

from mypi.publishing import remembered
from mypi.registry import accounts, reserving
from mypi.registry.permissions import Right
from tests.publishing import test_publisher_bases as bases
from tests.publishing.test_publisher import attempt_one, rebuilt, tree
from tests.registry.test_reserved_names import reserve, subject
from tests.support.namespaced import namespaced


def random_act(peopled, chosen):
    """Reserve or release a prefix, let others own or hold, or do what is done to projects and bases."""
    shell, registry, flag = peopled.actor("shell"), peopled.registry, chosen.random() < 0.5
    index, pattern = chosen.choice(bases.INDEXES), chosen.choice(("foo-*", "bar-*", "foo"))
    name = chosen.choice(("uploader", "member", ":crew"))
    acts = {
        "project": lambda: bases.random_act(peopled, chosen),
        "reserve": lambda: reserve(peopled, pattern, name, index=index, by="shell"),
        "release": lambda: reserving.release_name(registry, shell, peopled.index(index), pattern),
        "own": lambda: accounts.set_grant(
            registry, shell, subject(name), Right.MANAGE, peopled.index(index), "f*", given=flag
        ),
        "join": lambda: accounts.set_membership(registry, shell, "crew", "member", member=flag),
    }
    attempt_one(acts, {"project": 6, "reserve": 3}, chosen)


@pytest.mark.parametrize("seed", range(6))
def test_after_any_acts_pages_with_namespaces_are_those_that_are_rendered_from_nothing(
    peopled_template, tmp_path, seed, monkeypatch
):
    monkeypatch.setattr(remembered, "MOST_FILES", 100 * (seed % 2))  # all pages are kept, or only the last one
    chosen, told = random.Random(seed), 0
    with namespaced(peopled_template, tmp_path / "data") as made:
        bases.create(made, bases.DEV, bases.MAIN, volatile=True)
        bases.create(made, bases.TOP, bases.DEV)
        for _ in range(40):
            random_act(made, chosen)
            told += any((made.page("foo", index) or {}).get("namespaces") for index in bases.INDEXES)
        before = tree(made)
        assert rebuilt(made) == before
    assert told
