"""Checks of the machine that mypi runs on: its Python, its data directory, its database. They change nothing."""

import os
import pwd
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from mypi import schema
from mypi.commands.checking.findings import Finding, remark
from mypi.config import Settings
from mypi.errors import Failure
from mypi.publishing.tree import Tree

OLDEST_SQLITE = (3, 40)
"""Debian 12 has it; no older one is tested."""

LEAST_ROOM = 1024**3
"""Bytes: less than this, and the next wheel with a model or a compiler in it is refused."""

LEAST_NAMES = 10_000
"""Names (inodes): one upload takes about ten, for blobs, links and pages."""

PRIVATE = ("mypi.sqlite", "secret_key")
FOR_OTHERS = 0o007
FOR_GROUP_AND_OTHERS = 0o077


def check_machine(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with this machine for an installation."""
    for check in CHECKS:
        yield from check(settings)


def python(_settings: Settings) -> Iterator[Finding]:
    """Yield each library that is not of a version that mypi works with."""
    try:
        requirements = [Requirement(line) for line in metadata.requires("mypi") or []]
    except metadata.PackageNotFoundError:
        yield remark("not-installed", f"mypi is not installed in {sys.prefix}", "its pins are not checked", "use pip")
        return
    for requirement in requirements:
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = _installed(requirement.name)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            yield Finding(
                "wrong-library",
                f"{requirement.name} is {found or 'not installed'}, mypi needs {requirement}",
                "what was not tested together may fail at any time",
                f"run '{sys.prefix}/bin/pip install --upgrade mypi'",
            )


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def owners(settings: Settings) -> Iterator[Finding]:
    """Yield a finding when not everything belongs to the account that the data directory belongs to."""
    directory = settings.data_directory.resolve()
    owner = directory.stat().st_uid
    strange = [path for path in _entries(directory) if path.lstat().st_uid != owner]
    if strange:
        yield Finding(
            "wrong-owner",
            f"{strange[0]} belongs to {_account(strange[0].lstat().st_uid)}, the data directory to {_account(owner)}"
            + (f"; so do {len(strange) - 1} more" if len(strange) > 1 else ""),
            "the server cannot write what another account owns",
            f"run 'chown -R {_account(owner)}: {directory}', and commands of mypi as {_account(owner)} only",
        )


def _entries(directory: Path) -> Iterator[Path]:
    for pattern in ("*", "blobs/*", "tree/*", "tree/*/*", "tree/*/*/*"):
        yield from sorted(directory.glob(pattern))


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def modes(settings: Settings) -> Iterator[Finding]:
    """Yield each file that more people may read, and each folder that more people may change, than should."""
    directory = settings.data_directory.resolve()
    for name in PRIVATE:
        file = directory / name
        if file.exists() and file.stat().st_mode & FOR_GROUP_AND_OTHERS:
            yield Finding(
                "readable-secret",
                f"{file} has the mode {file.stat().st_mode & 0o777:o}",
                "whoever reads it can take over accounts",
                f"run 'chmod 600 {file}'",
            )
    if directory.stat().st_mode & FOR_OTHERS:
        yield Finding(
            "open-data-directory",
            f"{directory} has the mode {directory.stat().st_mode & 0o777:o}",
            "every account of this machine may look at private files",
            f"run 'chmod 750 {directory}'",
        )


def one_file_system(settings: Settings) -> Iterator[Finding]:
    """Yield a finding when files cannot be renamed and linked from one part of the data directory to another."""
    directory = settings.data_directory.resolve()
    parts = [directory / name for name in ("blobs", "incoming", "tree") if (directory / name).exists()]
    if len({part.stat().st_dev for part in parts}) > 1:
        yield Finding(
            "several-file-systems",
            f"{', '.join(map(str, parts))} are not on one file system",
            "files are renamed and linked between them, which no file system does with another",
            f"mount one file system at {directory}, and none below it",
        )


def room(settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the disk is about to be full."""
    directory = settings.data_directory.resolve()
    free = shutil.disk_usage(directory).free
    status = os.statvfs(directory)
    names = status.f_favail if status.f_files else LEAST_NAMES
    if free < LEAST_ROOM or names < LEAST_NAMES:
        yield Finding(
            "little-room",
            f"{directory} has room for {free // 1024**2} MiB" + (f" and {names} names" if names < LEAST_NAMES else ""),
            "uploads are refused with 507 when it is full",
            "make room, or move the data directory to a larger file system",
        )


def database(settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the database is not one that this version works with."""
    if settings.sqlalchemy_url.startswith("sqlite") and sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield Finding(
            "old-sqlite",
            f"SQLite is {sqlite3.sqlite_version}",
            f"mypi is tested with {'.'.join(map(str, OLDEST_SQLITE))} and newer",
            "use a Python that was built with a newer one, such as Debian 12's",
        )
    try:
        schema.refuse_other_versions(settings.sqlalchemy_url)
    except Failure as failure:
        yield Finding(failure.code, failure.message, "nothing is served", "run 'mypi upgrade', or look at database_url")


def published_tree(settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the pages were never rendered, or not for this default index."""
    mark = Tree(settings.data_directory.resolve() / "tree").mark()
    if mark is None or mark.default_index != settings.default_index or mark.rebuilt_to is not None:
        yield Finding(
            "no-tree",
            "the published tree is not there, not complete, or of another default index",
            "pages are missing or have wrong links",
            "run 'mypi publish --all'",
        )


CHECKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    python,
    owners,
    modes,
    one_file_system,
    room,
    database,
    published_tree,
)
