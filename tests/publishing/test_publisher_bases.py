"""Indexes above others: what happens below shows in each of them, in the same act, as if all were rendered anew."""

import random

import pytest

from mypi.installation import opened
from mypi.publishing import remembered
from mypi.registry import deleting, indexing, project_statuses, yanking
from mypi.registry.indexes import Visibility
from mypi.standards.project_status import ProjectStatus
from tests.publishing.every_file import every_file
from tests.publishing.test_publisher import NAMES, VERSIONS, attempt_one, rebuilt, tree
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, SECRET

DEV, TOP = "alice/dev", "alice/top"
INDEXES = (MAIN, SCRATCH, SECRET, DEV, TOP)
WHEEL = builders.wheel("foo", "1.0")


def create(peopled, name, *base_names, **more):
    shell = peopled.actor("shell")
    return indexing.create_index(peopled.registry, shell, name, Visibility.PUBLIC, base_names=base_names, **more)


def rebase(peopled, name, *base_names):
    indexing.change_index(peopled.registry, peopled.actor("shell"), peopled.index(name), base_names=base_names)


def files(peopled, index, project="foo"):
    page = peopled.page(project, index)
    return page and {file["filename"]: file["hashes"]["sha256"] for file in page["files"]}


def linked(peopled, index):
    """Return the names of the files that lie where those of an index are served."""
    paths = peopled.installation.tree.index(peopled.index(index))
    return sorted(file.name for file in paths.files_folder.rglob("*.whl"))


def test_an_upload_shows_in_everything_above_when_it_is_answered(peopled):
    create(peopled, DEV, SECRET)
    create(peopled, TOP, DEV, MAIN)
    peopled.upload(WHEEL, index=SECRET)
    for index in (SECRET, DEV, TOP):
        assert set(files(peopled, index)) == {WHEEL[0]}
        assert peopled.listed(index) == ["foo"]
        assert WHEEL[0] in linked(peopled, index)
    assert files(peopled, MAIN) is None


def test_the_nearest_file_of_a_name_hides_the_others_and_only_it_is_served(peopled):
    create(peopled, DEV, MAIN)
    peopled.upload(WHEEL)
    below = files(peopled, MAIN)
    peopled.upload(builders.wheel("foo", "1.0", summary="another"), index=DEV)
    peopled.upload(builders.wheel("foo", "2.0"))
    assert files(peopled, MAIN).items() >= below.items()
    shown = files(peopled, DEV)
    assert shown[WHEEL[0]] != below[WHEEL[0]]
    assert set(shown) == {WHEEL[0], builders.wheel("foo", "2.0")[0]}
    assert linked(peopled, DEV) == sorted(shown)
    deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(DEV), "foo")
    assert files(peopled, DEV) == files(peopled, MAIN)
    assert linked(peopled, DEV) == linked(peopled, MAIN)


def test_a_page_above_is_newer_after_a_project_below_was_deleted(peopled):
    create(peopled, DEV, MAIN)
    peopled.upload(WHEEL)
    peopled.upload(builders.wheel("foo", "2.0"), index=DEV)
    for index in (MAIN, DEV):
        deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(index), "foo")
        if index == MAIN:
            assert peopled.page("foo", DEV)["meta"]["_last-serial"] == peopled.serial()
    assert peopled.page("foo", DEV) is None
    assert peopled.listed(DEV) == []


def test_what_is_quarantined_below_is_not_offered_above_and_the_nearest_owner_speaks(peopled):
    create(peopled, DEV, MAIN)
    peopled.upload(WHEEL)
    shell = peopled.actor("shell")
    project_statuses.set_status(peopled.registry, shell, peopled.index(), "foo", ProjectStatus.QUARANTINED, "bad")
    assert (files(peopled, DEV), linked(peopled, DEV)) == ({}, [])
    assert peopled.page("foo", DEV)["project-status"]["status"] == "quarantined"
    peopled.upload(builders.wheel("foo", "2.0"), index=DEV)
    assert set(files(peopled, DEV)) == {builders.wheel("foo", "2.0")[0]}
    assert peopled.page("foo", DEV).get("project-status", {}).get("status", "active") == "active"


def test_a_change_of_bases_shows_and_takes_away_all_the_way_up(peopled):
    create(peopled, DEV)
    create(peopled, TOP, DEV)
    peopled.upload(WHEEL)
    peopled.upload(builders.wheel("bar", "1.0"), index=SCRATCH)
    rebase(peopled, DEV, MAIN)
    assert linked(peopled, TOP) == linked(peopled, DEV) == [WHEEL[0]]
    rebase(peopled, DEV, SCRATCH)
    for index in (DEV, TOP):
        assert (files(peopled, index), peopled.listed(index)) == (None, ["bar"])
        assert linked(peopled, index) == [builders.wheel("bar", "1.0")[0]]
        assert peopled.page("bar", index)["meta"]["_last-serial"] == peopled.serial()


def test_pages_that_are_equal_are_rendered_once(peopled, monkeypatch):
    for number in range(5):
        create(peopled, f"alice/i{number}", MAIN)
    peopled.upload(WHEEL)
    made = []
    document = remembered.ProjectDocument
    monkeypatch.setattr(remembered, "ProjectDocument", lambda *given: made.append(given[0]) or document(*given))
    peopled.upload(builders.wheel("new", "1.0"))
    assert sorted(made) == ["", MAIN]
    pages = [peopled.page("new", f"alice/i{number}") for number in range(5)]
    assert all(page == pages[0] for page in pages)


def test_a_list_that_is_rendered_after_the_same_one_of_an_index_above_has_its_own_serial(peopled):
    create(peopled, DEV, MAIN)
    peopled.upload(WHEEL)
    shell = peopled.actor("shell")
    indexing.change_index(peopled.registry, shell, peopled.index(DEV), visibility=Visibility.PRIVATE)
    before = tree(peopled)
    assert rebuilt(peopled) == before


def test_nothing_of_a_deleted_index_shows_in_one_of_the_same_name(peopled):
    create(peopled, DEV, MAIN, volatile=True)
    peopled.upload(WHEEL, index=DEV)
    indexing.delete_index(peopled.registry, peopled.actor("shell"), peopled.index(DEV))
    create(peopled, DEV)
    assert (files(peopled, DEV), linked(peopled, DEV), peopled.listed(DEV)) == (None, [], [])
    peopled.upload(builders.wheel("foo", "3.0"), index=DEV)
    assert set(files(peopled, DEV)) == {builders.wheel("foo", "3.0")[0]}


def random_act(peopled, chosen):
    """Do something to some project or to the bases of an index; what is refused changes nothing."""
    shell, full_name = peopled.actor("shell"), chosen.choice(INDEXES)
    index, registry = peopled.index(full_name), peopled.registry
    name, version, flag = chosen.choice(NAMES), chosen.choice(VERSIONS), chosen.random() < 0.5
    built = builders.wheel(name, version, summary=str(flag))
    status = chosen.choice(list(ProjectStatus))
    acts = {
        "upload": lambda: peopled.upload(built, "shell", full_name),
        "yank": lambda: yanking.set_release_yanked(registry, shell, index, name, version, yanked=flag, reason="<b>"),
        "delete file": lambda: deleting.delete_file(registry, shell, index, name, built[0]),
        "delete project": lambda: deleting.delete_project(registry, shell, index, name),
        "status": lambda: project_statuses.set_status(registry, shell, index, name, status),
        "bases": lambda: rebase(peopled, full_name, *chosen.sample(INDEXES, chosen.randrange(3))),
        "visibility": lambda: indexing.change_index(
            registry, shell, index, visibility=chosen.choice((Visibility.PUBLIC, Visibility.PRIVATE))
        ),
    }
    attempt_one(acts, {"upload": 8, "bases": 3}, chosen)


@pytest.mark.parametrize("seed", range(8))
def test_after_any_acts_on_a_tree_of_indexes_it_is_the_one_that_is_rendered_from_nothing(peopled, seed, monkeypatch):
    monkeypatch.setattr(remembered, "MOST_FILES", 100 * (seed % 2))  # all pages are kept, or only the last one
    monkeypatch.setattr(remembered, "MOST_NAMES", 100 * (seed % 3))
    create(peopled, DEV, MAIN, volatile=True)
    create(peopled, TOP, DEV)
    chosen = random.Random(seed)
    for _ in range(30):
        random_act(peopled, chosen)
    assert peopled.litter() == []
    before = tree(peopled)
    assert rebuilt(peopled) == before


def test_two_processes_that_take_turns_leave_the_tree_that_is_rendered_from_nothing(peopled):
    create(peopled, DEV, MAIN, volatile=True)
    create(peopled, TOP, DEV)
    chosen = random.Random(99)
    for _ in range(12):
        random_act(peopled, chosen)
        with opened(peopled.settings) as another:
            mine = peopled.installation
            peopled.installation = another
            random_act(peopled, chosen)
            peopled.installation = mine
    before = every_file(peopled.data / "tree")
    assert rebuilt(peopled) == before
