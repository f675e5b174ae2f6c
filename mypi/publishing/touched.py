"""Which pages events touch, of the index that they are about and of those that show it. It renders nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from mypi.registry import bases, indexes, namespaces
from mypi.registry.events import Event, EventKind
from mypi.standards.names import NormalizedName

KEEPS_BYTES = {EventKind.FILE_UPLOADED.value, EventKind.FILE_REPLACED.value, EventKind.FILE_RESTORED.value}
NO_OTHER_FILE = {
    EventKind.FILE_UPLOADED.value,
    EventKind.FILE_YANKED.value,
    EventKind.FILE_UNYANKED.value,
    EventKind.RELEASE_YANKED.value,
    EventKind.RELEASE_UNYANKED.value,
}
"""After these an index serves the files that it served, and what the events name."""

BEGINS_ANEW = {EventKind.INDEX_CREATED.value, EventKind.INDEX_DELETED.value}
"""After these there may be another index of the same name."""


@dataclass
class Touched:
    """What events touch in one index."""

    projects: dict[NormalizedName, bool] = field(default_factory=dict)
    """The projects, and whether any of their files may be served or not be served now, beside the changed ones."""
    gone: set[tuple[str, str]] = field(default_factory=set)
    """Filename and sha256 of each file that was deleted or replaced."""
    whole: bool = False
    """Whether it is another one, or shows other indexes than before: then everything is touched."""

    def add(self, event: Event) -> None:
        """Add what an event touches."""
        if event.project:
            name = NormalizedName(event.project)
            self.projects[name] = self.projects.get(name, False) or event.kind not in NO_OTHER_FILE
        gone = event.details.get("files") or []
        self.gone.update((str(filename), str(sha256)) for filename, sha256 in gone)  # type: ignore[attr-defined]
        changes_bases = event.kind == EventKind.INDEX_CHANGED.value and "bases" in event.details
        self.whole = self.whole or changes_bases or event.kind in BEGINS_ANEW


def by_index(newest: Iterable[Event]) -> dict[str, Touched]:
    """Return by the name of the index what events touch, each page once."""
    above = _above()
    touched: dict[str, Touched] = {}
    for event in newest:
        for name in (event.index_name, *above.get(event.index_name, ())) if event.index_name else ():
            touched.setdefault(name, Touched()).add(event)
    return touched


def add_namespaces(touched: dict[str, Touched], newest: Iterable[Event]) -> None:
    """Add the projects of which pages have other namespaces to tell after events; only where they do tell of them."""
    for event in newest:
        if event.kind not in namespaces.RESERVING | namespaces.OWNING:
            continue
        above = with_above(event.index_name) if event.index_name else ()
        for index in indexes.named(above) if above else indexes.everything():
            for name in namespaces.touched_by(event, index):
                touched.setdefault(index.full_name, Touched()).projects.setdefault(name, False)


def with_above(full_name: str) -> tuple[str, ...]:
    """Return the name of an index and the names of those that show it."""
    return full_name, *_above().get(full_name, ())


def _above() -> dict[str, list[str]]:
    graph = bases.graph()
    if not graph.bases:
        return {}
    names = {index.id: index.full_name for index in indexes.everything()}
    return {name: sorted(names[above] for above in graph.above(index_id)) for index_id, name in names.items()}


def kept_bytes(newest: Iterable[Event]) -> dict[str, set[tuple[str, str]]]:
    """Return by sha256 the bytes that were kept and that others stand on, and under which index and filename."""
    kept: dict[str, set[tuple[str, str]]] = {}
    for event in newest:
        if event.kind in KEEPS_BYTES and event.details.get("shares_bytes", True):
            kept.setdefault(str(event.details["sha256"]), set()).add((event.index_name, event.filename))
    return kept
