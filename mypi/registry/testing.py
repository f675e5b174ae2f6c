"""The act of keeping the result of tests that somebody ran on a file."""

from mypi.database import db, reading
from mypi.errors import BodyTooLarge, LoginRequired, NoSuchFile
from mypi.registry import file_view, indexes, permissions, results
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.releases import Release
from mypi.storage.interface import Storage, keep_bytes

LARGEST_RESULT = 16 * 1024**2
"""Bytes: the output of a long run of tests in several environments."""


def keep_result(registry: Registry, actor: Actor, full_name: str, digits: str, filename: str, result: bytes) -> str:
    """Keep a result beside a file of an index, or of the base that shows it there, and return the result's sha256.

    Whoever is logged in and may read the file may tell of it; with a token, one that allows uploads: what is only for
    reading changes nothing. Raises LoginRequired, PermissionDenied, NoSuchIndex, NoSuchFile, BodyTooLarge,
    DatabaseBusy, DiskFull.
    """
    if actor.is_anonymous:
        raise LoginRequired(right=Right.READ.value)
    if len(result) > LARGEST_RESULT:
        raise BodyTooLarge(most=LARGEST_RESULT)
    with reading():
        file, _ = _file(actor, full_name, digits, filename)
        name = file_view.project_of(file).normalized_name
        permissions.require_scope(actor, Right.UPLOAD, indexes.get(full_name), name)
    sha256 = keep_bytes(registry.storage, result)
    with act(registry, actor) as under_way:
        file, index = _file(actor, full_name, digits, filename)
        release = db.session.get(Release, file.release_id)
        project = file_view.project_of(file)
        said = {"version": release.version, "filename": filename, "sha256": sha256}
        event = under_way.record(EventKind.FILE_TESTED, index=index, project=project, **said)
        results.add(file, sha256, event.time, event.actor)
    return sha256


def result(storage: Storage, actor: Actor, full_name: str, filename: str, sha256: str) -> bytes:
    """Return a result that was kept beside a file. Raises LoginRequired, NoSuchIndex, NoSuchFile."""
    with reading():
        file, _ = _file(actor, full_name, "", filename)
        known = {kept.sha256 for kept in results.of_files([file.id]).get(file.id, [])}
    if sha256 not in known:
        raise NoSuchFile(filename=f"{filename}: {sha256}", index=full_name)
    with storage.open(sha256) as stream:
        return stream.read()


def _file(actor: Actor, full_name: str, digits: str, filename: str) -> tuple[File, Index]:
    """Return a file that the index shows, and the index whose it is."""
    asked = permissions.enter_some(actor, full_name, Right.READ)
    file = file_view.find(asked, filename)
    if file is None or not file.sha256.startswith(digits):
        raise NoSuchFile(filename=filename, index=full_name)
    if not permissions.allows(actor, Right.READ, asked, file_view.project_of(file).normalized_name):
        raise NoSuchFile(filename=filename, index=full_name)
    return file, db.session.get(Index, file.index_id)
