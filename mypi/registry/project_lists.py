"""Which projects of an index an actor may read, with their serials: what mirrors and scripts ask first."""

from mypi.database import reading
from mypi.registry import index_view, permissions
from mypi.registry.actors import Actor
from mypi.registry.listed import ProjectName
from mypi.registry.permissions import Right


def readable(actor: Actor, full_name: str) -> tuple[ProjectName, ...]:
    """Return the projects of an index that the actor may read, by name. Raises LoginRequired, NoSuchIndex."""
    with reading():
        index = permissions.enter_some(actor, full_name, Right.READ)
        held = permissions.patterns(actor, Right.READ, index)
        every = index_view.project_names(index)
    return tuple(project for project in every if permissions.matches(held, project.normalized_name))
