"""The power goes at any moment: what was acknowledged is there, the rest is there whole or not at all.

Uploads, yanks and deletions are recorded at the boundary to the system and replayed up to a moment;
tests/support/power_cut.py tells what is left then. That these tests can fail is shown by leaving out one kind of sync
after the other.
"""

import random
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mypi import config
from mypi.publishing import tree
from tests.support import builders, forked, victims
from tests.support.copies import copy, made
from tests.support.installations import running_server
from tests.support.power_cut import OPTIONS, Call, Cut, Disk, moments
from tests.support.tracing import traced

EARLIER = builders.wheel("one", "0.1")
CROWD = [
    [builders.wheel("one", "1.0"), builders.sdist("one", "1.0")],
    [builders.sdist("one", "2.0"), builders.wheel("two", "2.0"), builders.wheel("two", "2.1")],
    [builders.wheel("three", "3.0"), builders.sdist("three", "3.1"), builders.wheel("two", "3.2")],
]
CUTS = 12  # of each kind


@dataclass(frozen=True)
class Recorded:
    """A recording of acts, by several at once or one after the other, in an installation that was there before."""

    before: Path
    lived_at: Path
    moments: list[tuple[str, Call]]
    acknowledgements: list[int]
    """The moments at which an act was answered."""
    bodies: dict[str, bytes]

    def acknowledged(self, until: int) -> set[str]:
        """Return the files whose uploads were answered until a moment."""
        return {self.moments[at][1].texts[-1].decode().strip() for at in self.acknowledgements if at < until}

    def cut(self, until: int, cut: Cut, into: Path, chance: random.Random, ignored: Callable[[str], bool]) -> None:
        """Write what is left when the power goes at a moment."""
        disk = Disk(self.before, self.lived_at, ignored)
        for when, call in self.moments[:until]:
            disk.do(when, call)
        disk.left(cut, into, chance)
        # What is said there holds for one start of the machine, and this is the next one.
        (into / "tree/shown").unlink(missing_ok=True)


CHANGED = [builders.wheel("one", "1.0"), builders.sdist("one", "1.0"), builders.wheel("two", "2.0")]
ONE, TWO = CHANGED[0][0], CHANGED[2][0]
CHANGES = [
    ("yank", "one", ONE),
    ("delete", "one", CHANGED[1][0]),
    ("yank", "two", TWO),
    ("undo", "one", ONE),
    ("delete", "two", TWO),
    ("yank", "one", EARLIER[0]),
    ("delete", "one", ONE),
]
State = tuple[frozenset[str], frozenset[str]]
"""The files that are there, and those of them that are yanked."""


def states() -> list[State]:
    """Return what there is before each of the changes, and after all."""
    files, yanked = {EARLIER[0], *(filename for filename, _ in CHANGED)}, set()
    found = [(frozenset(files), frozenset(yanked))]
    for what, _, filename in CHANGES:
        files -= {filename} if what == "delete" else set()
        yanked = yanked | {filename} if what == "yank" else yanked - {filename}
        found.append((frozenset(files), frozenset(yanked)))
    return found


@pytest.fixture(scope="module", params=[3, tree.SYNC_EVERY])
def changed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Return the recording of changes one after the other; pages are synced in the midst of it, and not at all."""
    folder = tmp_path_factory.mktemp("changed")
    before = made(folder / "before", EARLIER, *CHANGED)
    data = copy(before, folder / "data")
    victim = forked.Forked(victims.changing, data, folder / "acknowledged", request.param, *CHANGES)
    return recording(folder, before, victim, dict([EARLIER, *CHANGED]))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Return the recording of three who upload at once; pages are synced in the midst of it."""
    return record(tmp_path_factory.mktemp("recorded"), sync_every=3)


@pytest.fixture(scope="module")
def recorded_without_sync_of_pages(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Return the recording of the same, so short that no page is synced."""
    return record(tmp_path_factory.mktemp("without"), sync_every=tree.SYNC_EVERY)


def record(folder: Path, sync_every: int) -> Recorded:
    """Record three who upload at once."""
    before = made(folder / "before", EARLIER)
    victim = forked.Forked(victims.crowding, copy(before, folder / "data"), folder / "acknowledged", sync_every, *CROWD)
    return recording(folder, before, victim, dict([EARLIER, *(built for several in CROWD for built in several)]))


def recording(folder: Path, before: Path, victim: forked.Forked, bodies: dict[str, bytes]) -> Recorded:
    """Let a victim work, and return the recording."""
    with traced(victim.pid, folder / "log", *OPTIONS):
        victim.go()
        assert {answer.status for answer in victim.result() or ()} <= {200}
    happened = list(moments(folder / "log"))
    answered = [
        at for at, (when, call) in enumerate(happened) if when == "begin" and call.path.endswith("/acknowledged")
    ]
    return Recorded(before, folder / "data", happened, answered, bodies)


def lost(recorded: Recorded, until: int, data: Path) -> list[str]:
    """Start on what is left; return the acknowledged files that are not there and all else that is wrong."""
    try:
        found: victims.Found = forked.call(victims.examining, data)
    except RuntimeError as error:
        return [f"it does not start: {error}"]
    expected = recorded.acknowledged(until) | {EARLIER[0]}
    wrong = [f"{name} was acknowledged and is gone" for name in sorted(expected - set(found.files))]
    wrong += [f"{name} has other bytes" for name, body in found.files.items() if body != recorded.bodies[name]]
    return found.wrong + wrong


@pytest.mark.parametrize("cut", Cut)
def test_a_power_cut_loses_nothing_acknowledged_and_leaves_nothing_half(
    recorded: Recorded, cut: Cut, tmp_path: Path
) -> None:
    chance = random.Random(cut.value)
    at = sorted(chance.sample(range(len(recorded.moments)), CUTS // 2))
    at += sorted(chance.sample(recorded.acknowledgements, CUTS // 2))
    for until in at:
        recorded.cut(until + 1, cut, tmp_path / "left", chance, lambda _: False)
        assert lost(recorded, until + 1, tmp_path / "left") == [], f"{cut} at moment {until}"
        shutil.rmtree(tmp_path / "left")


@pytest.mark.parametrize("cut", Cut)
def test_a_power_cut_undoes_no_acknowledged_yank_or_deletion_and_leaves_none_half(
    changed: Recorded, cut: Cut, tmp_path: Path
) -> None:
    chance = random.Random(cut.value)
    at = [*chance.sample(range(len(changed.moments)), CUTS // 4), *chance.sample(changed.acknowledgements, CUTS // 4)]
    for until in at:
        changed.cut(until + 1, cut, tmp_path / "left", chance, lambda _: False)
        found: victims.Found = forked.call(victims.examining, tmp_path / "left")
        done = sum(moment <= until for moment in changed.acknowledgements)
        assert found.wrong == [], f"{cut} at moment {until}"
        assert (frozenset(found.files), frozenset(found.yanked)) in states()[done : done + 2], f"{cut} at {until}"
        shutil.rmtree(tmp_path / "left")


@pytest.mark.leaves_damage("that is what it shows")
def test_without_a_sync_of_the_database_a_yank_is_seen_to_be_undone(changed: Recorded, tmp_path: Path) -> None:
    until = len(changed.moments)
    unsynced = re.compile("^syncfs$|/mypi.sqlite$")  # Where the pages are synced, everything is.
    changed.cut(until, Cut.GONE, tmp_path / "left", random.Random(1), lambda path: bool(unsynced.search(path)))
    try:
        found: victims.Found = forked.call(victims.examining, tmp_path / "left")
    except RuntimeError:
        return  # It does not even start.
    assert found.wrong or (frozenset(found.files), frozenset(found.yanked)) != states()[-1]


@pytest.mark.leaves_damage("that is what it shows")
@pytest.mark.parametrize(
    ("recording", "unsynced"),
    [
        ("recorded_without_sync_of_pages", "/data/incoming/"),
        ("recorded_without_sync_of_pages", "/data/blobs"),
        ("recorded_without_sync_of_pages", "/mypi.sqlite$"),
        ("recorded", "^syncfs$"),
    ],
    ids=["bytes of files", "names of files", "the database", "pages"],
)
def test_without_any_one_kind_of_sync_a_power_cut_is_seen_to_lose_something(
    request: pytest.FixtureRequest, recording: str, unsynced: str, tmp_path: Path
) -> None:
    recorded: Recorded = request.getfixturevalue(recording)
    until = len(recorded.moments)
    recorded.cut(
        until, Cut.GONE, tmp_path / "left", random.Random(1), lambda path: re.search(unsynced, path) is not None
    )
    assert lost(recorded, until, tmp_path / "left")


def without_folder(recorded: Recorded, until: int, data: Path) -> set[str]:
    """Return the projects of acknowledged files of which Apache would say that they are not there."""
    projects = {filename.partition("-")[0] for filename in recorded.acknowledged(until)}
    return projects - {folder.name for folder in (data / "tree/public").glob("*/*/simple/*")}


@pytest.mark.parametrize("cut", Cut)
def test_apache_takes_no_acknowledged_project_for_unknown_before_the_application_has_started(
    recorded_without_sync_of_pages: Recorded, cut: Cut, tmp_path: Path
) -> None:
    recorded, chance = recorded_without_sync_of_pages, random.Random(cut.value)
    for until in recorded.acknowledgements:
        recorded.cut(until + 1, cut, tmp_path / "left", chance, lambda _: False)
        assert without_folder(recorded, until + 1, tmp_path / "left") == set(), f"{cut} at moment {until}"
        shutil.rmtree(tmp_path / "left")


@pytest.mark.leaves_damage("that is what it shows")
def test_without_a_sync_of_the_names_of_projects_apache_would(
    recorded_without_sync_of_pages: Recorded, tmp_path: Path
) -> None:
    recorded = recorded_without_sync_of_pages
    until = len(recorded.moments)
    recorded.cut(until, Cut.GONE, tmp_path / "left", random.Random(1), lambda path: path.endswith("/simple"))
    assert without_folder(recorded, until, tmp_path / "left")


def test_the_server_itself_starts_on_what_a_power_cut_left(recorded: Recorded, tmp_path: Path) -> None:
    until = recorded.acknowledgements[len(recorded.acknowledgements) // 2]
    recorded.cut(until, Cut.SOME, tmp_path / "data", random.Random(2), lambda _: False)
    with running_server(config.load(environ={}, data_directory=tmp_path / "data")) as server:
        assert server.said
    assert lost(recorded, until, tmp_path / "data") == []
