"""The act of putting documentation beside a release: an archive of pages, which is unpacked where they are served."""

from mypi.database import reading
from mypi.errors import FileExists, FileTooLarge, MissingField, NoReleases
from mypi.registry import documentation, permissions, projects, releases
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.releases import Release
from mypi.standards import names
from mypi.standards.archives import documentation as archives
from mypi.standards.digests import Digests
from mypi.storage.interface import Incoming


def document(
    registry: Registry, actor: Actor, index: Index, project_name: str, version: str, incoming: Incoming
) -> bool:
    """Keep documentation of a release, of the newest without a version; return False when it is there already.

    Another one takes its place in a volatile index only. Raises InvalidArchive, MissingField, FileTooLarge,
    NoSuchProject, NoReleases, NoSuchRelease, FileExists, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    Then nothing is stored.
    """
    try:
        entries = _checked(registry, actor, index, project_name, version, incoming)
        incoming.keep()
        return _record(registry, actor, index, project_name, version, incoming.digests(), entries)
    finally:
        incoming.discard()


def _checked(
    registry: Registry, actor: Actor, index: Index, project_name: str, version: str, incoming: Incoming
) -> int:
    """Return how many entries the archive has, after all was looked at that needs no turn to write."""
    with reading():
        permissions.require(actor, Right.UPLOAD, index, names.normalize(project_name))
    digests = incoming.digests()
    if not digests.size:
        raise MissingField(field="content")
    if digests.size > registry.rules.max_file_size:
        raise FileTooLarge(filename=_filename(project_name, version), most=registry.rules.max_file_size)
    with incoming.reader() as stream:
        return archives.check(stream, _filename(project_name, version))


def _record(
    registry: Registry, actor: Actor, index: Index, project_name: str, version: str, digests: Digests, entries: int
) -> bool:
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.UPLOAD, index, names.normalize(project_name))
        project = projects.get(index, project_name)
        release = _release(project, version)
        before = documentation.of_release(release)
        if before and before.sha256 == digests.sha256:
            return False
        if before and not index.volatile:
            raise FileExists(filename=_filename(project.display_name, release.version))
        said = {"version": release.version, "sha256": digests.sha256, "entries": entries}
        event = under_way.record(EventKind.RELEASE_DOCUMENTED, index=index, project=project, **said)
        documentation.put(release, digests.sha256, digests.size, event.time, event.actor)
    return True


def _release(project: Project, version: str) -> Release:
    if not (version or project.newest_version):
        raise NoReleases(project=project.display_name)
    return releases.get(project, version or project.newest_version)


def _filename(project: str, version: str) -> str:
    return f"{project}-{version}.doc.zip" if version else f"{project}.doc.zip"
