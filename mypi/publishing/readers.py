"""Who may read a restricted index, as files: Apache looks at them, and then answers from the tree and asks nobody.

When the application has found an Authorization header right, and its actor allowed to read the whole of an index, it
admits the header from this address for the rest of the hour: an empty file whose name is a digest of a key, the hour,
the address and the header. With a new key all of them mean nothing any more; every act that can take a right away makes
one before it answers. Without the address Apache would tell who guesses from elsewhere, brake or not, what is right.

The order that makes this safe: the key is read, then the database is asked, then the file is made under the digest with
that key. Whoever is slow, and asked before a right was taken away, makes a file under a key that nobody uses.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from mypi import clock
from mypi.publishing.paths import TreePaths
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.tree import remove_folder
from mypi.storage.durable import make_folder, room, sync_folder

FOR_GROUP = 0o640  # Apache's account is in the group
PASSABLE = 0o710  # it looks for a name and need not list them: with the key passwords could be tried on them
HARMLESS = ("project.", "release.", "file.", "name.", "token.created")
"""How the kinds of events begin that take no right to read an index away from anybody. Of all others it is feared."""
MOST_ADMITTED = 10_000  # to one index; one header can be written in many ways
OUTDATED = 2 * 3600.0  # seconds after which a digest with its hour in it means nothing for sure


class Readers:
    """The readers of restricted indexes who need not be asked again."""

    def __init__(self, paths: TreePaths) -> None:
        self._paths = paths

    def key(self) -> str:
        """Return the key to admit with; to be read before the database is asked. '' admits nobody."""
        with suppress(OSError):
            return self._paths.readers_key.read_text("ascii")
        return ""

    def admit(self, key: str, full_name: str, sender: str, until: datetime | None = None) -> None:
        """Let Apache answer this address and header. A cache: where it cannot be written, nothing is lost.

        What does not hold until the file means nothing any more is not admitted: nobody takes it back when it ends.
        """
        if not key or (until and until.timestamp() - OUTDATED < clock.now().timestamp()):
            return
        folder = self._paths.readers(full_name)
        with suppress(OSError):
            folder.mkdir(PASSABLE, parents=True, exist_ok=True)
            file = folder / digest(key, clock.local_hour(), sender)
            if not file.exists() and _has_place(folder):
                file.touch()

    def forget_all(self) -> None:
        """Admit nobody any more, from now on and also after a cut of power. Raises DiskFull."""
        place = self._paths.readers_key
        with room():
            make_folder(place.parent)
            try:
                _write_key(place)
            except OSError:  # no room: without a key nobody is admitted either
                place.unlink(missing_ok=True)
            sync_folder(place.parent)
        # They mean nothing any more, and take room.
        for folder in place.parent.iterdir():
            if folder.is_dir() and not folder.is_symlink():
                with suppress(OSError):
                    remove_folder(folder)


def _write_key(place: Path) -> None:
    fresh = place.with_name(f"{IN_FLIGHT}{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FOR_GROUP)
    try:
        os.write(descriptor, secrets.token_hex(32).encode())
        os.fsync(descriptor)
        fresh.replace(place)
    except OSError:
        fresh.unlink()
        raise
    finally:
        os.close(descriptor)


def digest(key: str, hour: str, sender: str) -> str:
    """Return the name of the file that admits an address and a header: what `mypi.conf` computes, too."""
    return hashlib.sha1(f"{key}{hour}{sender}".encode("latin-1"), usedforsecurity=False).hexdigest()


def takes_rights(kind: str) -> bool:
    """Return whether an event of this kind can take a right to read an index away."""
    return not kind.startswith(HARMLESS)


def _has_place(folder: Path) -> bool:
    """Remove what is outdated, and return whether there is room for one more."""
    outdated = clock.now().timestamp() - OUTDATED
    count = 0
    for entry in os.scandir(folder):
        if entry.stat(follow_symlinks=False).st_mtime < outdated:
            Path(entry.path).unlink(missing_ok=True)
        else:
            count += 1
    return count < MOST_ADMITTED
