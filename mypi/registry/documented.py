"""Where documentation is found: of a release, or the newest that has any, in an index or the nearest of its bases."""

from dataclasses import dataclass

from mypi.database import reading
from mypi.errors import NotDocumented
from mypi.registry import bases, documentation, permissions, projects
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names, versions
from mypi.standards.names import NormalizedName


@dataclass(frozen=True)
class Documented:
    """Documentation of a release, and the index whose it is."""

    index: Index
    project: NormalizedName
    version: str
    sha256: str


def find(actor: Actor, full_name: str, project_name: str, version: str) -> Documented:
    """Return the documentation of a release; without a version, of the newest release that has any.

    Raises InvalidProjectName, LoginRequired, NoSuchIndex, NoSuchProject, NotDocumented.
    """
    name = names.normalize(project_name)
    with reading():
        asked = permissions.enter(actor, full_name, Right.READ, name)
        for index in bases.asked(asked):
            project = projects.find(index, name)
            if project is None:
                continue
            if not project.project_status.offers_files:
                break  # nothing of a base is shown in place of what is withheld
            of_versions = documentation.of_project(project)
            found = [one for one in of_versions if not version or versions.are_same(one, version)]
            if found:
                newest = versions.newest(found) or found[-1]
                return Documented(index, name, newest, of_versions[newest])
    raise NotDocumented(project=project_name, index=full_name)
