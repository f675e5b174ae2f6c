"""`mypi publish`: the tree that was removed comes back byte for byte, and acts that were not rendered are."""

import hashlib
import shutil
from dataclasses import replace

from mypi.registry import deleting, project_statuses, uploading, yanking
from mypi.registry.actors import at_shell
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.installations import CommandLine
from tests.support.integrity import check
from tests.support.pages import page_file
from tests.support.peopled import SCRATCH, SECRET


def state(tree):
    """Return the name, the digest and the modification time of every file of a tree that is published."""
    return {
        file.relative_to(tree).as_posix(): (hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_mtime_ns)
        for file in sorted(tree.rglob("*"))
        if file.is_file() and file.parent.name != "readers"
    }


def lived_in(peopled):
    """Let everything happen that leaves a trace on pages."""
    shell, registry = at_shell(), peopled.registry
    for project in ("one", "two", "three", "four"):
        peopled.upload(builders.wheel(project, "1.0"))
        peopled.upload(builders.sdist(project, "2.0rc1", metadata_version="2.2"))
    peopled.upload(builders.wheel("hidden", "1.0"), index=SECRET)
    peopled.upload(builders.wheel("again", "1.0"), index=SCRATCH)
    peopled.upload(builders.wheel("again", "1.0", summary="else"), index=SCRATCH)
    main = peopled.index()
    yanking.set_release_yanked(registry, shell, main, "one", "1.0", yanked=True, reason="<bad>")
    deleting.delete_release(registry, shell, main, "two", "1.0")
    deleting.delete_project(registry, shell, main, "three")
    project_statuses.set_status(registry, shell, main, "four", ProjectStatus.QUARANTINED, "why")


def test_a_removed_tree_comes_back_byte_for_byte_with_the_same_modification_times(peopled):
    lived_in(peopled)
    tree = peopled.data / "tree"
    before = state(tree)
    shutil.rmtree(tree)

    answered = CommandLine(peopled.settings)("publish", "--all")

    assert (answered.code, answered.err) == (0, "the published tree shows everything\n")
    after = state(tree)
    # What processes tell each other: where they are, and who renders.
    for names in (before, after):
        for own in ("lock", "rebuild-lock", "mark", "shown"):
            names.pop(own, None)
    assert after.pop("format")[0] == before.pop("format")[0]
    assert after == before
    assert check(peopled.installation) == []


def test_a_tree_that_is_whole_stays_as_it_is(peopled):
    lived_in(peopled)
    before = state(peopled.data / "tree")
    assert CommandLine(peopled.settings)("publish", "--all").code == 0
    after = state(peopled.data / "tree")
    for name in ("mark", "shown", "lock", "rebuild-lock"):
        before.pop(name, None)
        after.pop(name, None)
    assert after == before


def test_acts_whose_process_was_killed_before_their_pages_were_rendered_are_shown(peopled):
    silent = replace(peopled.registry, publish=lambda _serial: None)
    submission = peopled.submission(builders.wheel("demo", "1.0"))
    uploading.upload(silent, at_shell(), peopled.index(), submission)
    assert peopled.page("demo") is None

    assert CommandLine(peopled.settings)("publish").code == 0

    assert peopled.listed() == ["demo"]
    assert check(peopled.installation) == []


def test_a_damaged_page_is_rendered_again_by_all(peopled):
    lived_in(peopled)
    page = page_file(peopled.data / "tree/public/team/main/simple/one")
    page.write_text("else")
    assert CommandLine(peopled.settings)("publish", "--all").code == 0
    assert check(peopled.installation) == []
