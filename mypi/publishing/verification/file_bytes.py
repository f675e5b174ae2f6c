"""Are the bytes of every file, and of its metadata, still those that were published? Each blob is read to its end.

Memory is the same whatever the size of a file. No transaction is open while bytes are read; what seems wrong is looked
at once more from the row on, as the file may have been deleted or replaced meanwhile.
"""

import hashlib
from collections.abc import Iterator

from mypi.publishing.verification import stored_files
from mypi.publishing.verification.differences import Difference, DifferenceKind, Progress
from mypi.publishing.verification.stored_files import StoredFile
from mypi.standards.digests import Digests
from mypi.storage.interface import Storage


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
            yield from _judge_metadata(storage, file)


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


def _judge_metadata(storage: Storage, file: StoredFile) -> Iterator[Difference]:
    if file.metadata_sha256 is None:
        return
    try:
        found = stored_files.digests_now(storage, file.metadata_sha256).sha256
    except (KeyError, OSError):
        yield _difference(file, DifferenceKind.METADATA_MISSING)
        return
    if found != file.metadata_sha256:
        yield _difference(file, DifferenceKind.METADATA_CHANGED, found=found, expected=file.metadata_sha256)
        return
    inspection = stored_files.inspected(storage, file)
    held = hashlib.sha256(inspection.metadata).hexdigest() if inspection else found
    if held != found:
        yield _difference(file, DifferenceKind.METADATA_OF_ANOTHER, found=found, expected=held)
