"""What this process rendered last, so that an act renders what it changed and not all that was there before.

Nothing here is needed to be right: what is remembered follows from rows alone, and is brought up to them by the events
since. It is asked within a snapshot of the database, by whoever holds the lock of the tree.
"""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from mypi.publishing.rendering import ListDocument, ProjectDocument, RenderedPage
from mypi.registry import index_view
from mypi.registry.index_view import ListedProject
from mypi.registry.indexes import Index
from mypi.standards.names import NormalizedName

MOST_FILES = 50_000
"""On all pages that are kept: about 100 MB. Lists of projects are few, and kept as long as the process lives."""


@dataclass(frozen=True)
class RenderedProject:
    """The page of a project, and the files of it that may have to be linked, or to be served no more."""

    page: RenderedPage
    changed: ListedProject


@dataclass
class _List:
    """The list of an index, and the event that it shows."""

    document: ListDocument
    serial: int
    changed_at: datetime

    def bring_up_to(self, index: Index) -> None:
        happened = index_view.changes(index, self.serial)
        if happened.serial:
            self.serial, self.changed_at = happened.serial, happened.changed_at
        if not happened.projects:
            return
        there = index_view.project_names(index, happened.projects)
        for project in happened.projects - {name.normalized_name for name in there}:
            self.document.remove(project)
        for name in there:
            self.document.put(name)


class Remembered:
    """The documents of one process."""

    def __init__(self, default_index: str, base_url: str) -> None:
        self._default_index = default_index
        self._base_url = base_url
        self._generation = ""
        self._shown = (0, "")
        self._lists: dict[str, _List] = {}
        self._projects: OrderedDict[tuple[str, str], ProjectDocument] = OrderedDict()
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
        self._files = 0
        self._shown = (0, "")

    def list_page(self, index: Index) -> RenderedPage:
        """Return the list of projects of an index as rows have it now."""
        known = self._lists.get(index.full_name)
        if known is None:
            known = _List(ListDocument(index_view.project_names(index)), *index_view.last_change(index))
        else:
            known.bring_up_to(index)
        self._lists[index.full_name] = known
        return known.document.page(known.serial, known.changed_at)

    def project_page(self, index: Index, name: NormalizedName) -> RenderedProject | None:
        """Return the page of a project as rows have it now, or None when there is no such project."""
        document = self._taken_out(index.full_name, name)
        changed = index_view.project_changes(index, name, document.serial) if document else None
        if not (document and changed and document.bring_up_to(changed)):
            changed = index_view.project(index, name)
            if changed is None:
                return None
            document = ProjectDocument(index.full_name, self._default_index, changed, self._base_url)
        self._projects[index.full_name, name] = document
        self._files += len(document)
        while self._files > MOST_FILES and len(self._projects) > 1:
            self._taken_out(*next(iter(self._projects)))
        return RenderedProject(document.page(), changed)

    def _taken_out(self, full_name: str, project: str) -> ProjectDocument | None:
        document = self._projects.pop((full_name, project), None)
        self._files -= len(document) if document else 0
        return document
