"""Ways to damage an installation by hand, and what verification says then."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from mypi.database import writing
from mypi.publishing import verification
from mypi.publishing.verification.repair import repair as repair_found
from mypi.registry import actors
from tests.support import builders
from tests.support.peopled import MAIN, SECRET, Peopled, at

WHEEL = builders.wheel("demo", "1.0", summary="what it is")
SDIST = builders.sdist("demo", "1.0")
NEWER = builders.wheel("demo", "2.0", summary="what it became")
OTHER = builders.wheel("other", "1.0")
HIDDEN = builders.wheel("hidden", "1.0")


@pytest.fixture(scope="session")
def filled_template(peopled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the data directory that `filled` copies."""
    directory = tmp_path_factory.mktemp("filled") / "data"
    with at(peopled_template, directory) as peopled:
        for built in (WHEEL, SDIST, NEWER, OTHER):
            peopled.upload(built)
        peopled.upload(HIDDEN, index=SECRET)
    return directory


@pytest.fixture
def filled(filled_template: Path, tmp_path: Path) -> Iterator[Peopled]:
    """Yield an installation with two projects in the public index and one in the private one."""
    with at(filled_template, tmp_path / "data") as peopled:
        _link_again(peopled)
        yield peopled


def _link_again(peopled: Peopled) -> None:
    # The copy has every blob twice; a flipped bit is seen at both of its names only where they are links.
    for served in tree(peopled).glob("*/*/*/files/*/*/*"):
        stored = blob(peopled, hashlib.sha256(served.read_bytes()).hexdigest())
        served.unlink()
        served.hardlink_to(stored)


def found(peopled: Peopled) -> set[tuple[str, str]]:
    """Return kind and place of each difference; none of them twice."""
    every = verification.differences(peopled.installation.publisher, patience=0)
    listed = [(one.kind.value, one.where) for one in every]
    assert len(listed) == len(set(listed))
    return set(listed)


def repair(peopled: Peopled) -> None:
    """Repair what verification finds."""
    publisher = peopled.installation.publisher
    repair_found(publisher, peopled.registry, actors.at_shell(), verification.differences(publisher, patience=0))


def flip(file: Path) -> None:
    """Change one bit in the middle of a file, in place: its inode and its modification time stay."""
    times = file.stat()
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def blob(peopled: Peopled, sha256: str) -> Path:
    """Return where a blob lies."""
    return peopled.installation.storage.path(sha256)


def tree(peopled: Peopled) -> Path:
    """Return the folder of the published tree."""
    return peopled.installation.publisher.tree.paths.root


def index_folder(peopled: Peopled, full_name: str = MAIN) -> Path:
    """Return the folder of an index in the published tree."""
    return tree(peopled) / ("restricted" if full_name == SECRET else "public") / full_name


def place(peopled: Peopled, filename: str) -> Path:
    """Return where a file of the public index is served."""
    (served,) = index_folder(peopled).glob(f"files/*/*/{filename}")
    return served


def execute(statement: str, **values: Any) -> None:
    """Change rows behind the back of the acts."""
    with writing() as session:
        session.execute(text(statement), values)


@contextmanager
def nothing_rendered(peopled: Peopled) -> Iterator[None]:
    """Let acts end before their pages are rendered, as if the process were killed there."""
    whole = peopled.installation
    silent: Callable[[int], None] = lambda _serial: None  # noqa: E731
    peopled.installation = replace(whole, registry=replace(whole.registry, publish=silent))
    try:
        yield
    finally:
        peopled.installation = whole
