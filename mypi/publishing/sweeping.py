"""What an index showed and shows no more: taken away when its bases change, as no event names it piece by piece."""

from pathlib import Path

from mypi.publishing.paths import IndexPaths
from mypi.publishing.tree import Tree
from mypi.registry.served import Served
from mypi.standards import sidecars


def sweep(tree: Tree, paths: IndexPaths, here: Served) -> None:
    """Remove each project's page, and each file, that does not belong in the folder of an index."""
    for folder in _inside(paths.list_folder):
        if folder.is_dir() and folder.name not in here.projects:
            tree.remove_project(paths, folder.name)
    for digits3 in _inside(paths.files_folder):
        for digits13 in _inside(digits3):
            for place in _inside(digits13):
                filename, _ = sidecars.split(place.name)
                if here.offered.get(filename, ("",))[0][:16] != digits3.name + digits13.name:
                    tree.remove(place)


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
