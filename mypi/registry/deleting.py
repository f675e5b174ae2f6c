"""The acts of deleting a file, a release, a project. Filenames stay taken: a tombstone for each.

The bytes stay in storage until `mypi gc` finds that nothing stands on them any more.
"""

from typing import Any

from sqlalchemy import delete

from mypi import clock
from mypi.errors import NoSuchFile
from mypi.registry import bases, files, permissions, projects, releases
from mypi.registry.actors import Actor
from mypi.registry.acts import Act, Registry, act
from mypi.registry.events import EventKind
from mypi.registry.files import File, Tombstone
from mypi.registry.indexes import Index
from mypi.registry.permissions import Grant, Right, SubjectKind
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import names


def delete_file(registry: Registry, actor: Actor, index: Index, project_name: str, filename: str) -> None:
    """Delete one file; its release stays, without files if it was the last.

    Raises NoSuchProject, NoSuchFile, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        project = _project(actor, index, project_name)
        file = files.get(index, filename)
        release = under_way.session.get(Release, file.release_id)
        if release.project_id != project.id:
            raise NoSuchFile(filename=filename, index=index.full_name)
        buried = _bury(under_way, index, [file])
        said: dict[str, Any] = {"version": release.version, "filename": filename, "files": buried}
        under_way.record(EventKind.FILE_DELETED, index=index, project=project, **said)


def delete_release(registry: Registry, actor: Actor, index: Index, project_name: str, version: str) -> None:
    """Delete a release with its files.

    Raises NoSuchProject, NoSuchRelease, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        project = _project(actor, index, project_name)
        release = releases.get(project, version)
        buried = _bury(under_way, index, files.of_release(release))
        under_way.session.delete(release)
        under_way.session.flush()
        releases.note_newest(project)
        under_way.record(EventKind.RELEASE_DELETED, index=index, project=project, version=release.version, files=buried)


def delete_project(registry: Registry, actor: Actor, index: Index, project_name: str) -> None:
    """Delete a project with its releases and files; the grants that its owners held on it go too.

    Raises NoSuchProject, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    with act(registry, actor) as under_way:
        project = _project(actor, index, project_name)
        buried = _bury(under_way, index, files.of_project(project))
        under_way.session.execute(delete(Release).where(Release.project_id == project.id))
        under_way.session.execute(_grants_of_owners(index, project))
        under_way.record(EventKind.PROJECT_DELETED, index=index, project=project, files=buried)
        if index.bases_serial or bases.above(index):
            projects.note_deleted(project)
        under_way.session.delete(project)


def _project(actor: Actor, index: Index, name: str) -> Project:
    permissions.require(actor, Right.DELETE, index, names.normalize(name))
    return projects.get(index, name)


def _bury(under_way: Act, index: Index, doomed: list[File]) -> list[list[str]]:
    """Put a tombstone in the place of each file; return the filenames and digests, for the event."""
    for file in doomed:
        if not files.was_deleted(index, file.filename):
            stone = Tombstone(
                index_id=index.id,
                filename=file.filename,
                filename_key=file.filename_key,
                sha256=file.sha256,
                deleted_at=clock.now(),
            )
            under_way.session.add(stone)
        under_way.session.delete(file)
    under_way.session.flush()
    return [[file.filename, file.sha256] for file in doomed]


def _grants_of_owners(index: Index, project: Project) -> Any:
    # Whoever takes the name next is another owner.
    return delete(Grant).where(
        Grant.index_id == index.id,
        Grant.project_pattern == project.normalized_name,
        Grant.right == Right.MANAGE.value,
        Grant.subject_kind == SubjectKind.USER.value,
    )
