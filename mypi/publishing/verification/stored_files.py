"""What the rows say of each file's bytes, in short transactions, and what the bytes say of themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, or_, select

from mypi.database import db, reading
from mypi.errors import Failure
from mypi.registry.events import Event, EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import archives, filenames
from mypi.standards.archives import Inspection
from mypi.standards.digests import Digests, Hasher
from mypi.standards.sidecars import Sidecar
from mypi.storage.interface import Storage

BATCH = 100  # files whose rows are read in one transaction
PIECE = 1024**2  # bytes read at once
PUBLISHING = (EventKind.FILE_UPLOADED.value, EventKind.FILE_REPLACED.value, EventKind.FILE_RESTORED.value)


@dataclass(frozen=True)
class StoredFile:
    """What the rows say of a file's bytes."""

    id: int
    index: str
    project: str
    filename: str
    digests: Digests
    sidecars: dict[Sidecar, str | None]
    """The digest of what is served beside it."""
    damaged: bool
    published_sha256: str
    """The digest in the newest event that published it."""


def everything(after_id: int = 0) -> Iterator[StoredFile]:
    """Yield every file by id."""
    while batch := _batch(after_id, BATCH):
        yield from batch
        after_id = batch[-1].id


def find(file_id: int) -> StoredFile | None:
    """Return a file as its rows are now, or None when it was deleted."""
    return next((file for file in _batch(file_id - 1, 1) if file.id == file_id), None)


def named(full_name: str, filename: str) -> StoredFile | None:
    """Return the file of this name in an index, or None."""
    owner, _, name = full_name.partition("/")
    wanted = select(File.id).join(Index, Index.id == File.index_id)
    with reading() as session:
        file_id = session.scalar(wanted.where(Index.owner == owner, Index.name == name, File.filename == filename))
    return find(file_id) if file_id else None


def total_size() -> int:
    """Return the bytes of all files together."""
    with reading() as session:
        return int(session.scalar(select(func.sum(File.size))) or 0)


def digests_now(storage: Storage, sha256: str) -> Digests:
    """Return the digests that a blob has now. Raises KeyError when it is not there, OSError when it cannot be read."""
    hasher = Hasher()
    with storage.open(sha256) as stream:
        while piece := stream.read(PIECE):
            hasher.update(piece)
    return hasher.digests()


def inspected(storage: Storage, file: StoredFile) -> Inspection | None:
    """Return what the archive says of itself, or None where it was taken under rules that were others then."""
    try:
        with storage.open(file.published_sha256) as stream:
            return archives.inspect(stream, filenames.parse(file.filename))
    except (Failure, OSError, KeyError):
        return None


def _batch(after_id: int, limit: int) -> list[StoredFile]:
    wanted = (
        select(File, Index.owner, Index.name, Project.normalized_name)
        .join(Index, Index.id == File.index_id)
        .join(Release, Release.id == File.release_id)
        .join(Project, Project.id == Release.project_id)
        .where(File.id > after_id)
        .order_by(File.id)
        .limit(limit)
    )
    with reading() as session:
        rows = session.execute(wanted).all()
        published = _published({row.File.filename for row in rows}, {row.normalized_name for row in rows})
        return [_stored(file, f"{owner}/{name}", project, published) for file, owner, name, project in rows]


def _published(names: set[str], projects: set[str]) -> dict[tuple[str, str], str]:
    uploaded = and_(Event.kind.in_(PUBLISHING), Event.filename.in_(names))  # type: ignore[attr-defined]  # columns
    promoted = Event.kind == EventKind.RELEASE_PROMOTED.value
    wanted = select(Event).where(or_(uploaded, promoted), Event.project.in_(projects))  # type: ignore[attr-defined]
    published: dict[tuple[str, str], str] = {}
    for event in db.session.scalars(wanted.order_by(Event.serial)):
        # A changed event is no witness; it is reported as itself.
        if event.digest == event.computed_digest():
            published |= {(event.index_name, filename): sha256 for filename, sha256 in _named_by(event)}
    return published


def _named_by(event: Event) -> Iterator[tuple[str, str]]:
    """Yield filename and sha256 of each file that an event published."""
    said: Any = event.details
    if event.kind != EventKind.RELEASE_PROMOTED.value:
        yield event.filename, str(said["sha256"])
        return
    for release in said["releases"]:
        yield from ((str(filename), str(sha256)) for filename, sha256 in release["files"])


def _stored(file: File, index: str, project: str, published: dict[tuple[str, str], str]) -> StoredFile:
    digests = Digests(file.size, file.sha256, file.md5, file.blake2b_256)
    sha256 = published.get((index, file.filename), file.sha256)
    return StoredFile(file.id, index, project, file.filename, digests, file.sidecars, file.damaged, sha256)
