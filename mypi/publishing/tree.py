"""The files of the published tree: put, linked and removed so that a reader never sees half of one.

A page is written under names that nobody knows yet, and what leads there is renamed; files that are equal already are
left alone. Pages are not synced one by one: what is rendered after the mark is rendered again after a cut of power, and
the mark moves when all before it is on disk. What is taken away is synced at once, so that it is not back for a moment
when the power is.
"""

import fcntl
import json
import os
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from mypi import clock
from mypi.errors import DatabaseBusy, RebuildUnderWay
from mypi.publishing import placing
from mypi.publishing.paths import CURRENT, FORMAT, PUBLIC, RESTRICTED, STATE, IndexPaths, TreePaths, page_names
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.rendering import RenderedPage
from mypi.standards.sidecars import Sidecar
from mypi.standards.simple_api import API_VERSION
from mypi.storage.durable import READABLE, boot, make_folder, room, sync_file_system, sync_folder
from mypi.storage.interface import Storage

PAUSE = 0.002
"""Seconds between two looks whether the turn to render has come."""
SYNC_EVERY = 256
"""Events between two moves of the mark: as many are rendered again, in a second or two, after a cut of power."""
NO_DIGEST = "none"
"""What no event has for a digest."""


@dataclass(frozen=True)
class Mark:
    """What is published: all events up to a serial, with the links of a default index."""

    serial: int
    default_index: str
    rebuilt_to: int | None = None
    """While everything is rendered again: the id of the last project done. Rendering goes on there after a crash."""
    base_url: str | None = None
    """What links to provenance begin with; None as long as nobody has rendered one."""
    digest: str = ""
    """That of the event with this serial: in a database of another history there is another. Empty in an older tree."""
    generation: str = ""
    """Another one whenever pages were rendered that no event asked for: what processes remember of pages is void."""
    api_version: str = API_VERSION
    """That of the Simple API's pages as JSON."""
    perhaps: tuple[int, str] = (0, "")
    """Serial and digest of the event up to which pages may be there, noted before the machine was started anew. Never
    part of the file: it says nothing of what is published, but of which history it is."""


class Tree:
    """The published tree below a folder."""

    def __init__(self, root: Path, patience: float = 20) -> None:
        """Name the folder, and the seconds that a turn to render is waited for."""
        self.paths = TreePaths(root)
        self._patience = patience
        self._thread = threading.Lock()
        self._new: set[Path] = set()
        """Folders in which there are new ones, whose names are not durable yet."""

    @contextmanager
    def locked(self, unless: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Let one process at a time render: whoever reads rows within writes the newest pages last.

        Yields False, without the lock, when there is no need any more before the turn has come. Raises DiskFull;
        DatabaseBusy when the turn does not come in time.
        """
        end = clock.monotonic() + self._patience
        with self._thread_turn(unless) as needed:
            if not needed:
                yield False
                return
            with _open_lock(self.paths.lock) as descriptor:
                yield self._has_turn(descriptor, end, unless, DatabaseBusy)

    @contextmanager
    def _thread_turn(self, unless: Callable[[], bool]) -> Iterator[bool]:
        """Let one thread of this process at a time look at what others do: the rest wait without looking."""
        if self._thread.acquire(blocking=False):
            needed = True
        elif unless():
            yield False
            return
        elif self._thread.acquire(timeout=self._patience):
            needed = not unless()
        else:
            raise DatabaseBusy
        try:
            yield needed
        finally:
            self._thread.release()

    def _has_turn(
        self, descriptor: int, end: float, unless: Callable[[], bool], too_late: Callable[[], Exception]
    ) -> bool:
        while True:
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            if unless():
                return False
            if clock.monotonic() >= end:
                raise too_late()
            time.sleep(PAUSE)

    @contextmanager
    def rebuilding(self) -> Iterator[None]:
        """Let one process at a time render everything. Raises DiskFull; RebuildUnderWay when the turn does not come."""
        with _open_lock(self.paths.rebuild_lock) as descriptor:
            end = clock.monotonic() + self._patience
            self._has_turn(descriptor, end, lambda: False, lambda: RebuildUnderWay(holder=_holder(descriptor)))
            with room():
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
            yield

    def mark(self) -> Mark | None:
        """Return what is published; None when there is no tree, or one of another format."""
        try:
            if int(self.paths.format.read_text()) != FORMAT:
                return None
            mark = Mark(**json.loads(self.paths.mark.read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        started, serial, digest = self._shown()
        if serial <= mark.serial:
            return mark
        if started != boot():
            return replace(mark, perhaps=(serial, digest))
        return replace(mark, serial=serial, digest=digest)

    def _shown(self) -> tuple[str, int, str]:
        """Return for which start of the machine up to which event pages were rendered: its serial and its digest."""
        try:
            started, serial, digest = self.paths.shown.read_text().split()
            return started, int(serial), digest
        except (FileNotFoundError, ValueError):
            return "", 0, ""

    def set_mark(self, mark: Mark) -> None:
        """Note what is published, after all of that was made durable, and let the URLs of the default index lead to it.

        Raises DiskFull.
        """
        self.point_default(mark.default_index)
        # A note of more than the mark is of another history: it must be gone before. One of less says nothing any more,
        # and until then it tells of which history the pages are.
        if self._shown()[1] > mark.serial:
            self.remove(self.paths.shown)
        with room():
            make_folder(self.paths.root)
            sync_file_system(self.paths.root)
        self._new.clear()
        put(self.paths.format, f"{FORMAT}\n".encode())
        self._put_mark(mark)

    def _put_mark(self, mark: Mark) -> None:
        facts = asdict(mark)
        del facts["perhaps"]
        put(self.paths.mark, json.dumps(facts).encode())

    def set_shown(self, mark: Mark) -> None:
        """Note that the pages show the events up to the mark's serial. Raises DiskFull."""
        synced = json.loads(self.paths.mark.read_text())["serial"]
        if mark.serial - synced >= SYNC_EVERY:
            self.set_mark(mark)
        else:
            note = f"{boot()} {mark.serial} {mark.digest}\n"
            with room():
                self._keep_new()
                placing.replace_all(self.paths.root, {self.paths.shown.name: note.encode()}, None)

    def _keep_new(self) -> None:
        # After a cut of power a page may be missing until the application has started. But where a project has no
        # folder Apache says by itself that there is none, and installers would take one of this name from elsewhere.
        try:
            for folder in self._new:
                sync_folder(folder)
        except FileNotFoundError:  # moved meanwhile, to where everybody or nobody may read it
            sync_file_system(self.paths.root)
        self._new.clear()

    def point_default(self, full_name: str) -> None:
        """Let the links of the default index lead to this one; whether it is there is no matter. Raises DiskFull."""
        for link, target in self.paths.default_links(full_name).items():
            if leads_to(link) != target:
                with room():
                    make_folder(link.parent)
                    if link.is_dir() and not link.is_symlink():  # a copy of the tree that followed its links
                        remove_folder(link)
                    fresh = link.with_name(f"{IN_FLIGHT}{secrets.token_hex(8)}")
                    fresh.symlink_to(target)
                    fresh.replace(link)
                    sync_folder(link.parent)

    def put_page(self, folder: Path, page: RenderedPage, twin: Path | None = None) -> None:
        """Put a page in all its representations: nobody is led to them before all are written. Raises DiskFull.

        In the folder `twin` the very same page was put a moment ago: its files are linked, and not written again.
        The state before goes at the end; who was led to it a moment ago asks anew.
        """
        before = current(folder)
        changed = {
            name: body
            for name, body in page.files.items()
            if not placing.is_equal(folder / name, body, page.modified_ns)
        }
        if not before or not changed:  # What is equal somebody else has put, perhaps a moment ago.
            self._new.add(folder.parent)
        if changed:
            with room():
                placing.have_folder(folder)
                if page.files[CURRENT] == before.encode():
                    placing.replace_all(folder, changed, page.modified_ns, twin=twin)
                else:
                    placing.put_state(folder, changed, page.modified_ns, twin)
        for name in page_names(before) if before else ():
            if name not in page.files:
                (folder / name).unlink(missing_ok=True)

    def clear(self) -> None:
        """Remove every page and every link; the bytes stay in storage. Raises DiskFull.

        The mark that is there is of no history from now on: whoever is interrupted before the next one begins again.
        """
        if mark := self.mark():
            void = replace(mark, serial=max(mark.serial, 1), digest=NO_DIGEST, rebuilt_to=0)
            self._put_mark(replace(void, generation=secrets.token_hex(8)))
        for half in (PUBLIC, RESTRICTED):
            remove_folder(self.paths.root / half)

    def remove_project(self, index: IndexPaths, project: str) -> None:
        """Remove a project's page."""
        remove_folder(index.project_folder(project))

    def remove_index(self, full_name: str) -> None:
        """Remove an index that is no more, wherever it was."""
        for place in self.paths.sides(full_name):
            if place.root.exists():
                remove_folder(place.root)

    def link(self, storage: Storage, sha256: str, place: Path) -> None:
        """Let a blob be served from a place. Raises DiskFull, FileNotFoundError when the blob is not there."""
        blob = storage.path(sha256)
        if blob is None:
            raise NotImplementedError("this storage keeps no files of their own")
        with suppress(FileNotFoundError):
            if place.stat().st_ino == blob.stat().st_ino:
                return
        with room():
            placing.have_folder(place.parent)
            placing.link(blob, place)

    def unlink(self, index: IndexPaths, sha256: str, filename: str) -> None:
        """Stop serving a file, and what is beside it, from an index."""
        place = index.file(sha256, filename)
        self.remove(place)
        for sidecar in Sidecar:
            self.remove(index.beside(sha256, filename, sidecar))
        with suppress(OSError):  # not empty: another file begins with the same digits
            place.parent.rmdir()

    def remove(self, place: Path) -> None:
        """Stop serving what is at a place, for good: after a cut of power it is not back."""
        with suppress(FileNotFoundError):
            place.unlink()
            sync_folder(place.parent)

    def move(self, old: IndexPaths, new: IndexPaths) -> None:
        """Move an index when its visibility changed, in one step. Raises DiskFull.

        Where both are there the old one goes: it may be the one that everybody can read.
        """
        if old.root.exists():
            with room():
                if new.root.exists():
                    remove_folder(old.root)
                    return
                make_folder(new.root.parent)
                old.root.replace(new.root)
                sync_folder(new.root.parent)
                sync_folder(old.root.parent)


def current(folder: Path) -> str:
    """Return which state of the page in a folder is the current one, '' when there is no page, or no telling."""
    try:
        state = (folder / CURRENT).read_text("ascii")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return state if STATE.fullmatch(state) else ""


def leads_to(link: Path) -> str:
    """Return where a link leads, '' when it is none."""
    try:
        return str(link.readlink())
    except OSError:
        return ""


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, for good; harmless when it is not there."""
    # The folder goes first by its name, in one step that is made durable; what is in it is of no consequence then.
    doomed = folder.with_name(f"{IN_FLIGHT}{secrets.token_hex(8)}")
    with suppress(FileNotFoundError):
        folder.replace(doomed)
        sync_folder(folder.parent)
        shutil.rmtree(doomed)


def put(place: Path, body: bytes) -> None:
    """Put one file in its place, durably; nothing happens when it is equal. Raises DiskFull."""
    if placing.is_equal(place, body, None):
        return
    with room():
        make_folder(place.parent)
        placing.replace_all(place.parent, {place.name: body}, None, durably=True)


def _holder(lock: int) -> str:
    return os.pread(lock, 1024, 0).decode(errors="replace") or "another process"


@contextmanager
def _open_lock(file: Path) -> Iterator[int]:
    with room():
        make_folder(file.parent)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, READABLE)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
