"""What a crash leaves in the published tree: files that were being written, and pages that newer ones have replaced.

Nobody is served them; they take room.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mypi.publishing.paths import PAGE_FILE
from mypi.publishing.placing import IN_FLIGHT
from mypi.publishing.tree import Tree, current


def leftovers(tree: Tree, older_than: float) -> Iterator[Path]:
    """Yield what was written before a moment (seconds since 1970) and never got its name, or has lost it."""
    for folder, folders, names in os.walk(tree.paths.root):
        state = current(Path(folder))
        for name in names + [name for name in folders if Path(folder, name).is_symlink()]:
            file = Path(folder, name)
            # A link to a blob has the blob's modification time: when its inode was changed says when it was made.
            with suppress(FileNotFoundError):
                if _is_left(name, state) and file.lstat().st_ctime < older_than:
                    yield file


def _is_left(name: str, state: str) -> bool:
    return name.startswith(IN_FLIGHT) or (
        state != "" and PAGE_FILE.fullmatch(name) is not None and not name.startswith(f"{state}.")
    )


def remove(file: Path) -> None:
    """Remove what a crash left."""
    with suppress(FileNotFoundError):
        file.unlink()
