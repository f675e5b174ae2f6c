"""What an index answers about one file: whether it offers it, of which project it is, and why it is not given.

Of one filename the nearest file counts, as on pages. It asks nobody's permission.
"""

from typing import Any

from sqlalchemy import bindparam, select

from mypi.database import db
from mypi.errors import (
    Failure,
    FileDamaged,
    FileGone,
    FileWithheld,
    InvalidFilename,
    InvalidVersion,
    NoProvenance,
    NoSuchFile,
    PagesMissing,
    UnsupportedFileType,
)
from mypi.registry import bases, files, index_view
from mypi.registry.files import File
from mypi.registry.indexes import Index
from mypi.registry.listed import ListedFile
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import filenames, versions
from mypi.standards.names import NormalizedName
from mypi.standards.sidecars import Sidecar

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types

_OF_NAME = select(_file).where(
    _file.index_id.in_(bindparam("indexes", expanding=True)), _file.filename == bindparam("filename")
)


def find(index: Index, filename: str) -> File | None:
    """Return the file of this name that the index shows, or None."""
    order = [one.id for one in index_view.asked([index])[index.full_name]]
    found = {file.index_id: file for file in db.session.scalars(_OF_NAME, {"indexes": order, "filename": filename})}
    return next((found[index_id] for index_id in order if index_id in found), None)


def why_missing(index: Index, digits: str, filename: str, sidecar: Sidecar | None) -> Failure:
    """Return why a file with these digits of its sha256, or what was asked for beside it, is not offered.

    FileGone, FileWithheld, FileDamaged, NoSuchFile, or a page not yet rendered.
    """
    try:
        filenames.parse(filename)
    except (InvalidFilename, UnsupportedFileType):
        return NoSuchFile(filename=filename, index=index.full_name)
    file = find(index, filename)
    if file is None and _was_deleted(index, filename):
        return FileGone(filename=filename)
    if file is None or not file.sha256.startswith(digits) or (sidecar and not file.sidecars[sidecar]):
        return NoSuchFile(filename=filename, index=index.full_name)
    project = project_of(file)
    owners = index_view.shown([index], project.normalized_name)[index.full_name].projects
    if not (project.project_status.offers_files and owners[0].project_status.offers_files):
        return FileWithheld(filename=filename, project=project.display_name)
    return FileDamaged(filename=filename) if file.damaged else PagesMissing()


def _was_deleted(index: Index, filename: str) -> bool:
    return any(files.was_deleted(one, filename) for one in index_view.asked([index])[index.full_name])


def attested_file(index: Index, project: NormalizedName, version: str, filename: str) -> str:
    """Return the sha256 of a file of this project and version that is offered and has provenance.

    Raises NoSuchFile, FileDamaged, FileWithheld, NoProvenance.
    """
    file = find(index, filename)
    if file is None or project_of(file).normalized_name != project or not _is_of(file, version):
        raise NoSuchFile(filename=filename, index=index.full_name)
    withheld = why_missing(index, file.sha256, filename, None)
    if not isinstance(withheld, PagesMissing):
        raise withheld
    if not file.provenance_sha256:
        raise NoProvenance(filename=filename, index=index.full_name)
    return file.sha256


def project_of(file: File) -> Project:
    """Return the project that a file belongs to."""
    project: Project = db.session.get(Project, db.session.get(Release, file.release_id).project_id)
    return project


def _is_of(file: File, version: str) -> bool:
    try:
        return versions.identity(db.session.get(Release, file.release_id).version) == versions.identity(version)
    except InvalidVersion:
        return False


def project_name_of(index: Index, filename: str) -> NormalizedName | None:
    """Return the project that a file belongs to, or None when the index shows no such file."""
    file = find(index, filename)
    return project_of(file).normalized_name if file else None


def shows(index: Index, filename: str, sha256: str) -> bool:
    """Return whether the file of this name that the index shows has these bytes."""
    file = find(index, filename)
    return file is not None and file.sha256 == sha256


def offered_with(sha256: str, besides: set[tuple[str, str]]) -> list[tuple[Index, ListedFile]]:
    """Return each file with these bytes that an index offers.

    Left out are those of some indexes, by index and filename, and what stands above these.
    """
    found = []
    for file in files.sharing_bytes(sha256):
        own = db.session.get(Index, file.index_id)
        if (own.full_name, file.filename) not in besides:
            found += [
                (index, listed)
                for index in (own, *bases.above(own))
                for listed in _offered(index, project_of(file).normalized_name)
                if (listed.filename, listed.sha256) == (file.filename, sha256)
            ]
    return found


def _offered(index: Index, name: NormalizedName) -> tuple[ListedFile, ...]:
    project = index_view.project(index, name)
    return project.files if project else ()
