"""The acts about bytes that rot: a file whose bytes are not those of its digest is withheld, and offered when whole.

Two are for whoever administers the server: `mypi verify --repair` finds out and calls them. Uploading the same bytes
again restores a damaged file too (`uploading`), and then the others that stand on these bytes, of whatever index.
"""

from collections.abc import Mapping
from contextlib import suppress

from mypi.database import reading
from mypi.errors import DatabaseBusy, DiskFull, NoSuchFile, NotYetPublished
from mypi.registry import actors, files, permissions
from mypi.registry.actors import Actor
from mypi.registry.acts import Act, Registry, act
from mypi.registry.events import EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards.digests import Digests
from mypi.standards.sidecars import Sidecar


def mark_damaged(registry: Registry, actor: Actor, index: Index, filename: str, *, seen: str, found: str) -> bool:
    """Withhold a file whose bytes are not those that were published; return whether it was offered until now.

    `found` is the digest that the bytes have now, or empty when they are gone. `seen` is the sha256 of the row that was
    looked at: where it is another now, the file was replaced meanwhile, and nothing is known of it. Raises NoSuchFile,
    LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        file = files.get(index, filename)
        if file.damaged or file.sha256 != seen:
            return False
        file.damaged = True
        _record(under_way, EventKind.FILE_DAMAGED, index, file, found_sha256=found)
    return True


def mark_restored(
    registry: Registry,
    actor: Actor,
    index: Index,
    filename: str,
    digests: Digests,
    beside: Mapping[Sidecar, str | None],
    *,
    seen: str,
) -> bool:
    """Offer a file again whose bytes were found to be right; return whether that changed anything.

    `seen` is the sha256 of the row that was looked at: a file that was replaced meanwhile keeps what it has now. Its
    row gets the size and the digests of these bytes and of what is beside them, wherever it said otherwise. Raises
    NoSuchFile, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        file = files.get(index, filename)
        if file.sha256 != seen:
            return False
        right = {
            "damaged": False,
            "size": digests.size,
            "sha256": digests.sha256,
            "md5": digests.md5,
            "blake2b_256": digests.blake2b_256,
            "metadata_sha256": beside[Sidecar.METADATA],
            "provenance_sha256": beside[Sidecar.PROVENANCE],
            "signature_sha256": beside[Sidecar.SIGNATURE],
        }
        before = {column: getattr(file, column) for column in right}
        if before == right:
            return False
        for column, value in right.items():
            setattr(file, column, value)
        changed = {f"{column}_before": before[column] for column in right if before[column] != right[column]}
        _record(under_way, EventKind.FILE_RESTORED, index, file, **changed)
    return True


def offer_sharers_again(registry: Registry, sha256: str) -> None:
    """Offer each file again that was withheld for bytes which have just been kept anew, whole.

    Nobody is asked for a right: an upload somewhere else is no act in these indexes, and so the server does it. What is
    not done for want of a lock or of room, `mypi verify --repair` finds. Raises nothing of that.
    """
    with reading():
        withheld = [file.id for file in files.sharing_bytes(sha256) if file.damaged]
    for file_id in withheld:
        with suppress(DatabaseBusy, DiskFull, NotYetPublished), act(registry, actors.the_server()) as under_way:
            file = under_way.session.get(File, file_id)
            if file is not None and file.sha256 == sha256 and file.damaged:
                file.damaged = False
                index = under_way.session.get(Index, file.index_id)
                _record(under_way, EventKind.FILE_RESTORED, index, file, damaged_before=True)


def _record(under_way: Act, kind: EventKind, index: Index, file: File, **details: object) -> None:
    release = under_way.session.get(Release, file.release_id)
    if release is None:
        raise NoSuchFile(filename=file.filename, index=index.full_name)
    project = under_way.session.get(Project, release.project_id)
    said = {"version": release.version, "filename": file.filename, "sha256": file.sha256, **details}
    under_way.record(kind, index=index, project=project, **said)
