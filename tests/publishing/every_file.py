"""What is in a published tree, as values that can be compared."""

import hashlib
from pathlib import Path

NOT_COMPARED = {"lock", "rebuild-lock", "mark", "shown"}
"""What processes tell each other: where they are, and who renders."""


def every_file(tree: Path) -> dict[str, tuple[str, int]]:
    """Return digest and modification time of every file of the tree; times only of pages, which have the event's."""
    found = {}
    for file in sorted(tree.rglob("*")):
        name = file.relative_to(tree).as_posix()
        # Whom Apache need not ask again is in the tree and not published.
        if file.is_file() and file.name not in NOT_COMPARED and not name.startswith("readers/"):
            time = file.stat().st_mtime_ns if "/simple/" in name else 0
            found[name] = hashlib.sha256(file.read_bytes()).hexdigest(), time
    return found
