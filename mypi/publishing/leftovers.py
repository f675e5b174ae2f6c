"""What a crash leaves in the published tree: files that were being written. Nobody is served them; they take room."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from mypi.publishing.tree import IN_FLIGHT, Tree


def leftovers(tree: Tree, older_than: float) -> Iterator[Path]:
    """Yield the files that were being written before a moment (seconds since 1970) and never got their names."""
    for folder, _, names in os.walk(tree.paths.root):
        for name in names:
            file = Path(folder, name)
            # A link to a blob has the blob's modification time: when its inode was changed says when it was made.
            with suppress(FileNotFoundError):
                if name.startswith(IN_FLIGHT) and file.lstat().st_ctime < older_than:
                    yield file


def remove(file: Path) -> None:
    """Remove what a crash left."""
    with suppress(FileNotFoundError):
        file.unlink()
