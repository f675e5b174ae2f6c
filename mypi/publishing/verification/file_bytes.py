"""Are the bytes of every file, and of what is beside it, still those that were published? Each blob is read to its end.

Memory is the same whatever the size of a file. No transaction is open while bytes are read; what seems wrong is looked
at once more from the row on, as the file may have been deleted or replaced meanwhile.
"""

from collections.abc import Iterator

from mypi.publishing.verification import file_sidecars, stored_files
from mypi.publishing.verification.differences import Difference, DifferenceKind, Progress
from mypi.publishing.verification.stored_files import StoredFile
from mypi.standards.digests import Digests
from mypi.standards.sidecars import Sidecar
from mypi.storage.interface import Storage

_K = DifferenceKind
KINDS: dict[Sidecar, tuple[DifferenceKind, DifferenceKind, DifferenceKind | None]] = {
    Sidecar.METADATA: (_K.METADATA_MISSING, _K.METADATA_CHANGED, _K.METADATA_OF_ANOTHER),
    Sidecar.PROVENANCE: (_K.PROVENANCE_MISSING, _K.PROVENANCE_CHANGED, _K.PROVENANCE_OF_ANOTHER),
    Sidecar.SIGNATURE: (_K.SIGNATURE_MISSING, _K.SIGNATURE_CHANGED, None),
}
"""What is said of a thing beside a file that is gone, that is not what it was, that is about other bytes."""


def differences(storage: Storage, progress: Progress) -> Iterator[Difference]:
    """Yield what is wrong with the bytes of each file."""
    done, total = 0, stored_files.total_size()
    for file in stored_files.everything():
        if list(_judge(storage, file)):
            again = stored_files.find(file.id)
            yield from _judge(storage, again) if again else ()
        done += file.digests.size
        progress("bytes of files", min(done, total), total)


def _judge(storage: Storage, file: StoredFile) -> Iterator[Difference]:
    if file.digests.sha256 != file.published_sha256:
        facts = {"what": "sha256", "found": file.digests.sha256, "expected": file.published_sha256}
        yield _difference(file, DifferenceKind.FILE_ROW_CHANGED, **facts)
        return
    try:
        found = stored_files.digests_now(storage, file.digests.sha256)
    except KeyError:
        yield _difference(file, DifferenceKind.FILE_DAMAGED if file.damaged else DifferenceKind.FILE_MISSING)
    except OSError as error:
        yield _wrong_bytes(file, error.strerror or "unreadable")
    else:
        if found.sha256 != file.digests.sha256:
            yield _wrong_bytes(file, found.sha256)
        else:
            yield from _judge_row(file, found)
            for sidecar, sha256 in file.sidecars.items():
                if sha256:
                    yield from _judge_sidecar(storage, file, sidecar, sha256)


def _difference(file: StoredFile, kind: DifferenceKind, **facts: str) -> Difference:
    return Difference(kind, f"{file.index}: {file.filename}", **facts, index=file.index, project=file.project)


def _wrong_bytes(file: StoredFile, found: str) -> Difference:
    if file.damaged:
        return _difference(file, DifferenceKind.FILE_DAMAGED)
    return _difference(file, DifferenceKind.FILE_CHANGED, found=found, expected=file.digests.sha256)


def _judge_row(file: StoredFile, found: Digests) -> Iterator[Difference]:
    for column in ("size", "md5", "blake2b_256"):
        says, right = str(getattr(file.digests, column)), str(getattr(found, column))
        if says != right:
            yield _difference(file, DifferenceKind.FILE_ROW_CHANGED, what=column, found=says, expected=right)
    if file.damaged:
        yield _difference(file, DifferenceKind.FILE_WHOLE_AGAIN)


def _judge_sidecar(storage: Storage, file: StoredFile, sidecar: Sidecar, sha256: str) -> Iterator[Difference]:
    missing, changed, of_another = KINDS[sidecar]
    try:
        found = stored_files.digests_now(storage, sha256).sha256
    except (KeyError, OSError):
        yield _difference(file, missing)
        return
    if found != sha256:
        yield _difference(file, changed, found=found, expected=sha256)
    elif of_another and not file_sidecars.belongs(storage, file, sidecar, sha256):
        yield _difference(file, of_another)
