"""The published tree follows the events: step by step or all at once, it comes out the same."""

import gzip
import json
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from sqlalchemy import update

from mypi.database import writing
from mypi.errors import Failure
from mypi.installation import opened
from mypi.publishing import remembered
from mypi.publishing import tree as tree_module
from mypi.publishing.publisher import Publisher
from mypi.publishing.tree import Mark
from mypi.registry import calculated, deleting, indexing, project_statuses, registering, yanking
from mypi.registry.indexes import Visibility
from mypi.registry.projects import Project
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from tests.publishing.every_file import every_file
from tests.support import builders
from tests.support.pages import page_file
from tests.support.peopled import INSIDE, MAIN, SCRATCH, SECRET, Peopled, at

NAMES = ("foo", "bar")
VERSIONS = ("1.0", "2.0")


def tree(peopled: Peopled):
    return every_file(peopled.data / "tree")


def rebuilt(peopled: Peopled):
    """Return the tree as it is after it was removed and rendered anew."""
    shutil.rmtree(peopled.data / "tree")
    peopled.installation.publisher.rebuild()
    return tree(peopled)


def random_act(peopled: Peopled, chosen: random.Random) -> None:
    """Do something to some project; what is refused changes nothing."""
    shell, index = peopled.actor("shell"), peopled.index(chosen.choice((MAIN, SCRATCH, SECRET)))
    name, version, flag = chosen.choice(NAMES), chosen.choice(VERSIONS), chosen.random() < 0.5
    registry, filename = peopled.registry, builders.wheel(name, version)[0]
    acts = {
        "upload": lambda: peopled.upload(builders.wheel(name, version, summary=str(flag)), "shell", index.full_name),
        "sdist": lambda: peopled.upload(builders.sdist(name, version), "shell", index.full_name),
        "register": lambda: registering.register(registry, shell, index, name),
        "yank": lambda: yanking.set_release_yanked(registry, shell, index, name, version, yanked=flag, reason="<b>"),
        "yank file": lambda: yanking.set_file_yanked(registry, shell, index, name, filename, yanked=flag),
        "delete file": lambda: deleting.delete_file(registry, shell, index, name, filename),
        "delete release": lambda: deleting.delete_release(registry, shell, index, name, version),
        "delete project": lambda: deleting.delete_project(registry, shell, index, name),
        "status": lambda: project_statuses.set_status(registry, shell, index, name, chosen.choice(list(ProjectStatus))),
        "visibility": lambda: indexing.change_index(
            registry, shell, index, visibility=chosen.choice((Visibility.PUBLIC, Visibility.PRIVATE))
        ),
    }
    attempt_one(acts, {"upload": 6}, chosen)


def attempt_one(acts: dict[str, Callable[[], object]], weights: dict[str, int], chosen: random.Random) -> None:
    """Do one of these acts; one without a weight weighs one. What is refused changes nothing."""
    with suppress(Failure):
        acts[chosen.choices(list(acts), [weights.get(name, 1) for name in acts])[0]]()


@pytest.mark.parametrize("seed", range(6))
def test_after_any_acts_the_tree_is_byte_for_byte_the_one_that_is_rendered_from_nothing(peopled, seed, monkeypatch):
    monkeypatch.setattr(remembered, "MOST_FILES", 100 * (seed % 2))  # all pages are kept, or only the last one
    chosen = random.Random(seed)
    for _ in range(25):
        random_act(peopled, chosen)
    assert peopled.litter() == []
    before = tree(peopled)
    assert rebuilt(peopled) == before


def test_what_a_process_remembers_is_void_when_rows_were_corrected_without_an_act(peopled):
    fill(peopled)
    with writing() as session:
        session.execute(update(Project).where(Project.normalized_name == "p0").values(serial=99))
    with opened(peopled.settings) as another_process:
        another_process.publisher.render_again(MAIN, [NormalizedName("p0")])
    peopled.upload(builders.wheel("p2", "2.0"))
    before = tree(peopled)
    assert rebuilt(peopled) == before
    calculated.correct(MAIN, "p0")
    peopled.installation.publisher.render_again(MAIN, [NormalizedName("p0")])


def fill(peopled: Peopled, count: int = 4) -> None:
    for number in range(count):
        peopled.upload(builders.wheel(f"p{number}", "1.0"), index=(MAIN, SECRET)[number % 2])


def test_a_rebuild_over_a_whole_tree_changes_no_byte_and_no_time(peopled):
    fill(peopled)
    before = tree(peopled)
    peopled.installation.publisher.rebuild()
    assert tree(peopled) == before


def test_a_rebuild_that_was_interrupted_is_completed_at_the_next_start(peopled):
    fill(peopled)
    before = tree(peopled)
    shutil.rmtree(peopled.data / "tree")

    def interrupt(done: int, _total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        peopled.installation.publisher.rebuild(interrupt)
    assert tree(peopled) != before
    peopled.installation.publisher.start()
    assert tree(peopled) == before


def test_a_rebuild_tells_how_far_it_is(peopled):
    fill(peopled, 3)
    told = []
    peopled.installation.publisher.rebuild(lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_acts_go_on_while_everything_is_rendered(peopled):
    fill(peopled)

    def meanwhile(done: int, _total: int) -> None:
        if done == 2:
            peopled.upload(builders.wheel("between", "1.0"))
            deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(SECRET), "p3")
            assert peopled.page("between")

    shutil.rmtree(peopled.data / "tree")
    peopled.installation.publisher.rebuild(meanwhile)
    found = tree(peopled)
    assert peopled.page("between")
    assert peopled.page("p3", SECRET) is None
    assert rebuilt(peopled) == found


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_events_that_were_not_published_are_published_at_the_next_start(peopled, lost):
    publisher = peopled.installation.publisher
    fill(peopled, 2)
    mark, early = publisher.tree.mark(), peopled.data / "early"
    shutil.copytree(peopled.data / "tree", early, symlinks=True)
    for number in range(lost):
        peopled.upload(builders.wheel("p0", f"{number + 2}.0"))
    whole = tree(peopled)
    shutil.rmtree(peopled.data / "tree")
    early.rename(peopled.data / "tree")
    assert publisher.tree.mark() == mark
    publisher.start()
    assert tree(peopled) == whole


@pytest.mark.parametrize("ruin", ["mark", "format"])
def test_without_mark_or_with_another_format_everything_is_rendered_at_the_next_start(peopled, ruin):
    fill(peopled)
    before = tree(peopled)
    (peopled.data / "tree" / ruin).write_text("0")
    page_file(peopled.data / "tree/public" / MAIN / "simple/p0").write_text("wrong")
    peopled.installation.publisher.start()
    assert tree(peopled) == before


def test_another_default_index_gets_the_links_of_one(peopled):
    fill(peopled, 2)
    before = tree(peopled)
    other = Publisher(peopled.installation.publisher.tree, peopled.installation.storage, SECRET)
    other.start()
    assert peopled.page("p0", MAIN)["files"][0]["url"].startswith("../../+f/")
    assert peopled.page("p1", SECRET)["files"][0]["url"].startswith("../../packages/")
    peopled.installation.publisher.start()
    assert tree(peopled) == before


@pytest.mark.parametrize("visibility", [Visibility.PRIVATE, Visibility.AUTHENTICATED])
def test_an_index_that_is_closed_leaves_the_public_side_whatever_else_was_left_undone(peopled, visibility):
    fill(peopled, 1)
    publisher, shell = peopled.installation.publisher, peopled.actor("shell")
    silent = type(peopled.registry)(peopled.registry.storage, peopled.registry.rules, lambda _serial: None)
    indexing.change_index(silent, shell, peopled.index(MAIN), visibility=visibility)
    publisher.tree.set_mark(Mark(0, "other/default", rebuilt_to=0))
    publisher.start()
    assert not (peopled.data / "tree/public" / MAIN).exists()
    assert len(peopled.page("p0")["files"]) == 1
    indexing.change_index(peopled.registry, shell, peopled.index(MAIN), visibility=Visibility.PUBLIC)
    assert not (peopled.data / "tree/restricted" / MAIN).exists()


def test_the_files_of_a_quarantined_project_are_not_in_the_tree_and_come_back(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    before = {name for name in tree(peopled) if "/files/" in name}
    for status, files in ((ProjectStatus.QUARANTINED, set()), (ProjectStatus.ACTIVE, before)):
        shell = peopled.actor("shell")
        project_statuses.set_status(peopled.registry, shell, peopled.index(), "foo", status)
        assert {name for name in tree(peopled) if "/files/" in name} == files


def test_a_file_in_two_indexes_stays_in_one_when_it_is_deleted_from_the_other(peopled):
    built = builders.wheel("foo", "1.0")
    for index in (MAIN, INSIDE):
        peopled.upload(built, index=index)
    deleting.delete_project(peopled.registry, peopled.actor("shell"), peopled.index(MAIN), "foo")
    files = {name for name in tree(peopled) if "/files/" in name}
    assert len(files) == 2
    assert all(name.startswith(f"restricted/{INSIDE}/") for name in files)


UPLOADS = """
import pathlib, sys
from mypi import config, installation
from mypi.registry import actors, indexes, uploading
from tests.support import builders
data, name, count = sys.argv[1:]
with installation.opened(config.load({}, data_directory=pathlib.Path(data))) as parts:
    for number in range(int(count)):
        filename, body = builders.wheel("shared", f"{number}.0", tag=f"py3-none-{name}")
        incoming = parts.storage.receive()
        incoming.write(body)
        index = indexes.get("team/main")
        uploading.upload(parts.registry, actors.at_shell(), index, uploading.Submission(filename, incoming))
"""


class Links(HTMLParser):
    """The texts of all links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self._within = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._within = tag == "a"

    def handle_data(self, data: str) -> None:
        if self._within:
            self.names.append(data)
        self._within = False


def read_page(folder: Path, form: str) -> bytes:
    """Return a page as a reader finds it who is led to a state that goes in this moment."""
    while True:
        page = page_file(folder, form)
        try:
            return page.read_bytes()
        except FileNotFoundError:
            assert page_file(folder, form) != page


def test_while_two_processes_upload_a_reader_sees_whole_pages_and_never_loses_an_earlier_file(peopled):
    count = 12
    processes = [
        subprocess.Popen([sys.executable, "-c", UPLOADS, str(peopled.data), name, str(count)])
        for name in ("linux_x86_64", "win_amd64")
    ]
    folder = peopled.data / "tree/public" / MAIN / "simple/shared"
    stop, faults = threading.Event(), []
    seen: dict[str, set[str]] = {"json": set(), "html": set(), "json.gz": set()}

    def look(name: str) -> None:
        body = read_page(folder, name)
        text = (gzip.decompress(body) if name.endswith(".gz") else body).decode()
        names = {file["filename"] for file in json.loads(text)["files"]} if "json" in name else set(Links(text).names)
        faults.extend(seen[name] - names)
        faults.extend(file for file in names if not list((folder.parents[1] / "files").glob(f"*/*/{file}")))
        seen[name] = names

    def read() -> None:
        while not stop.is_set():
            for name in seen:
                if (folder / "current.txt").exists():
                    look(name)

    reader = threading.Thread(target=read)
    reader.start()
    codes = [process.wait() for process in processes]
    stop.set()
    reader.join()
    assert codes == [0, 0]
    assert faults == []
    for name in seen:
        look(name)
    assert len(seen["json"]) == 2 * count
    assert seen["json"] == seen["html"] == seen["json.gz"]


def test_every_twin_holds_what_the_page_holds(peopled):
    fill(peopled)
    twins = list((peopled.data / "tree").rglob("*.gz"))
    pages = [twin for twin in twins if twin.name.endswith((".html.gz", ".json.gz"))]
    assert len(pages) > 8
    for twin in pages:
        assert gzip.decompress(twin.read_bytes()) == twin.with_suffix("").read_bytes()


def test_the_same_state_has_the_same_bytes_on_another_host(peopled, peopled_template, tmp_path):
    fill(peopled, 2)
    before = tree(peopled)
    with at(peopled_template, tmp_path / "other") as other:
        shutil.copy(peopled.data / "mypi.sqlite", other.data / "mypi.sqlite")
        shutil.copytree(peopled.data / "blobs", other.data / "blobs", dirs_exist_ok=True)
        assert rebuilt(other) == before


def test_an_act_in_another_history_than_the_pages_renders_everything(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    publisher = peopled.installation.publisher
    mark = publisher.tree.mark()
    publisher.tree.set_mark(replace(mark, digest="0" * 64))
    ghost = peopled.data / "tree/public" / MAIN / "simple/ghost"
    ghost.mkdir()

    peopled.upload(builders.wheel("bar", "1.0"))

    assert not ghost.exists()
    assert peopled.listed() == ["bar", "foo"]
    assert publisher.tree.mark().digest == peopled.events()[-1].digest


def started_anew(peopled: Peopled, monkeypatch) -> None:
    """Let it be another start of the machine, and another process."""
    peopled.installation.publisher._remembered.forget()
    monkeypatch.setattr(tree_module, "boot", lambda: "another")


@pytest.mark.parametrize("first", ["start", "act"])
def test_pages_of_a_newer_database_are_known_as_such_also_after_the_machine_was_started_anew(
    peopled, monkeypatch, first
):
    fill(peopled, 1)
    publisher = peopled.installation.publisher
    publisher.rebuild()
    backup = (peopled.data / "mypi.sqlite").read_bytes()
    peopled.upload(builders.wheel("lost", "1.0"))
    put_back(peopled, backup)
    started_anew(peopled, monkeypatch)
    if first == "start":
        publisher.start()
    else:
        peopled.upload(builders.wheel("later", "1.0"))
    assert not (peopled.data / "tree/public" / MAIN / "simple/lost").exists()
    before = tree(peopled)
    assert rebuilt(peopled) == before


def put_back(peopled: Peopled, backup: bytes) -> None:
    restored = peopled.data / "restored"
    restored.write_bytes(backup)
    restored.replace(peopled.data / "mypi.sqlite")


def test_a_rebuild_for_an_older_database_that_was_interrupted_at_its_beginning_is_begun_again(peopled, monkeypatch):
    fill(peopled, 1)
    publisher = peopled.installation.publisher
    publisher.rebuild()
    backup = (peopled.data / "mypi.sqlite").read_bytes()
    before = tree(peopled)
    peopled.upload(builders.wheel("lost", "1.0"))
    put_back(peopled, backup)
    with monkeypatch.context() as patched:
        patched.setattr(tree_module, "sync_file_system", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            publisher.start()
    publisher.start()
    assert tree(peopled) == before


def test_what_a_process_remembers_of_a_history_that_was_put_back_with_its_pages_is_void(peopled):
    fill(peopled, 1)
    pages = peopled.data / "tree"
    backup = (peopled.data / "mypi.sqlite").read_bytes()
    shutil.copytree(pages, peopled.data / "kept", symlinks=True)
    peopled.upload(builders.wheel("p0", "2.0"))
    put_back(peopled, backup)
    shutil.rmtree(pages)
    (peopled.data / "kept").replace(pages)
    with opened(peopled.settings) as another_process:
        registering.register(another_process.registry, peopled.actor("shell"), peopled.index(MAIN), "elsewhere")
    peopled.upload(builders.wheel("p0", "3.0"))
    before = tree(peopled)
    assert rebuilt(peopled) == before


def test_who_needs_no_turn_leaves_alone_what_is_remembered(peopled, monkeypatch):
    fill(peopled, 1)
    publisher = peopled.installation.publisher
    known = dict(publisher._remembered._projects)
    mark = publisher.tree.mark()
    with publisher.tree.locked():
        monkeypatch.setattr(publisher.tree, "mark", lambda: replace(mark, serial=mark.serial - 1))
        with publisher._turn(unless=lambda: True) as has_turn:
            assert not has_turn
    assert dict(publisher._remembered._projects) == known


def test_what_is_rendered_again_without_an_event_is_durable_when_that_is_done(peopled, monkeypatch):
    fill(peopled, 1)
    page = peopled.data / "tree/public" / MAIN / "simple/p0/current.txt"
    page.unlink()
    synced = []
    monkeypatch.setattr(tree_module, "sync_file_system", lambda _: synced.append(page.exists()))
    peopled.installation.publisher.render_again(MAIN, [NormalizedName("p0")])
    assert synced[-1]
