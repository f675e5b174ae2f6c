"""The act of making somebody a maintainer of a project: they upload to it and yank, and do not manage it."""

from mypi.registry import permissions, projects, users
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.standards import names

RIGHTS = (Right.UPLOAD, Right.YANK)


def set_maintainer(
    registry: Registry, actor: Actor, index: Index, project_name: str, user_name: str, *, maintains: bool
) -> bool:
    """Let a user maintain a project, or no longer; return whether that changed anything. Its managers do that.

    Raises InvalidProjectName, NoSuchProject, NoSuchUser, LoginRequired, PermissionDenied.
    """
    normalized = names.normalize(project_name)
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index, normalized)
        project = projects.get(index, project_name)
        user = users.get(user_name)
        subject = Subject(SubjectKind.USER, user=user)
        change = permissions.give if maintains else permissions.take
        changed = [right.value for right in RIGHTS if change(subject, right, index, normalized)]
        if changed:
            under_way.record(
                EventKind.MAINTAINER_ADDED if maintains else EventKind.MAINTAINER_REMOVED,
                index=index,
                project=project,
                user=user.name,
                rights=changed,
            )
    return bool(changed)
