"""The acts of yanking and unyanking a release or a file (PEP 592): out of resolution, and still to be downloaded."""

from mypi.errors import NoSuchFile
from mypi.registry import files, permissions, projects, releases
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.releases import Release
from mypi.standards import names
from mypi.standards.simple_api import one_line


def set_release_yanked(
    registry: Registry, actor: Actor, index: Index, project_name: str, version: str, *, yanked: bool, reason: str = ""
) -> bool:
    """Yank or unyank a release; return whether that changed anything.

    A yanked release yanks each of its files, those that are uploaded later too. Raises NoSuchProject, NoSuchRelease,
    LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.YANK, index, names.normalize(project_name))
        project = projects.get(index, project_name)
        release = releases.get(project, version)
        if not _set(release, yanked=yanked, reason=reason):
            return False
        releases.note_newest(project)
        kind = EventKind.RELEASE_YANKED if yanked else EventKind.RELEASE_UNYANKED
        under_way.record(kind, index=index, project=project, version=release.version, reason=reason)
    return True


def set_file_yanked(
    registry: Registry, actor: Actor, index: Index, project_name: str, filename: str, *, yanked: bool, reason: str = ""
) -> bool:
    """Yank or unyank one file; return whether that changed anything.

    Raises NoSuchProject, NoSuchFile, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.YANK, index, names.normalize(project_name))
        project = projects.get(index, project_name)
        file = files.get(index, filename)
        release = under_way.session.get(Release, file.release_id)
        if release.project_id != project.id:
            raise NoSuchFile(filename=filename, index=index.full_name)
        if not _set(file, yanked=yanked, reason=reason):
            return False
        kind = EventKind.FILE_YANKED if yanked else EventKind.FILE_UNYANKED
        said = {"version": release.version, "filename": filename, "reason": reason}
        under_way.record(kind, index=index, project=project, **said)
    return True


def _set(target: Release | files.File, *, yanked: bool, reason: str) -> bool:
    reason = one_line(reason) if yanked else ""
    if (target.yanked, target.yanked_reason) == (yanked, reason):
        return False
    target.yanked, target.yanked_reason = yanked, reason
    return True
