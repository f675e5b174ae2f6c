"""What a command on a project means: in which index, and which files."""

import click

from mypi.database import reading
from mypi.errors import NoSuchFile
from mypi.installation import Installation
from mypi.registry import files, indexes, projects, releases
from mypi.registry.indexes import Index
from mypi.registry.releases import Release

index_option = click.option(
    "--index", "full_name", metavar="OWNER/NAME", help="The index that it is in. Default: the setting default_index."
)


def index_named(parts: Installation, full_name: str | None) -> Index:
    """Return the index that is meant. Raises NoSuchIndex."""
    return indexes.get(full_name or parts.settings.default_index)


def release_of(index: Index, filename: str) -> Release:
    """Return the release that a file is of. Raises NoSuchFile."""
    with reading() as session:
        release: Release = session.get(Release, files.get(index, filename).release_id)
        return release


def files_meant(index: Index, project_name: str, version: str | None, filename: str | None) -> list[str]:
    """Return the names of the project's files; of those of one version, or of one name, where that is said.

    Raises NoSuchProject, NoSuchRelease, NoSuchFile, InvalidProjectName, InvalidVersion.
    """
    with reading():
        project = projects.get(index, project_name)
        every = files.of_release(releases.get(project, version)) if version else files.of_project(project)
        names = sorted(file.filename for file in every)
        if filename is None:
            return names
        if filename not in names:
            raise NoSuchFile(filename=filename, index=index.full_name)
        return [filename]
