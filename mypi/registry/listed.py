"""What an index offers, as frozen facts, and how what several indexes have of one project becomes one.

Pure: it asks no database and nobody's permission.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mypi.registry import files
from mypi.standards import versions
from mypi.standards.names import NormalizedName
from mypi.standards.project_status import ProjectStatus
from mypi.standards.sidecars import Sidecar
from mypi.standards.simple_api import Namespace


@dataclass(frozen=True)
class ListedFile:
    """A file as the index offers it; yanked when it is itself, or when its release is."""

    filename: str
    version: str
    sha256: str
    size: int
    upload_time: datetime
    requires_python: str
    metadata_sha256: str | None
    provenance_sha256: str | None
    signature_sha256: str | None
    yanked: bool
    yanked_reason: str

    @property
    def sidecars(self) -> dict[Sidecar, str | None]:
        """The digest of what is served beside it."""
        return files.sidecars(self.metadata_sha256, self.provenance_sha256, self.signature_sha256)


@dataclass(frozen=True)
class ListedProject:
    """A project as the index offers it: its files by version, and what its owners say of it."""

    normalized_name: NormalizedName
    files: tuple[ListedFile, ...]
    withheld: tuple[ListedFile, ...]
    """Files that are there and not offered: of a quarantined project, damaged, or behind a nearer one of that name."""
    versions: tuple[str, ...]
    status: ProjectStatus
    status_reason: str
    serial: int
    changed_at: datetime
    namespaces: tuple[Namespace, ...] | None = None
    """The reserved prefixes that cover it; None where they were not asked for."""


@dataclass(frozen=True)
class ProjectName:
    """A line in the list of projects."""

    display_name: str
    normalized_name: NormalizedName
    serial: int


@dataclass(frozen=True)
class Layer:
    """What one index has of a project: whether it offers anything, and its files with whether each is damaged."""

    offers_files: bool
    files: Sequence[tuple[ListedFile, bool]]


def merge(layers: Sequence[Layer]) -> tuple[tuple[ListedFile, ...], tuple[ListedFile, ...]]:
    """Return the files that are offered, by version, and those that are not; the nearest layer comes first.

    Of one filename the nearest file counts, also when it is withheld: link and bytes come from the same place, and
    nobody is given other bytes for want of those. A project that its nearest owner withholds is withheld by all.
    """
    nearest: dict[str, ListedFile] = {}
    offered, withheld = [], []
    for layer in layers:
        for file, damaged in layer.files:
            if (nearer := nearest.setdefault(file.filename, file)) is not file:
                withheld += [file] if nearer.sha256 != file.sha256 else []
            elif layers[0].offers_files and layer.offers_files and not damaged:
                offered.append(file)
            else:
                withheld.append(file)
    return in_order(offered), tuple(withheld)


def in_order(found: Iterable[ListedFile]) -> tuple[ListedFile, ...]:
    """Return files by version, the newest last, and then by name."""
    return tuple(sorted(found, key=lambda file: (versions.order(file.version), file.filename)))


def merge_names(owned: Iterable[tuple[int, ProjectName]], deleted: Iterable[tuple[str, int]]) -> list[ProjectName]:
    """Return the projects of several indexes as one list, by normalized name.

    Each comes with how near its index is; the nearest spells its name, and the newest says its serial, be it that it
    was deleted in one of them.
    """
    nearest: dict[str, tuple[int, ProjectName]] = {}
    newest: dict[str, int] = {}
    for distance, one in owned:
        newest[one.normalized_name] = max(one.serial, newest.get(one.normalized_name, 0))
        if distance < nearest.get(one.normalized_name, (distance + 1,))[0]:
            nearest[one.normalized_name] = distance, one
    for name, serial in deleted:
        newest[name] = max(serial, newest.get(name, 0))
    # Sorted here: the databases' own orders differ by collation, and the list is the same on each.
    return [
        ProjectName(one.display_name, one.normalized_name, newest[name]) for name, (_, one) in sorted(nearest.items())
    ]
