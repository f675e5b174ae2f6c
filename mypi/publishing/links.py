"""Which files are served from where: links from the folders of indexes to the blobs, put and taken away.

Whoever calls it holds the lock of the tree.
"""

import logging
from collections.abc import Iterable

from mypi.publishing.paths import IndexPaths
from mypi.publishing.tree import Tree
from mypi.registry.listed import ListedFile
from mypi.storage.interface import Storage

log = logging.getLogger("mypi")


def put(tree: Tree, storage: Storage, paths: IndexPaths, files: Iterable[ListedFile]) -> None:
    """Serve files, with what is beside each, from an index. Raises DiskFull."""
    for file in files:
        try:
            tree.link(storage, file.sha256, paths.file(file.sha256, file.filename))
            for sidecar, sha256 in file.sidecars.items():
                place = paths.beside(file.sha256, file.filename, sidecar)
                if sha256:
                    tree.link(storage, sha256, place)
                else:
                    tree.remove(place)
        except FileNotFoundError as error:
            # Somebody removed a blob by hand. `mypi verify` names it; other files of the project are not held up.
            log.error("%s cannot be served: %s", file.filename, error)


def withhold(tree: Tree, paths: IndexPaths, files: Iterable[ListedFile]) -> None:
    """Stop serving files from an index."""
    for file in files:
        tree.unlink(paths, file.sha256, file.filename)
