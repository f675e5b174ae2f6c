"""Blobs as files below a folder, the default. Also the home of writing files durably."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from mypi.standards.digests import Digests, Hasher
from mypi.storage import keys
from mypi.storage.durable import BEYOND_DOUBT, READABLE, make_folder, room, sync_folder

YOUNG = 3600
"""Seconds for which a blob counts as just kept. The collector leaves what is younger than a day, so that a blob which
is kept again is safe until its row is committed; its time moves at most once in this span, as it is in the ETag."""

ASIDE = ".old-"
"""How the name of a blob begins while `collect` decides about it."""


class FileSystemIncoming:
    """A file in the folder for receptions; `keep` moves it to the place that its digest says."""

    def __init__(self, file: Path, root: Path) -> None:
        self._file = file
        self._root = root
        self._hasher = Hasher()
        with room():
            make_folder(file.parent)
            self._stream = open(file, "xb", buffering=0)  # noqa: SIM115, PTH123 - closed by keep and discard

    def write(self, data: bytes, /) -> int:
        """Take more bytes. Raises DiskFull."""
        view = memoryview(data)
        with room():
            while view:
                view = view[self._stream.write(view) or 0 :]
        self._hasher.update(data)
        return len(data)

    def digests(self) -> Digests:
        """Return size and digests of what was written so far."""
        return self._hasher.digests()

    def reader(self) -> BinaryIO:
        """Return a file at the start of what was written."""
        return self._file.open("rb")

    def keep(self) -> str:
        """Sync the bytes, move them to their place, sync the folder; return the sha256. Raises DiskFull."""
        sha256 = self.digests().sha256
        place = self._root / keys.blob_key(sha256)
        try:
            with room():
                self._move_to(place, sha256)
        finally:
            self.discard()
        return sha256

    def _move_to(self, place: Path, sha256: str) -> None:
        os.fchmod(self._stream.fileno(), READABLE)
        written_ns = os.fstat(self._stream.fileno()).st_mtime_ns - BEYOND_DOUBT
        os.utime(self._stream.fileno(), ns=(written_ns, written_ns))
        os.fsync(self._stream.fileno())
        self._stream.close()
        make_folder(place.parent)
        if not _holds(place, sha256):
            self._file.replace(place)
        elif _is_older(place, written_ns / 10**9 - YOUNG):
            try:
                os.utime(place, ns=(written_ns, written_ns))
            except FileNotFoundError:  # collected in this moment
                self._file.replace(place)
        # Also when it was there: another reception may have renamed it and not yet synced the folder.
        sync_folder(place.parent)

    def discard(self) -> None:
        """Forget the bytes. Harmless after `keep`."""
        self._stream.close()
        with suppress(FileNotFoundError):
            self._file.unlink()


def _holds(place: Path, sha256: str) -> bool:
    # Only when the same bytes were uploaded before: then they are read again, so that nothing stands on a damaged blob.
    try:
        with place.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError:
        return False


def _is_older(place: Path, moment: float) -> bool:
    try:
        return place.stat().st_mtime < moment
    except FileNotFoundError:
        return True


class FileSystemStorage:
    """Blobs below `blobs/`, receptions below `incoming/`, on one file system so that a rename is one step."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "blobs"
        self.incoming = folder / "incoming"

    def receive(self) -> FileSystemIncoming:
        """Return a new blob to write to. Raises DiskFull."""
        return FileSystemIncoming(self.incoming / secrets.token_hex(16), self.root)

    def open(self, sha256: str) -> BinaryIO:
        """Return the bytes of a blob as a file. Raises KeyError."""
        try:
            return (self.root / keys.blob_key(sha256)).open("rb")
        except FileNotFoundError as error:
            raise KeyError(sha256) from error

    def contains(self, sha256: str) -> bool:
        """Return whether the blob is there."""
        return (self.root / keys.blob_key(sha256)).exists()

    def path(self, sha256: str) -> Path:
        """Return where the blob lies."""
        return self.root / keys.blob_key(sha256)

    def delete(self, sha256: str) -> None:
        """Remove a blob; harmless when it is not there."""
        with suppress(FileNotFoundError):
            self.path(sha256).unlink()

    def collect(self, sha256: str, kept_before: float) -> bool:
        """Remove a blob unless it was kept at or after a moment; return whether it is removed."""
        place = self.path(sha256)
        aside = place.with_name(f"{ASIDE}{sha256}")
        with suppress(FileNotFoundError), room():
            # Looked at under another name: `keep` sets the time of the blob under its own, so that it cannot come
            # between the look and the removal.
            place.replace(aside)
            if aside.stat().st_mtime < kept_before:
                aside.unlink()
                return True
            self._put_back(aside, place)
        return False

    def _put_back(self, aside: Path, place: Path) -> None:
        with suppress(FileExistsError):  # kept again meanwhile: the same bytes
            os.link(aside, place)
            sync_folder(place.parent)
        aside.unlink(missing_ok=True)

    def blobs(self) -> Iterator[tuple[str, int, float]]:
        """Yield sha256, size in bytes and modification time of each blob."""
        for aside in self.root.glob(f"*/{ASIDE}*"):  # a collector was killed before it decided
            with suppress(FileNotFoundError):
                self._put_back(aside, aside.with_name(aside.name.removeprefix(ASIDE)))
        for file in sorted(self.root.glob("*/*")):
            sha256 = keys.of_blob(PurePosixPath(file.relative_to(self.root).as_posix()))
            if sha256:
                status = file.stat()
                yield sha256, status.st_size, status.st_mtime

    def abandoned(self, older_than: float) -> Iterator[str]:
        """Yield the names of receptions that were last written before a moment."""
        for file in sorted(self.incoming.glob("*")):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < older_than:
                    yield file.name

    def forget(self, abandoned: str) -> None:
        """Remove what an abandoned reception left."""
        with suppress(FileNotFoundError):
            (self.incoming / PurePosixPath(abandoned).name).unlink()
