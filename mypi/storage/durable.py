"""Writing that is done when it returns: bytes synced, then renamed into place, then the folder synced.

A failed fsync is not tried again: the second one may lie. Files are readable by Apache from birth.
"""

import ctypes
import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mypi.errors import DiskFull

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.ENOMEM}
_libc = ctypes.CDLL(None, use_errno=True)
READABLE = 0o644
PRIVATE = 0o600
BEYOND_DOUBT = 2 * 10**9
"""Nanoseconds by which the modification time of what is served lies before it was written. Apache doubts a file that is
younger than a second, and sends a weak ETag: of the same bytes it would soon send another."""


@contextmanager
def room() -> Iterator[None]:
    """Turn what the operating system says of a disk that takes no writes into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFull from error
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file_system(folder: Path) -> None:
    """Make all durable that was written to the file system of a folder. Raises OSError when something of it was not.

    `os.sync` waits for all other disks too, and says nothing of failures; Python has no syncfs of its own.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _libc.syncfs(descriptor):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def boot() -> str:
    """Return what is another text after each start of the machine; what was written and not synced before is in doubt.

    Where the system has no such text it is '', and then nothing is known to be of this start.
    """
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


_durable: set[Path] = set()
MOST_REMEMBERED = 10_000


def make_folder(folder: Path) -> None:
    """Make a folder and the missing ones above it, durably.

    A folder that is there may have been made a moment ago by somebody who has not synced it yet, or was killed before:
    the first time that a process meets one it syncs the name itself.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)
    elif folder not in _durable:
        with suppress(PermissionError):  # The folder around a data directory may be closed to us.
            sync_folder(folder.parent)
    if len(_durable) >= MOST_REMEMBERED:
        _durable.clear()
    _durable.add(folder)


def create_private(file: Path, body: bytes) -> bool:
    """Make a file that only its owner may read, whole and durable; return False when it was there. Raises DiskFull."""
    fresh = file.with_name(f".new-{secrets.token_hex(8)}")
    with room():
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            with open(descriptor, "wb") as stream:  # noqa: PTH123 - a descriptor is no path
                stream.write(body)
                stream.flush()
                os.fsync(descriptor)
            # A link, unlike a rename, does not replace what another process made meanwhile.
            os.link(fresh, file)
            sync_folder(file.parent)
        except FileExistsError:
            return False
        finally:
            with suppress(FileNotFoundError):
                fresh.unlink()
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; another process that wants it waits. Raises DiskFull."""
    with room():
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
