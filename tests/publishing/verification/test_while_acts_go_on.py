"""Verification is honest while acts go on: what is on its way is no difference."""

import threading

from mypi import installation as assembly
from mypi.database import db
from mypi.publishing import verification
from mypi.registry import deleting, indexes, uploading, yanking
from mypi.registry.actors import at_shell
from mypi.registry.uploading import Submission
from tests.support import builders

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
