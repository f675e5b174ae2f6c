"""What an index answers: which projects it has, and which files of a project; its own first, then those of its bases.

It asks nobody's permission. Everything is read in one snapshot and returned as frozen facts, so that nothing waits for
the rendering.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, or_, select

from mypi.database import db
from mypi.registry import bases, releases
from mypi.registry.events import Event, EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.listed import Layer, ListedFile, ListedProject, ProjectName, merge, merge_names
from mypi.registry.projects import DeletedProject, Project
from mypi.registry.releases import Release
from mypi.standards import versions
from mypi.standards.names import NormalizedName
from mypi.standards.simple_api import Namespace

CHANGES_OF_FILES = frozenset(
    {
        EventKind.FILE_UPLOADED,
        EventKind.FILE_YANKED,
        EventKind.FILE_UNYANKED,
        EventKind.RELEASE_YANKED,
        EventKind.RELEASE_UNYANKED,
    }
)
"""After these a project has the files and releases that it had, and those that the events name."""

_project: Any = Project  # its columns; SQLAlchemy 1.4 brings no types
_deleted: Any = DeletedProject
_event: Any = Event
_file: Any = File

Owner = tuple[str, int, int]
"""An index by its name and the serial of its creation, and the id of a project in it: never means another."""


@dataclass(frozen=True)
class Shown:
    """What a page of a project in an index is made of: who has the project, the nearest first, and the newest event."""

    name: NormalizedName
    owners: tuple[Owner, ...]
    serial: int
    changed_at: datetime
    projects: tuple[Project, ...] = field(compare=False)
    """The owners' rows, as long as the snapshot lasts."""
    namespaces: tuple[Namespace, ...] | None = None
    """The reserved prefixes that cover it; None where they were not asked for, which `namespaces` does."""


def asked(wanted: Sequence[Index]) -> dict[str, tuple[Index, ...]]:
    """Return for each index, by its name, which are asked for it, in order."""
    if not any(index.bases_serial for index in wanted):
        return {index.full_name: (index,) for index in wanted}
    graph = bases.graph()
    orders = {index.full_name: graph.order(index.id) for index in wanted}
    ids = {index_id for order in orders.values() for index_id in order}
    found = {index.id: index for index in db.session.scalars(select(Index).where(Index.id.in_(ids)))}  # type: ignore[attr-defined]
    return {name: tuple(found[index_id] for index_id in order) for name, order in orders.items()}


_NAMED = select(Project).where(
    _project.index_id.in_(bindparam("indexes", expanding=True)), _project.normalized_name == bindparam("name")
)
_DELETED = select(_deleted.index_id, _deleted.normalized_name, _deleted.serial, _deleted.deleted_at).where(
    _deleted.index_id.in_(bindparam("indexes", expanding=True))
)


def shown(wanted: Sequence[Index], name: NormalizedName) -> dict[str, Shown]:
    """Return for each index that shows a project, by its name, of what that is made."""
    orders = asked(wanted)
    ids = list({index.id for order in orders.values() for index in order})
    found = {one.index_id: one for one in db.session.scalars(_NAMED, {"indexes": ids, "name": name})}
    gone = {}
    if found and any(index.bases_serial for index in wanted):
        rows = db.session.execute(_DELETED.where(_deleted.normalized_name == name), {"indexes": ids})
        gone = {index_id: (serial, deleted_at) for index_id, _, serial, deleted_at in rows}
    made = {}
    for index in wanted:
        order = orders[index.full_name]
        owners = [(one, found[one.id]) for one in order if one.id in found]
        if owners:
            moments = [(project.serial, project.changed_at) for _, project in owners]
            moments += [gone[one.id] for one in order if one.id in gone]
            moment = _with_bases(index, max(moments))
            rows_of = tuple(project for _, project in owners)
            owned_by = tuple((one.full_name, one.created_serial, project.id) for one, project in owners)
            made[index.full_name] = Shown(name, owned_by, *moment, rows_of)
    return made


def _with_bases(index: Index, moment: tuple[int, datetime]) -> tuple[int, datetime]:
    """Return serial and time of the newest of what an index shows: its bases may have changed after any project."""
    if index.bases_serial <= moment[0]:
        return moment
    return index.bases_serial, db.session.scalar(select(_event.time).where(_event.serial == index.bases_serial))


_NAMES = select(_project.index_id, _project.display_name, _project.normalized_name, _project.serial)
_NAMES = _NAMES.where(_project.index_id.in_(bindparam("indexes", expanding=True)))
_NAMES_AMONG = _NAMES.where(_project.normalized_name.in_(bindparam("among", expanding=True)))
_DELETED_AMONG = _DELETED.where(_deleted.normalized_name.in_(bindparam("among", expanding=True)))


def project_names(index: Index, among: Collection[str] | None = None) -> tuple[ProjectName, ...]:
    """Return all projects that the index shows by normalized name, or those that are there of a few."""
    return names_in(asked([index])[index.full_name], among)


def names_in(order: Sequence[Index], among: Collection[str] | None = None) -> tuple[ProjectName, ...]:
    """Return all projects of indexes, the nearest first, as one list by normalized name, or those of a few."""
    distances = {index.id: distance for distance, index in enumerate(order)}
    sought: dict[str, Any] = {"indexes": list(distances)}
    if among is not None:
        sought["among"] = list(among)
    rows = db.session.execute(_NAMES if among is None else _NAMES_AMONG, sought)
    owned = ((distances[index_id], ProjectName(*facts)) for index_id, *facts in rows)
    deleted: Iterable[tuple[str, int]] = ()
    if len(order) != 1 or order[0].bases_serial:
        rows = db.session.execute(_DELETED if among is None else _DELETED_AMONG, sought)
        deleted = [(name, serial) for _, name, serial, _ in rows]
    return tuple(merge_names(owned, deleted))


@dataclass(frozen=True)
class Changes:
    """What happened in indexes after a serial: the newest event, and the projects that events are about."""

    serial: int
    changed_at: datetime | None
    projects: frozenset[str]


_EVENTS_SINCE = (
    select(_event.serial, _event.time, _event.project)
    .where(_event.index_name.in_(bindparam("indexes", expanding=True)), _event.serial > bindparam("serial"))
    .order_by(_event.serial)
)


def changes(order: Sequence[Index], since: int) -> Changes:
    """Return what happened in indexes after a serial; the serial is 0 where nothing did."""
    sought = {"indexes": [index.full_name for index in order], "serial": since}
    happened = db.session.execute(_EVENTS_SINCE, sought).all()
    serial, changed_at = happened[-1][:2] if happened else (0, None)
    return Changes(serial, changed_at, frozenset(project for _, _, project in happened if project))


def has_provenance(found: Shown) -> bool:
    """Return whether there is provenance of any file of a project."""
    ids = [project.id for project in found.projects]
    wanted = select(_file.id).join(Release, Release.id == _file.release_id)
    wanted = wanted.where(Release.project_id.in_(ids), _file.provenance_sha256.is_not(None))  # type: ignore[attr-defined]
    return db.session.scalar(wanted.limit(1)) is not None


def project(index: Index, name: NormalizedName) -> ListedProject | None:
    """Return the project with its files, the newest version last, or None when the index shows none of this name."""
    found = shown([index], name).get(index.full_name)
    return listed(found) if found else None


def listed(found: Shown) -> ListedProject:
    """Return a project with all its files."""
    owners = found.projects
    layers = [Layer(owner.project_status.offers_files, _files(_FILES, project=owner.id)) for owner in owners]
    return _listed(found, layers, [version for owner in owners for version in releases.versions_of(owner)])


_DONE = select(_event.kind, _event.filename, _event.version).where(
    _event.index_name.in_(bindparam("indexes", expanding=True)),
    _event.project == bindparam("project"),
    _event.serial > bindparam("serial"),
)


def listed_changes(found: Shown, since: int) -> ListedProject | None:
    """Return a project as `listed` does, but of its files and versions only those that changed after a serial.

    None when more may have changed: then it has to be read whole.
    """
    names = [index for index, _, _ in found.owners]
    happened = db.session.execute(_DONE, {"indexes": names, "project": found.name, "serial": since}).all()
    if not {kind for kind, _, _ in happened} <= CHANGES_OF_FILES:
        return None
    filenames = {filename for _, filename, _ in happened if filename}
    of_releases = {version for _, filename, version in happened if not filename}
    layers = _layers_among(found.projects, filenames, of_releases)
    if len(layers) > 1 and of_releases:
        # What else is there under the names of a release's files may be nearer, and not change.
        filenames |= {file.filename for layer in layers for file, _ in layer.files}
        layers = _layers_among(found.projects, filenames, set())
    if filenames - {file.filename for layer in layers for file, _ in layer.files}:
        return None
    return _listed(found, layers, [file.version for layer in layers for file, _ in layer.files])


def _layers_among(owners: Sequence[Project], filenames: set[str], of_releases: set[str]) -> list[Layer]:
    sought = {"filenames": list(filenames), "releases": list(of_releases)}
    return [
        Layer(owner.project_status.offers_files, _files(_FILES_AMONG, project=owner.id, **sought)) for owner in owners
    ]


def _listed(found: Shown, layers: list[Layer], of_releases: Iterable[str]) -> ListedProject:
    offered, withheld = merge(layers)
    return ListedProject(
        normalized_name=found.name,
        files=offered,
        withheld=withheld,
        versions=tuple(sorted(set(of_releases), key=lambda version: (versions.order(version), version))),
        status=found.projects[0].project_status,
        status_reason=found.projects[0].status_reason,
        serial=found.serial,
        changed_at=found.changed_at,
        namespaces=found.namespaces,
    )


_FILES = (
    select(
        File.filename,
        Release.version,
        File.sha256,
        File.size,
        File.uploaded_at,
        File.requires_python,
        File.metadata_sha256,
        File.provenance_sha256,
        File.signature_sha256,
        File.yanked,
        File.yanked_reason,
        Release.yanked,
        Release.yanked_reason,
        File.damaged,
    )
    .join(Release, Release.id == File.release_id)
    .where(Release.project_id == bindparam("project"))
)
_FILES_AMONG = _FILES.where(
    or_(
        File.filename.in_(bindparam("filenames", expanding=True)),  # type: ignore[attr-defined]
        Release.version.in_(bindparam("releases", expanding=True)),  # type: ignore[attr-defined]
    )
)


def _files(wanted: Any, **sought: object) -> list[tuple[ListedFile, bool]]:
    found = []
    for *facts, yanked, reason, release_yanked, release_reason, damaged in db.session.execute(wanted, sought):
        facts += [yanked or release_yanked, reason or release_reason]
        found.append((ListedFile(*facts), damaged))
    return found
