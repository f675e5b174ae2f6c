"""The act of setting a project's status (PEP 792)."""

from mypi.registry import permissions, projects
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names
from mypi.standards.project_status import ProjectStatus
from mypi.standards.simple_api import one_line


def set_status(
    registry: Registry, actor: Actor, index: Index, project_name: str, status: ProjectStatus, reason: str = ""
) -> bool:
    """Set a project's status; return whether that changed anything.

    Raises NoSuchProject, LoginRequired, PermissionDenied, DatabaseBusy, DiskFull.
    """
    reason = one_line(reason)
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index, names.normalize(project_name))
        project = projects.get(index, project_name)
        if (project.status, project.status_reason) == (status.value, reason):
            return False
        before = project.status
        project.status, project.status_reason = status.value, reason
        under_way.record(
            EventKind.PROJECT_STATUS_SET,
            index=index,
            project=project,
            status=status.value,
            status_before=before,
            reason=reason,
        )
    return True
