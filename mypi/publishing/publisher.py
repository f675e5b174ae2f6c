"""From events to files: the publisher remembers the last serial that it has published and renders what came after.

No broker and no worker: every act calls `catch_up` before it answers. After a crash the next act, the next start or
`mypi publish` does. Acts that wait for the lock together find their event rendered by whoever was first.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import func, select

from mypi.database import db, reading
from mypi.publishing import readers
from mypi.publishing.paths import IndexPaths
from mypi.publishing.readers import Readers
from mypi.publishing.remembered import Remembered, RenderedProject
from mypi.publishing.tree import Mark, Tree
from mypi.registry import events, index_view, indexes
from mypi.registry.events import Event, EventKind
from mypi.registry.index_view import ListedFile
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.standards.names import NormalizedName
from mypi.storage.durable import room, sync_folder
from mypi.storage.interface import Storage

log = logging.getLogger("mypi")
KEEPS_BYTES = {EventKind.FILE_UPLOADED.value, EventKind.FILE_REPLACED.value, EventKind.FILE_RESTORED.value}
Progress = Callable[[int, int], None]
"""Told how many projects are done, and of how many."""


@dataclass(frozen=True)
class Touched:
    """What events touch in one index."""

    projects: frozenset[NormalizedName]
    gone: frozenset[tuple[str, str]]
    """Filename and sha256 of each file that was deleted or replaced."""


class Publisher:
    """Keeps the published tree up to the events."""

    def __init__(self, tree: Tree, storage: Storage, default_index: str, base_url: str = "") -> None:
        self.tree = tree
        self.storage = storage
        self.default_index = default_index
        self._readers = Readers(tree.paths)
        # Provenance is linked to by https or not at all (PEP 740).
        self.base_url = base_url.rstrip("/") if base_url.startswith("https://") else ""
        self._remembered = Remembered(default_index, self.base_url)

    def start(self) -> None:
        """Bring the tree up to the events, whatever state it was left in: what a process does first.

        Raises DatabaseBusy, DiskFull.
        """
        if not self._is_whole(self.tree.mark()):
            self.rebuild(only_if_needed=True)
        self.tree.point_default(self.default_index)
        self._readers.forget_all()
        self.catch_up()

    def catch_up(self, serial: int | None = None) -> None:
        """Render what the events after the mark touched, and move the mark; on return the event `serial` shows.

        Raises DatabaseBusy, DiskFull.
        """
        try:
            self._catch_up(serial)
        except BaseException:
            self._readers.forget_all()  # What is not shown may have taken a right away, which does not wait for pages.
            raise

    def _catch_up(self, serial: int | None) -> None:
        mark = self.tree.mark()
        # An act knows its own serial: only where the mark, or perhaps a page, is there already it asks whether that is
        # of this history.
        if mark is None or ((mark.perhaps[0] or mark.serial >= (serial or 0)) and not self._knows(mark)):
            self.rebuild(only_if_needed=True)
        if serial is None:
            # What was found done may be the work of a process that was killed before its commit was durable, which is
            # when the name of SQLite's journal is gone for good from the data directory.
            with room():
                sync_folder(self.tree.paths.root.parent)
        with self._turn(unless=lambda: self._shows(serial)) as has_turn:
            follows = not has_turn or self._render_newest(serial)
        if not follows:
            self.rebuild(only_if_needed=True)

    @contextmanager
    def _turn(self, unless: Callable[[], bool] = lambda: False) -> Iterator[bool]:
        """Let this process render; what it remembers is what its pages show, or nothing."""
        with self.tree.locked(unless) as has_turn:
            if has_turn:  # Without it, somebody else is at what is remembered.
                self._forget_what_is_void()
            try:
                yield has_turn
            except BaseException:
                self._remembered.forget()
                raise

    def _forget_what_is_void(self) -> None:
        mark = self.tree.mark()
        serial, digest = self._remembered.shown
        if mark and serial and (mark.serial, mark.digest) != (serial, digest):
            with reading():
                is_known = mark.serial > serial and events.digest_of(serial) == digest
            if not is_known:
                self._remembered.forget()  # Somebody has put back an older tree, which may have gone on since.
        self._remembered.keep_only(mark.generation if mark else "")

    def _shows(self, serial: int | None) -> bool:
        # Somebody else's turn may have rendered this event too. While everything is rendered the mark may be ahead of
        # pages whose turn has not come.
        mark = self.tree.mark()
        return serial is not None and mark is not None and mark.rebuilt_to is None and mark.serial >= serial

    def _render_newest(self, serial: int | None) -> bool:
        """Render what happened since the mark; return False where that does not follow from what the pages show."""
        mark = self.tree.mark() or self._first_mark()
        after = mark.serial
        if serial and mark.rebuilt_to is not None:
            after = min(after, serial - 1)
        with reading():
            newest = events.since(after)
            if not newest:
                return True
            if mark.digest and newest[0].serial == mark.serial + 1 and newest[0].previous_digest != mark.digest:
                return False
            mark = replace(mark, serial=newest[-1].serial, digest=newest[-1].digest)
            by_index = _touched(newest)
            kept = _kept(newest)
            takes_rights = any(readers.takes_rights(event.kind) for event in newest)
            # Let go of them: each end of a transaction looks at all objects that the session still has.
            del newest
        if takes_rights:
            self._readers.forget_all()  # Before the mark moves: no act that takes a right away is answered earlier.
        for full_name, touched in by_index.items():
            self._render(full_name, touched)
        for sha256, places in kept.items():
            self._link_sharers(sha256, places)
        base_url = self.base_url if mark.base_url is None else mark.base_url
        self.tree.set_shown(replace(mark, base_url=base_url))
        self._remembered.note_shown(mark.serial, mark.digest)
        return True

    def rebuild(self, progress: Progress | None = None, *, only_if_needed: bool = False) -> None:
        """Render everything; go on where an interrupted rebuild stopped. Raises DatabaseBusy, DiskFull.

        Each project is rendered under the lock and from rows read under it, so that acts may go on meanwhile.
        """
        with self.tree.rebuilding():
            if only_if_needed and self._is_whole(self.tree.mark()):
                return  # Another process was at it, and is done.
            mark = self._rebuild_mark()
            with reading():
                everything = self._projects_after(mark.rebuilt_to or 0)
                total = db.session.scalar(select(func.count()).select_from(Project))
            for done, (project_id, full_name, name) in enumerate(everything, total - len(everything) + 1):
                with self._turn():
                    self._render_part(full_name, name)
                    if done % 100 == 0:
                        self._note_rebuilt(project_id)
                if progress:
                    progress(done, total)
            self._finish_rebuild()

    def render_again(self, full_name: str, projects: Iterable[NormalizedName]) -> None:
        """Render the list of an index and some of its projects from the rows as they are now.

        Raises DatabaseBusy, DiskFull.
        """
        with self.tree.locked():
            if mark := self.tree.mark():
                self.tree.set_mark(replace(mark, generation=secrets.token_hex(8)))
        with self._turn():
            self._render(full_name, Touched(frozenset(projects), frozenset()))
            if mark := self.tree.mark():  # No event will have these pages rendered again after a cut of power.
                self.tree.set_mark(mark)

    def _is_whole(self, mark: Mark | None) -> bool:
        if mark is None or not self._has_right_links(mark) or mark.rebuilt_to is not None:
            return False
        return self._knows(mark)

    def _has_right_links(self, mark: Mark) -> bool:
        return mark.default_index == self.default_index and mark.base_url in (None, self.base_url)

    def _knows(self, mark: Mark) -> bool:
        """Return whether the pages were rendered from events of this database."""
        shown = [(serial, digest) for serial, digest in ((mark.serial, mark.digest), mark.perhaps) if serial]
        with reading():
            here = [events.digest_of(serial) for serial, _ in shown]
        return all(found and digest in ("", found) for found, (_, digest) in zip(here, shown, strict=True))

    def _rebuild_mark(self) -> Mark:
        with self.tree.locked():
            mark = self.tree.mark()
            if mark is not None and not self._knows(mark):
                # An older database than the tree shows, from a backup for example: it knows nothing of some pages, and
                # gives its next events serials that the mark takes for published.
                self.tree.clear()
                mark = None
            if mark is None:
                mark = self._first_mark()
            if not self._has_right_links(mark) or mark.rebuilt_to is None:
                mark = replace(mark, default_index=self.default_index, base_url=self.base_url, rebuilt_to=0)
                mark = replace(mark, generation=secrets.token_hex(8))
                self.tree.set_mark(mark)
            return mark

    def _first_mark(self) -> Mark:
        """Return the mark of an empty tree: the events so far are rendered by a rebuild, not one by one."""
        with reading():
            newest = events.newest()
            serial, digest = (newest.serial, newest.digest) if newest else (0, "")
        # Nobody will look whether one of these events takes a right away. After they were read: not one comes between.
        self._readers.forget_all()
        mark = Mark(serial, self.default_index, 0, self.base_url, digest, secrets.token_hex(8))
        self.tree.set_mark(mark)
        return mark

    def _note_rebuilt(self, project_id: int) -> None:
        mark = self.tree.mark()
        if mark:
            self.tree.set_mark(replace(mark, rebuilt_to=project_id))

    def _finish_rebuild(self) -> None:
        with reading():
            names = [index.full_name for index in indexes.everything()]
        for full_name in names:
            with self._turn():
                self._render(full_name, Touched(frozenset(), frozenset()))
        with self.tree.locked():
            mark = self.tree.mark()
            if mark:
                self.tree.set_mark(replace(mark, rebuilt_to=None))

    def _projects_after(self, project_id: int) -> list[tuple[int, str, NormalizedName]]:
        wanted = select(Project.id, Index.owner, Index.name, Project.normalized_name)
        wanted = wanted.join(Index, Index.id == Project.index_id).where(Project.id > project_id).order_by(Project.id)
        rows = db.session.execute(wanted)
        return [(id_, f"{owner}/{index}", project) for id_, owner, index, project in rows]

    def _render(self, full_name: str, touched: Touched) -> None:
        """Render projects of an index, then its list: a list names no project whose page is not there."""
        names = sorted(touched.projects)
        for name in names[:-1]:
            self._render_part(full_name, name)
        paths = self._render_part(full_name, names[-1] if names else None, with_list=True)
        if paths:
            for filename, sha256 in touched.gone:
                self._unlink_deleted(full_name, paths, filename, sha256)

    def _render_part(
        self, full_name: str, name: NormalizedName | None, *, with_list: bool = False
    ) -> IndexPaths | None:
        """Render a project, or the list, or both from one state of the rows; return where, if there is the index."""
        with reading():
            index = indexes.find(full_name)
            if index is None:
                self.tree.remove_index(full_name)
                return None
            paths = self._place(index)
            project = self._remembered.project_page(index, name) if name else None
            listing = self._remembered.list_page(index) if with_list else None
        if name:
            self._put_project(paths, name, project)
        if listing:
            self.tree.put_page(paths.list_folder, listing)
        return paths

    def _put_project(self, paths: IndexPaths, name: NormalizedName, project: RenderedProject | None) -> None:
        if project is None:
            self.tree.remove_project(paths, name)
            return
        self._link(paths, project.changed.files)
        self.tree.put_page(paths.project_folder(name), project.page)
        for file in project.changed.withheld:
            self.tree.unlink(paths, file.sha256, file.filename)

    def _place(self, index: Index) -> IndexPaths:
        """Return where an index belongs, after it was moved there if it was seen otherwise before."""
        paths = self.tree.paths.index(index)
        self.tree.move(self.tree.paths.index_unseen(index), paths)
        return paths

    def _link(self, paths: IndexPaths, files: Iterable[ListedFile]) -> None:
        for file in files:
            try:
                self.tree.link(self.storage, file.sha256, paths.file(file.sha256, file.filename))
                for sidecar, sha256 in file.sidecars.items():
                    place = paths.beside(file.sha256, file.filename, sidecar)
                    if sha256:
                        self.tree.link(self.storage, sha256, place)
                    else:
                        self.tree.remove(place)
            except FileNotFoundError as error:
                # Somebody removed a blob by hand. `mypi verify` names it; other files of the project are not held up.
                log.error("%s cannot be served: %s", file.filename, error)

    def _link_sharers(self, sha256: str, linked: set[tuple[str, str]]) -> None:
        # What rotted and was kept anew lies in another file on the disk than the one that other indexes are linked to.
        with reading():
            offered = [
                (self._place(index), file)
                for index, file in index_view.offered_with(sha256)
                if (index.full_name, file.filename) not in linked
            ]
        for paths, file in offered:
            self._link(paths, [file])

    def _unlink_deleted(self, full_name: str, paths: IndexPaths, filename: str, sha256: str) -> None:
        # In a volatile index the same name with the same bytes may have come back since.
        with reading():
            again = index_view.offers(indexes.get(full_name), filename, sha256)
        if not again:
            self.tree.unlink(paths, sha256, filename)


def _touched(newest: list[Event]) -> dict[str, Touched]:
    """Return by index what events touch, each page once."""
    projects: dict[str, set[NormalizedName]] = {}
    gone: dict[str, set[tuple[str, str]]] = {}
    for event in newest:
        if event.index_name:
            projects.setdefault(event.index_name, set()).update(
                [NormalizedName(event.project)] if event.project else []
            )
            gone.setdefault(event.index_name, set()).update(_gone(event))
    return {name: Touched(frozenset(found), frozenset(gone[name])) for name, found in projects.items()}


def _kept(newest: list[Event]) -> dict[str, set[tuple[str, str]]]:
    """Return by sha256 the bytes that were kept and that others stand on, and under which index and filename."""
    kept: dict[str, set[tuple[str, str]]] = {}
    for event in newest:
        if event.kind in KEEPS_BYTES and event.details.get("shares_bytes", True):
            kept.setdefault(str(event.details["sha256"]), set()).add((event.index_name, event.filename))
    return kept


def _gone(event: Event) -> frozenset[tuple[str, str]]:
    gone = event.details.get("files") or []
    return frozenset((str(filename), str(sha256)) for filename, sha256 in gone)  # type: ignore[attr-defined]
