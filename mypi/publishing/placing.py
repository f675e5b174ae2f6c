"""How a file gets its place in the published tree: written beside it and renamed, or linked from an equal one.

Whoever reads sees the old file or the new one, whole.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from mypi.publishing.paths import CURRENT
from mypi.storage.durable import READABLE, sync_folder

IN_FLIGHT = ".new-"
"""How the name of a file begins that is being written; Apache serves no name with a leading dot."""


def have_folder(folder: Path) -> None:
    """Make a folder where there is none."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)


def is_equal(place: Path, body: bytes, modified_ns: int | None) -> bool:
    """Return whether a file has these bytes and, where it is said, this modification time."""
    try:
        status = place.stat()
    except FileNotFoundError:
        return False
    same_time = modified_ns is None or status.st_mtime_ns == modified_ns
    return same_time and status.st_size == len(body) and place.read_bytes() == body


def link(file: Path, place: Path) -> None:
    """Let a file be in a place, too. Raises OSError."""
    with suppress(FileExistsError):
        os.link(file, place)
        return
    fresh = place.parent / f"{IN_FLIGHT}{secrets.token_hex(8)}"
    os.link(file, fresh)
    try:
        fresh.replace(place)
    except OSError:
        fresh.unlink()
        raise


def put_state(folder: Path, bodies: Mapping[str, bytes], modified_ns: int, twin: Path | None) -> None:
    """Write a state that nobody is led to yet, each file under its own name, then rename what leads there."""
    known = {name: body for name, body in bodies.items() if name == CURRENT or (folder / name).exists()}
    new = [name for name in bodies if name not in known]
    try:
        for name in new:
            _make(folder / name, bodies[name], modified_ns, twin and twin / name)
        replace_all(folder, known, modified_ns, twin=twin)
    except BaseException:
        for name in new:
            (folder / name).unlink(missing_ok=True)
        raise


def replace_all(
    folder: Path,
    bodies: Mapping[str, bytes],
    modified_ns: int | None,
    *,
    durably: bool = False,
    twin: Path | None = None,
) -> None:
    """Write files beside their places, all of them, and then rename each. In the folder `twin` are equal ones."""
    fresh: dict[str, Path] = {name: folder / f"{IN_FLIGHT}{secrets.token_hex(8)}" for name in bodies}
    try:
        for name, file in fresh.items():
            _make(file, bodies[name], modified_ns, twin and twin / name, durably=durably)
        for name, file in fresh.items():
            file.replace(folder / name)
        if durably:
            sync_folder(folder)
    except BaseException:
        for file in fresh.values():
            file.unlink(missing_ok=True)
        raise


def _make(file: Path, body: bytes, modified_ns: int | None, equal: Path | None, *, durably: bool = False) -> None:
    # A link has nothing to write out: where it takes the place of another file, a journaling file system need not wait.
    with suppress(OSError):  # gone, or linked as often as can be
        if equal:
            os.link(equal, file)
            return
    _write(file, body, modified_ns, durably=durably)


def _write(file: Path, body: bytes, modified_ns: int | None, *, durably: bool) -> None:
    with file.open("xb") as stream:
        stream.write(body)
        stream.flush()
        os.fchmod(stream.fileno(), READABLE)
        if modified_ns is not None:
            os.utime(stream.fileno(), ns=(modified_ns, modified_ns))
        if durably:
            os.fsync(stream.fileno())
