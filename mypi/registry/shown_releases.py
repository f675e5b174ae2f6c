"""The releases of a project as an index shows them, and their files: of each version and each filename the nearest.

It asks nobody's permission.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from mypi.database import db
from mypi.errors import InvalidVersion, NoSuchRelease
from mypi.registry import releases
from mypi.registry.files import File
from mypi.registry.index_view import Shown
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import versions

_file: Any = File  # its columns; SQLAlchemy 1.4 brings no types
_release: Any = Release


def of(found: Shown) -> list[Release]:
    """Return the releases of a project, the newest version first."""
    nearest: dict[str, Release] = {}
    for owner in found.projects:
        for release in releases.of_project(owner):
            nearest.setdefault(release.version_identity, release)
    return sorted(nearest.values(), key=lambda release: versions.order(release.version), reverse=True)


def newest_version(found: Shown) -> str:
    """Return the newest version that is not yanked, or the newest; '' as long as there is none."""
    if len(found.projects) == 1:
        return found.projects[0].newest_version
    every = of(found)
    return next((release.version for release in every if not release.yanked), every[0].version if every else "")


def get(found: Shown, version: str, *options: Any) -> Release:
    """Return the release of a version, with columns that are else loaded later. Raises NoSuchRelease."""
    missing = NoSuchRelease(project=nearest_owner(found).display_name, version=version)
    try:
        identity = versions.identity(version)
    except InvalidVersion as error:
        raise missing from error
    ids = [owner.id for owner in found.projects]
    wanted = select(_release).options(*options)
    wanted = wanted.where(_release.project_id.in_(ids), _release.version_identity == identity)
    # A list of releases has perhaps loaded the row without its long columns.
    rows = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
    if not rows:
        raise missing
    release: Release = min(rows, key=lambda release: ids.index(release.project_id))
    return release


def nearest_owner(found: Shown) -> Project:
    """Return the project in the nearest index that has it: its name and its status are said of all."""
    return found.projects[0]


def files_of(found: Shown, release: Release) -> list[File]:
    """Return the files of a version, sdists after the rest, then by name."""
    wanted = select(_file, _file.filename, _release.project_id).join(_release, _release.id == _file.release_id)
    rows = db.session.execute(wanted.where(*_in(found), _release.version_identity == release.version_identity))
    return sorted(
        (row.File for row in nearest(found, rows)),
        key=lambda file: (file.file_type, file.filename),
    )


def counts(found: Shown) -> Counter[str]:
    """Return how many files there are of each version, by its identity."""
    wanted = select(_file.filename, _release.version_identity, _release.project_id)
    rows = db.session.execute(wanted.join(_release, _release.id == _file.release_id).where(*_in(found)))
    return Counter(row.version_identity for row in nearest(found, rows))


def nearest(found: Shown, rows: Iterable[Any]) -> list[Any]:
    """Return of rows with filename and project_id the nearest of each filename."""
    if len(found.projects) == 1:
        return list(rows)
    ids = [owner.id for owner in found.projects]
    chosen: dict[str, Any] = {}
    for row in sorted(rows, key=lambda row: ids.index(row.project_id)):
        chosen.setdefault(row.filename, row)
    return list(chosen.values())


def offering(found: Shown) -> frozenset[int]:
    """Return the ids of the projects whose files are offered: of none where the nearest owner withholds it."""
    if not nearest_owner(found).project_status.offers_files:
        return frozenset()
    return frozenset(owner.id for owner in found.projects if owner.project_status.offers_files)


def _in(found: Shown) -> tuple[Any, ...]:
    return (_release.project_id.in_([owner.id for owner in found.projects]),)
