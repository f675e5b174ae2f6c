"""Distribution files, and the tombstones that keep deleted filenames taken."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    insert,
    select,
)

from mypi.database import Model, UTCDateTime, db
from mypi.errors import FileExists, FilenameUsedBefore, NoSuchFile, SdistExists
from mypi.registry.indexes import Index
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import filenames
from mypi.standards.filenames import FileType
from mypi.standards.sidecars import Sidecar


class File(Model):
    """One uploaded archive. Canonical. Its digests, size and upload time never change."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("index_id", "filename_key"),)

    id: int = Column(Integer, primary_key=True)
    index_id: int = Column(ForeignKey("indexes.id"), nullable=False)
    release_id: int = Column(ForeignKey("releases.id"), nullable=False, index=True)
    filename: str = Column(String(255), nullable=False)
    filename_key: str = Column(String(512), nullable=False)
    file_type: str = Column(String(16), nullable=False)
    python_version: str = Column(String(64), nullable=False)
    size: int = Column(BigInteger, nullable=False)  # bytes
    sha256: str = Column(String(64), nullable=False, index=True)
    md5: str = Column(String(32), nullable=False)
    blake2b_256: str = Column(String(64), nullable=False)
    requires_python: str = Column(Text, nullable=False)
    metadata_sha256: str | None = Column(String(64), nullable=True, index=True)  # where a .metadata is advertised
    comment: str = Column(Text, nullable=False)
    yanked: bool = Column(Boolean, nullable=False)
    yanked_reason: str = Column(Text, nullable=False)
    damaged: bool = Column(Boolean, nullable=False)  # the bytes were seen to differ from the digest
    uploaded_at: datetime = Column(UTCDateTime, nullable=False)
    uploaded_by: str = Column(String(128), nullable=False)
    provenance_sha256: str | None = Column(String(64), nullable=True, index=True)  # where a .provenance is served
    signature_sha256: str | None = Column(String(64), nullable=True, index=True)  # where an .asc is served

    @property
    def sidecars(self) -> dict[Sidecar, str | None]:
        """The digest of what is served beside it."""
        return sidecars(self.metadata_sha256, self.provenance_sha256, self.signature_sha256)


class Tombstone(Model):
    """The name of a deleted file: never used again. Canonical."""

    __tablename__ = "tombstones"
    __table_args__ = (UniqueConstraint("index_id", "filename_key"),)

    id: int = Column(Integer, primary_key=True)
    index_id: int = Column(ForeignKey("indexes.id"), nullable=False)
    filename: str = Column(String(255), nullable=False)
    filename_key: str = Column(String(512), nullable=False)
    sha256: str = Column(String(64), nullable=False)
    deleted_at: datetime = Column(UTCDateTime, nullable=False)


def sidecars(metadata: str | None, provenance: str | None, signature: str | None) -> dict[Sidecar, str | None]:
    """Return by kind the digest of each thing beside a file, None where there is none of that kind."""
    return {Sidecar.METADATA: metadata, Sidecar.PROVENANCE: provenance, Sidecar.SIGNATURE: signature}


_file, _tombstone = File.__table__.c, Tombstone.__table__.c  # type: ignore[attr-defined]  # columns without objects
_TWIN = select(_file.id).where(_file.index_id == bindparam("index"), _file.filename_key == bindparam("key"))
_BURIED = select(_tombstone.id).where(
    _tombstone.index_id == bindparam("index"), _tombstone.filename_key == bindparam("key")
)
_NAMESAKES = select(_TWIN.scalar_subquery(), _BURIED.scalar_subquery())


def find(index: Index, filename: str) -> File | None:
    """Return the file of exactly this name in the index, or None."""
    file: File | None = db.session.scalar(select(File).where(File.index_id == index.id, File.filename == filename))
    return file


def get(index: Index, filename: str) -> File:
    """Return the file of exactly this name in the index. Raises NoSuchFile."""
    if file := find(index, filename):
        return file
    raise NoSuchFile(filename=filename, index=index.full_name)


def of_release(release: Release) -> list[File]:
    """Return the files of a release, sdists after the rest, then by name."""
    wanted = select(File).where(File.release_id == release.id).order_by(File.file_type, File.filename)
    return list(db.session.scalars(wanted))


def of_project(project: Project) -> list[File]:
    """Return all files of a project."""
    joined = select(File).join(Release, Release.id == File.release_id).where(Release.project_id == project.id)
    return list(db.session.scalars(joined))


def was_deleted(index: Index, filename: str) -> bool:
    """Return whether a file of this name was deleted from the index."""
    return db.session.scalar(_BURIED, {"index": index.id, "key": filenames.key(filename)}) is not None


def dig_up(index: Index, filename: str, sha256: str) -> bool:
    """Free the name of a deleted file for the bytes it had, within an act; return False where those were others."""
    wanted = select(Tombstone).where(Tombstone.index_id == index.id, Tombstone.filename_key == filenames.key(filename))
    stone = db.session.scalar(wanted)
    if stone is None or (stone.filename, stone.sha256) != (filename, sha256):
        return False
    db.session.delete(stone)
    db.session.flush()
    return True


def existing_twin(index: Index, filename: str, sha256: str) -> File | None:
    """Return the file that holds this name, or None when the name is free.

    One filename, one content, for ever: raises FileExists when the name is taken with other bytes, FilenameUsedBefore
    when it belonged to a file that was deleted. A volatile index lets the file be replaced, and a name be used again.
    """
    twin_id, buried_id = db.session.execute(_NAMESAKES, {"index": index.id, "key": filenames.key(filename)}).one()
    file: File | None = db.session.get(File, twin_id) if twin_id else None
    if index.volatile:
        return file
    if file is None and buried_id:
        raise FilenameUsedBefore(filename=filename)
    if file and (file.filename, file.sha256) != (filename, sha256):
        raise FileExists(filename=file.filename)
    return file


def refuse_to_replace_for_another(existing: File, project_id: int) -> None:
    """Return when a file that is replaced is of this project. Raises FileExists.

    foo-2-2.tar.gz is foo 2-2 as well as foo-2 2: whoever may upload the one does not replace the other.
    """
    if db.session.get(Release, existing.release_id).project_id != project_id:
        raise FileExists(filename=existing.filename)


def add(**columns: object) -> None:
    """Add a file within an act. Not through the session, which would only keep account of it."""
    db.session.execute(insert(File.__table__), columns)  # type: ignore[attr-defined]


def refuse_second_sdist(release: Release) -> None:
    """Raise SdistExists when the release has a source distribution already."""
    wanted = select(File.filename).where(File.release_id == release.id, File.file_type == FileType.SDIST.value)
    if existing := db.session.scalar(wanted.limit(1)):
        raise SdistExists(version=release.version, filename=existing)


_WITH_BYTES = select(_file.id).where(_file.sha256 == bindparam("sha256")).limit(1)


def has_bytes(sha256: str) -> bool:
    """Return whether any file, of whatever index, stands on the blob of this digest."""
    return db.session.scalar(_WITH_BYTES, {"sha256": sha256}) is not None


def sharing_bytes(sha256: str) -> list[File]:
    """Return every file, of all indexes, that stands on the blob of this digest."""
    return list(db.session.scalars(select(File).where(File.sha256 == sha256)))
