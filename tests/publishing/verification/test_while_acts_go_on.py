"""Verification is honest while acts go on: what is on its way is no difference."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from mypi import installation as assembly
from mypi.database import db
from mypi.publishing import verification
from mypi.publishing.publisher import Publisher
from mypi.publishing.verification.file_repair import repair_file
from mypi.registry import deleting, indexes, uploading, yanking
from mypi.registry.actors import at_shell
from mypi.registry.events import EventKind
from mypi.registry.files import File
from mypi.registry.uploading import Submission
from mypi.storage.file_system import FileSystemStorage
from tests.publishing.verification.damaging import blob, found, index_folder
from tests.support import builders
from tests.support.peopled import SCRATCH, Peopled

ROUNDS = 6


def act(settings, ended, mistakes):
    """Upload, yank and delete, as another process would."""
    try:
        with assembly.opened(settings) as parts:
            for number in range(ROUNDS):
                for project in ("demo", f"new{number}"):
                    filename, body = builders.wheel(project, f"{number}.5")
                    incoming = parts.storage.receive()
                    incoming.write(body)
                    submission = Submission(filename=filename, incoming=incoming)
                    uploading.upload(parts.registry, at_shell(), indexes.get("team/main"), submission)
                yanking.set_release_yanked(
                    parts.registry, at_shell(), indexes.get("team/main"), "demo", f"{number}.5", yanked=True
                )
                deleting.delete_project(parts.registry, at_shell(), indexes.get("team/main"), f"new{number}")
            db.session.remove()
            db.engine.dispose()
    except Exception as error:
        mistakes.append(error)
        raise
    finally:
        ended.set()


def test_nothing_is_found_while_others_upload_yank_and_delete(filled):
    ended, mistakes = threading.Event(), []
    writer = threading.Thread(target=act, args=(filled.settings, ended, mistakes))
    writer.start()
    looks = 0
    while not ended.is_set() or not looks:
        assert list(verification.differences(filled.installation.publisher)) == []
        looks += 1
    writer.join()
    assert mistakes == []
    assert list(verification.differences(filled.installation.publisher, patience=0)) == []


class WhileRead(FileSystemStorage):
    """A storage of whose blobs one is opened just before something else happens."""

    def __init__(self, root: Path, happens: Callable[[], None]) -> None:
        super().__init__(root)
        self._happens: list[Callable[[], None]] = [happens]

    def open(self, sha256: str) -> BinaryIO:
        """Open a blob, the first time after what happens."""
        if self._happens:
            self._happens.pop()()
        return super().open(sha256)


def repaired_while(filled: Peopled, happens: Callable[[], None], filename: str) -> None:
    whole = filled.installation.publisher
    storage = WhileRead(filled.data, happens)
    publisher = Publisher(whole.tree, storage, whole.default_index)
    repair_file(publisher, filled.registry, at_shell(), SCRATCH, filename)


@pytest.mark.parametrize("how", ["whole", "missing"])
def test_a_repair_leaves_alone_what_was_replaced_while_it_looked(filled, how):
    old, new = builders.wheel("often", "1.0", summary="old"), builders.wheel("often", "1.0", summary="new")
    filled.upload(old, index=SCRATCH)
    if how == "missing":
        blob(filled, hashlib.sha256(old[1]).hexdigest()).unlink()
        next(index_folder(filled, SCRATCH).glob(f"files/*/*/{old[0]}")).unlink()
    repaired_while(filled, lambda: filled.upload(new, index=SCRATCH), old[0])
    (file,) = filled.rows(File, File.filename == old[0])
    assert (file.sha256, file.damaged) == (hashlib.sha256(new[1]).hexdigest(), False)
    assert filled.events()[-1].kind == EventKind.FILE_REPLACED
    assert found(filled) == set()


def test_a_repair_goes_on_when_a_file_is_deleted_while_it_looks(filled):
    built = builders.wheel("often", "1.0")
    filled.upload(built, index=SCRATCH)
    repaired_while(
        filled,
        lambda: deleting.delete_file(filled.registry, at_shell(), filled.index(SCRATCH), "often", built[0]),
        built[0],
    )
    assert filled.events()[-1].kind == EventKind.FILE_DELETED
    assert found(filled) == set()
