"""The paths in an archive: which are safe, and the one folder on top of a source distribution."""

import re
from collections.abc import Iterable, Iterator

from mypi.standards.archives.limits import DEEPEST_PATH, LARGEST_LISTING, LONGEST_PATH, MOST_MEMBERS, Fault

_DRIVE = re.compile(r"[A-Za-z]:")


class Listing:
    """The paths of an archive, taken one by one and held to the limits; none may be there twice."""

    def __init__(self) -> None:
        self._paths: set[str] = set()
        self._folders: set[str] = set()
        self._size = 0

    def add(self, path: str, *, folder: bool = False) -> None:
        """Take the path of the next member. Raises `Fault`."""
        check_path(path)
        self._size += len(path)
        if path in self._paths or (path in self._folders and not folder):
            raise Fault(f"'{path}' is in it twice")
        (self._folders if folder else self._paths).add(path)
        if len(self._paths) + len(self._folders) > MOST_MEMBERS or self._size > LARGEST_LISTING:
            raise Fault(f"it has more than {MOST_MEMBERS} members, or their names are too long")

    def check_folders(self) -> None:
        """Refuse a file that is also the folder of another member. Raises `Fault`."""
        for path in (*self._paths, *self._folders):
            for parent in ancestors(path):
                if parent in self._paths:
                    raise Fault(f"'{parent}' is a file, and '{path}' lies under it")

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def check_path(path: str) -> None:
    """Refuse a path that could leave the folder it is unpacked to, or that two readers take for two. Raises `Fault`."""
    if len(path) > LONGEST_PATH:
        raise Fault(f"the path '{path}' is longer than {LONGEST_PATH} characters")
    if not path.isprintable():
        raise Fault(f"the path '{path}' has characters that cannot be printed")
    if "\\" in path or path.startswith("/") or _DRIVE.match(path):
        raise Fault(f"the path '{path}' is not a relative one with slashes")
    parts = path.split("/")
    if len(parts) > DEEPEST_PATH:
        raise Fault(f"the path '{path}' is deeper than {DEEPEST_PATH} folders")
    if any(part in {"", ".", ".."} for part in parts):
        raise Fault(f"the path '{path}' has an empty, '.' or '..' part")


def ancestors(path: str) -> Iterator[str]:
    """Yield each folder above the path, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def top_folder(paths: Iterable[str]) -> str:
    """Return the one folder that holds everything (source distribution format specification). Raises `Fault`."""
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) != 1:
        raise Fault("a source distribution has exactly one folder at its top, such as example-1.0")
    return tops.pop()
