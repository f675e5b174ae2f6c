"""Verification, repair and the collector speak to SQLite and to PostgreSQL alike."""

import os
import time

from sqlalchemy import text

from mypi.database import writing
from mypi.publishing import verification
from mypi.publishing.verification.repair import repair
from mypi.registry import collecting, deleting, indexes, uploading
from mypi.registry.actors import at_shell
from mypi.registry.uploading import Submission
from tests.support import builders
from tests.support.installations import ON_BOTH_DATABASES
from tests.support.integrity import check


def upload(parts, built):
    filename, body = built
    incoming = parts.storage.receive()
    incoming.write(body)
    uploading.upload(parts.registry, at_shell(), indexes.get("team/main"), Submission(filename, incoming))


@ON_BOTH_DATABASES
def test_a_changed_row_is_found_and_repaired_and_the_bytes_of_a_deleted_file_are_collected(installation):
    upload(installation, builders.wheel("demo", "1.0"))
    upload(installation, builders.wheel("gone", "1.0"))
    assert check(installation) == []

    with writing() as session:
        session.execute(text("UPDATE files SET md5 = 'f' || substr(md5, 2), size = size + 1"))
        session.execute(text("UPDATE events SET actor = 'somebody' WHERE serial = 1"))
    found = list(verification.differences(installation.publisher, patience=0))
    kinds = {one.kind for one in found}
    assert {verification.DifferenceKind.FILE_ROW_CHANGED, verification.DifferenceKind.EVENT_CHANGED} <= kinds
    repair(installation.publisher, installation.registry, at_shell(), found)
    assert [line.partition("  ")[0] for line in check(installation)] == ["event.changed"]

    deleting.delete_project(installation.registry, at_shell(), indexes.get("team/main"), "gone")
    old = time.time() - 2 * collecting.REST.total_seconds()
    for sha256, _, _ in list(installation.storage.blobs()):
        os.utime(installation.storage.path(sha256), (old, old))
    unreferenced = list(collecting.unreferenced(installation.storage))
    assert len(list(collecting.collect(installation.storage, unreferenced))) == 2
    assert [line.partition("  ")[0] for line in check(installation)] == ["event.changed"]
