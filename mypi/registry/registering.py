"""The act of registering a project: its name is taken before its first file comes."""

from mypi.database import db
from mypi.errors import NameTooSimilar, NoUploadsToMirror, UploadsClosed
from mypi.registry import permissions, projects, reserved_names
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.projects import Project
from mypi.registry.users import User
from mypi.standards import names


def register(registry: Registry, actor: Actor, index: Index, name: str) -> bool:
    """Take the name of a project; return False when it is there already and nothing changed.

    Raises InvalidProjectName, NameReserved, NameTooSimilar, LoginRequired, PermissionDenied, UploadsClosed,
    DatabaseBusy, DiskFull.
    """
    normalized = names.normalize(name)
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.UPLOAD, index, normalized)
        if project := projects.find(index, name):
            if not project.project_status.allows_upload:
                raise UploadsClosed(project=project.display_name, status=project.status)
            return False
        project = found(registry, actor, index, name)
        under_way.record(EventKind.PROJECT_REGISTERED, index=index, project=project)
    return True


def found(registry: Registry, actor: Actor, index: Index, name: str) -> Project:
    """Return a new project within an act; its founder becomes its owner.

    Raises InvalidProjectName, NameReserved, NameTooSimilar, NoUploadsToMirror.
    """
    if index.is_mirror:
        raise NoUploadsToMirror(index=index.full_name)
    reserved_names.refuse_to_others(actor, index, names.normalize(name))
    try:
        project = projects.add(index, name, refuse_lookalikes=registry.rules.refuse_lookalike_names)
    except NameTooSimilar as failure:
        if permissions.allows(actor, Right.READ, index, names.normalize(failure.existing)):
            raise
        raise NameTooSimilar(name=failure.name, existing="…") from None  # who may not read it learns no name
    if actor.user_id is not None:
        permissions.make_owner(db.session.get(User, actor.user_id), index, project.normalized_name)
    return project
