"""From events to files: the publisher remembers the last serial that it has published and renders what came after.

No broker and no worker: every act calls `catch_up` before it answers. After a crash the next act, the next start or
`mypi publish` does. Acts that wait for the lock together find their event rendered by whoever was first.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mypi.database import reading
from mypi.publishing import documentation, links, readers, sweeping, touched
from mypi.publishing.paths import IndexPaths
from mypi.publishing.readers import Readers
from mypi.publishing.remembered import Remembered, RenderedProject, WantedPage
from mypi.publishing.rendering import RenderedPage
from mypi.publishing.touched import Touched
from mypi.publishing.tree import Mark, Tree
from mypi.registry import events, file_view, index_view, indexes, listings, namespaces, served
from mypi.registry.index_view import Shown
from mypi.registry.indexes import Index
from mypi.registry.listings import Listing
from mypi.standards.names import NormalizedName
from mypi.standards.simple_api import API_VERSION, API_VERSION_WITH_NAMESPACES
from mypi.storage.durable import room, sync_folder
from mypi.storage.interface import Storage

_Page = tuple[IndexPaths, NormalizedName, RenderedProject | None]
Progress = Callable[[int, int], None]
"""Told how many projects are done, and of how many."""


LISTS_AT_ONCE = 50
"""Lists that are rendered from one snapshot: a large one has a megabyte."""


class Publisher:
    """Keeps the published tree up to the events."""

    def __init__(
        self, tree: Tree, storage: Storage, default_index: str, base_url: str = "", api_version: str = API_VERSION
    ) -> None:
        self.tree = tree
        self.storage = storage
        self.default_index = default_index
        self._readers = Readers(tree.paths)
        # Provenance is linked to by https or not at all (PEP 740).
        self.base_url = base_url.rstrip("/") if base_url.startswith("https://") else ""
        self.api_version = api_version
        self._remembered = Remembered(default_index, self.base_url, api_version)

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
            by_index = touched.by_index(newest)
            if self._tells_namespaces:
                touched.add_namespaces(by_index, newest)
            kept = touched.kept_bytes(newest)
            takes_rights = any(readers.takes_rights(event.kind) for event in newest)
            documented = documentation.changed(newest)
            # Let go of them: each end of a transaction looks at all objects that the session still has.
            del newest
        if takes_rights:
            self._readers.forget_all()  # Before the mark moves: no act that takes a right away is answered earlier.
        self._render(by_index)
        for sha256, places in kept.items():
            self._link_sharers(sha256, places)
        for full_name, project in documented:
            documentation.show(self.tree, self.storage, full_name, project)
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
                total, everything = served.projects_after(mark.rebuilt_to or 0)
            for done, (project_id, full_name, name) in enumerate(everything, total - len(everything) + 1):
                with self._turn():
                    self._render_projects([(name, self._with_above(full_name))])
                    documentation.show(self.tree, self.storage, full_name, name)
                    if done % 100 == 0:
                        self._note_rebuilt(project_id)
                if progress:
                    progress(done, total)
            self._finish_rebuild()

    def render_again(self, full_name: str, projects: Iterable[NormalizedName]) -> None:
        """Render the lists of an index and of those that show it, and some of its projects, from the rows as they are.

        Raises DatabaseBusy, DiskFull.
        """
        with self.tree.locked():
            if mark := self.tree.mark():
                self.tree.set_mark(replace(mark, generation=secrets.token_hex(8)))
        named: dict[NormalizedName, bool] = dict.fromkeys(projects, True)
        with self._turn():
            self._render({name: Touched(named) for name in self._with_above(full_name)})
            for name in named:
                documentation.show(self.tree, self.storage, full_name, name)
            if mark := self.tree.mark():  # No event will have these pages rendered again after a cut of power.
                self.tree.set_mark(mark)

    def _is_whole(self, mark: Mark | None) -> bool:
        if mark is None or not self._has_right_links(mark) or mark.rebuilt_to is not None:
            return False
        return self._knows(mark)

    def _has_right_links(self, mark: Mark) -> bool:
        has_address = mark.default_index == self.default_index and mark.base_url in (None, self.base_url)
        return has_address and mark.api_version == self.api_version

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
                mark = replace(mark, api_version=self.api_version, generation=secrets.token_hex(8))
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
        mark = replace(mark, api_version=self.api_version)
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
                self._render({full_name: Touched()})
        with self.tree.locked():
            mark = self.tree.mark()
            if mark:
                self.tree.set_mark(replace(mark, rebuilt_to=None))

    def _with_above(self, full_name: str) -> dict[str, bool]:
        """Return an index and those that show it, in each of which any file may have changed."""
        with reading():
            return dict.fromkeys(touched.with_above(full_name), True)

    def _render(self, by_index: dict[str, Touched]) -> None:
        """Render projects, then lists: a list names no project whose page is not there."""
        projects: dict[NormalizedName, dict[str, bool]] = {}
        for full_name, one in by_index.items():
            for name, whole in (self._everything_in(full_name) if one.whole else one.projects).items():
                projects.setdefault(name, {})[full_name] = whole
        self._render_projects(sorted(projects.items()), list(by_index))
        for full_name, one in by_index.items():
            if one.whole:
                self._sweep(full_name)
            for filename, sha256 in one.gone:
                self._unlink_deleted(full_name, filename, sha256)

    def _everything_in(self, full_name: str) -> dict[NormalizedName, bool]:
        with reading():
            index = indexes.find(full_name)
            names = index_view.project_names(index) if index else ()
        return {project.normalized_name: True for project in names}

    def _render_projects(
        self, projects: list[tuple[NormalizedName, dict[str, bool]]], lists: Sequence[str] = ()
    ) -> None:
        """Render each project in some indexes, and the lists of others; the last of both from one state of the rows."""
        for name, where in projects[: -1 if lists else None]:
            with reading():
                pages = self._pages(name, where)
            self._put(pages)
        last = projects[-1:] if lists else []
        for first in range(0, len(lists), LISTS_AT_ONCE):
            some = lists[first : first + LISTS_AT_ONCE]
            with reading():
                pages = [page for name, where in last for page in self._pages(name, where)]
                lists_of = self._lists(some)
            self._put(pages)
            self._put_pages(lists_of)
            last = []

    def _pages(self, name: NormalizedName, where: dict[str, bool]) -> list[_Page]:
        """Return the page of a project in each of some indexes; those that are equal are rendered once."""
        found = self._places(list(where))
        places = {index.full_name: paths for index, paths in found}
        shown = self.shown([index for index, _ in found], name)
        names_itself = self._naming_themselves(shown)
        groups: dict[tuple[object, str], list[WantedPage]] = {}
        for full_name, one in shown.items():
            wanted = WantedPage(full_name, one, where[full_name])
            groups.setdefault((one.owners, full_name if full_name in names_itself else ""), []).append(wanted)
        pages: list[_Page] = [(paths, name, None) for full_name, paths in places.items() if full_name not in shown]
        for (_, linking), group in groups.items():
            rendered = self._remembered.project_pages(linking, group)
            pages += [(places[page.index], name, one) for page, one in zip(group, rendered, strict=True)]
        return pages

    def _lists(self, names: Sequence[str]) -> list[tuple[Path, RenderedPage]]:
        """Return the list of projects of each of some indexes, and where it goes; those that are equal once."""
        found = self._places(names)
        folders = {index.full_name: paths.list_folder for index, paths in found}
        groups: dict[object, list[Listing]] = {}
        for listing in listings.of([index for index, _ in found]):
            groups.setdefault(listing.key, []).append(listing)
        return [
            (folders[listing.index], page)
            for group in groups.values()
            for listing, page in zip(group, self._remembered.list_pages(group), strict=True)
        ]

    def shown(self, wanted: Sequence[Index], name: NormalizedName) -> dict[str, Shown]:
        """Return of what the page of a project is made in some indexes, within a snapshot of the database."""
        if self._tells_namespaces:
            return namespaces.shown(wanted, name)
        return index_view.shown(wanted, name)

    @property
    def _tells_namespaces(self) -> bool:
        return self.api_version == API_VERSION_WITH_NAMESPACES

    def _naming_themselves(self, shown: dict[str, Shown]) -> set[str]:
        """Return the indexes whose pages have links of their own: those of the rest are the same in all of them.

        The default index has other links. Where there is provenance the page says whole addresses of it.
        """
        if len(shown) == 1 or not self.base_url:
            return set(shown) if len(shown) == 1 else {self.default_index}
        owned = {one.owners: one for one in shown.values()}
        attested = {owners for owners, one in owned.items() if index_view.has_provenance(one)}
        return {self.default_index} | {full_name for full_name, one in shown.items() if one.owners in attested}

    def _put(self, pages: Sequence[_Page]) -> None:
        shown = [(paths, name, project) for paths, name, project in pages if project]
        for paths, _, project in shown:
            links.put(self.tree, self.storage, paths, project.changed.files)
        self._put_pages([(paths.project_folder(name), project.page) for paths, name, project in shown])
        for paths, _, project in shown:
            links.withhold(self.tree, paths, project.changed.withheld)
        for paths, name, nothing in pages:
            if nothing is None:
                self.tree.remove_project(paths, name)

    def _put_pages(self, pages: Iterable[tuple[Path, RenderedPage]]) -> None:
        twins: dict[int, Path] = {}
        for folder, page in pages:
            self.tree.put_page(folder, page, twins.get(id(page)))
            twins.setdefault(id(page), folder)

    def _places(self, names: Sequence[str]) -> list[tuple[Index, IndexPaths]]:
        """Return the indexes of these names, and where each belongs, after it was moved there if it was elsewhere.

        A mirror has nothing to show; what is no more goes.
        """
        found = {index.full_name: index for index in indexes.named(names)}
        for full_name in names:
            if full_name not in found or found[full_name].is_mirror:
                self.tree.remove_index(full_name)
        return [(index, self._place(index)) for index in found.values() if not index.is_mirror]

    def _place(self, index: Index) -> IndexPaths:
        paths = self.tree.paths.index(index)
        self.tree.move(self.tree.paths.index_unseen(index), paths)
        return paths

    def _link_sharers(self, sha256: str, linked: set[tuple[str, str]]) -> None:
        # What rotted and was kept anew lies in another file on the disk than the one that other indexes are linked to.
        with reading():
            offered = [(self._place(index), file) for index, file in file_view.offered_with(sha256, linked)]
        for paths, file in offered:
            links.put(self.tree, self.storage, paths, [file])

    def _unlink_deleted(self, full_name: str, filename: str, sha256: str) -> None:
        # The same name with the same bytes may have come back since, or be that of a base.
        with reading():
            index = indexes.find(full_name)
            again = index is None or file_view.shows(index, filename, sha256)
            paths = self.tree.paths.index(index) if index else None
        if paths and not again:
            self.tree.unlink(paths, sha256, filename)

    def _sweep(self, full_name: str) -> None:
        with reading():
            found = self._places([full_name])
            belonging = [(paths, served.everything(index)) for index, paths in found]
        for paths, here in belonging:
            sweeping.sweep(self.tree, paths, here)
