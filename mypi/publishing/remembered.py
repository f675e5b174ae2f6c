"""What this process rendered last, so that an act renders what it changed and not all that was there before.

Nothing here is needed to be right: what is remembered follows from rows alone, and is brought up to them by the events
since. It is asked within a snapshot of the database, by whoever holds the lock of the tree.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mypi.publishing.rendering import ListDocument, ProjectDocument, RenderedPage
from mypi.registry import index_view, listings
from mypi.registry.index_view import Owner, Shown
from mypi.registry.indexes import Index
from mypi.registry.listed import ListedProject
from mypi.registry.listings import Listing
from mypi.standards.simple_api import Namespace

MOST_FILES = 50_000
"""On all pages that are kept: about 100 MB."""
MOST_NAMES = 250_000
"""On all lists that are kept: about as much."""


Key = tuple[str, tuple[Owner, ...], str]
"""The name of a project, who has it, and the index whose links the page has: that makes its bytes, but for the time."""


@dataclass(frozen=True)
class WantedPage:
    """The page of a project in an index, and whether every file of it may have to be linked, or no longer be served."""

    index: str
    found: Shown
    whole: bool


@dataclass(frozen=True)
class RenderedProject:
    """The page of a project, and the files of it that may have to be linked, or to be served no more."""

    page: RenderedPage
    changed: ListedProject


@dataclass
class _List:
    """The list of what some indexes have, and the event that it shows."""

    document: ListDocument
    serial: int
    changed_at: datetime
    page: tuple[tuple[int, datetime], RenderedPage] | None = None

    def bring_up_to_date(self, order: Sequence[Index]) -> None:
        happened = index_view.changes(order, self.serial)
        if happened.changed_at:
            self.serial, self.changed_at = happened.serial, happened.changed_at
        if not happened.projects:
            return
        self.page = None
        there = index_view.names_in(order, happened.projects)
        for project in happened.projects - {name.normalized_name for name in there}:
            self.document.remove(project)
        for name in there:
            self.document.put(name)

    def page_of(self, moment: tuple[int, datetime]) -> RenderedPage:
        """Return the list as it is after an event: the very same for all indexes of which it is the list."""
        if self.page is None or self.page[0] != moment:
            self.page = moment, self.document.page(*moment)
        return self.page[1]


class Remembered:
    """The documents of one process."""

    def __init__(self, default_index: str, base_url: str, api_version: str) -> None:
        self._default_index = default_index
        self._base_url = base_url
        self._api_version = api_version
        self._generation = ""
        self._shown = (0, "")
        self._lists: OrderedDict[tuple[tuple[str, int], ...], _List] = OrderedDict()
        self._projects: OrderedDict[Key, ProjectDocument] = OrderedDict()
        self._placed: dict[tuple[str, str], Key] = {}
        self._files = 0

    def keep_only(self, generation: str) -> None:
        """Forget what was rendered under another generation of the tree, and everything where there is none."""
        if generation != self._generation or not generation:
            self.forget()
        self._generation = generation

    @property
    def shown(self) -> tuple[int, str]:
        """Serial and digest of the event up to which this process has rendered pages; 0 where it remembers none."""
        return self._shown

    def note_shown(self, serial: int, digest: str) -> None:
        """Note up to which event this process has rendered pages."""
        self._shown = serial, digest

    def forget(self) -> None:
        """Forget everything: it may be ahead of what the pages show."""
        self._lists.clear()
        self._projects.clear()
        self._placed.clear()
        self._files = 0
        self._shown = (0, "")

    def list_pages(self, wanted: Sequence[Listing]) -> list[RenderedPage]:
        """Return the lists of indexes that show the projects of the same others, as rows have them now."""
        naming, moment = wanted[0].naming, wanted[0].moment
        known = self._lists.pop(wanted[0].key, None)
        if known is None:
            document = ListDocument(index_view.names_in(naming), self._api_version)
            # Of those that name projects: an index above may be newer, and one of them is asked for alone, too.
            known = _List(document, *(moment if moment and not naming else listings.last_change(naming)))
        else:
            known.bring_up_to_date(naming)
        self._lists[wanted[0].key] = known
        while sum(len(one.document) for one in self._lists.values()) > MOST_NAMES and len(self._lists) > 1:
            self._lists.popitem(last=False)
        return [known.page_of(one.moment or (known.serial, known.changed_at)) for one in wanted]

    def project_pages(self, linking: str, wanted: Sequence[WantedPage]) -> list[RenderedProject]:
        """Return pages of a project that has the same owners in all these indexes, with the links of one of them.

        Where an index has to know of all files, or showed those of other owners before, all are among the changed ones.
        """
        found = wanted[0].found
        key = found.name, found.owners, linking
        document = self._taken_out(key)
        narrow = {page.index for page in wanted if not page.whole and self._placed.get((page.index, found.name)) == key}
        changed = index_view.listed_changes(found, document.serial) if document and narrow else None
        everything = None
        if not (document and changed and document.bring_up_to(changed)):
            everything = changed = index_view.listed(found)
            document = ProjectDocument(linking, self._default_index, changed, self._base_url)
        elif len(narrow) < len(wanted):
            everything = index_view.listed(found)
        self._keep(key, document, [page.index for page in wanted])
        states = {_state(page.found) for page in wanted}
        pages = {state: document.page(*state) for state in states}
        return [
            RenderedProject(
                pages[_state(page.found)],
                changed if page.index in narrow or everything is None else everything,
            )
            for page in wanted
        ]

    def _keep(self, key: Key, document: ProjectDocument, indexes: Sequence[str]) -> None:
        if len(self._placed) > MOST_NAMES:
            self._placed.clear()
        self._placed.update({(index, key[0]): key for index in indexes})
        self._projects[key] = document
        self._files += len(document)
        while self._files > MOST_FILES and len(self._projects) > 1:
            self._taken_out(next(iter(self._projects)))

    def _taken_out(self, key: Key) -> ProjectDocument | None:
        document = self._projects.pop(key, None)
        self._files -= len(document) if document else 0
        return document


def _state(found: Shown) -> tuple[int, datetime, tuple[Namespace, ...] | None]:
    """Return what a page has of its index, beside the project."""
    return found.serial, found.changed_at, found.namespaces
