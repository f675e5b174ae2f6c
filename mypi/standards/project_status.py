"""Project status markers (PEP 792): the four states that an index may give a project, and what each allows."""

from enum import StrEnum


class ProjectStatus(StrEnum):
    """The state of a project; the value is the word that the Simple API writes."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    QUARANTINED = "quarantined"
    DEPRECATED = "deprecated"

    @property
    def allows_upload(self) -> bool:
        """Return whether new files may come: not while archived or quarantined."""
        return self in (ProjectStatus.ACTIVE, ProjectStatus.DEPRECATED)

    @property
    def offers_files(self) -> bool:
        """Return whether files are listed and served: in every state but quarantined."""
        return self is not ProjectStatus.QUARANTINED
