"""Who has a hand in a project, and in which projects a user has: as `ownership` says, for those who may know it.

That is whoever is logged in and may read the project: the names of accounts are not everyone's business.
"""

from mypi.database import reading
from mypi.registry import index_view, ownership, permissions, projects
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right
from mypi.standards import names

HANDS = (Right.MANAGE, Right.UPLOAD)
"""The rights that make somebody a person of a project."""


def of_project(actor: Actor, full_name: str, name: str) -> list[tuple[Right, str]]:
    """Return right and name of everybody who manages a project, and then of everybody who uploads to it.

    Raises InvalidProjectName, LoginRequired, NoSuchIndex, NoSuchProject.
    """
    normalized = names.normalize(name)
    with reading():
        index = permissions.enter(actor, full_name, Right.READ, normalized)
        projects.get(index, name)
        if actor.is_anonymous:
            return []
        return [(right, user) for right in HANDS for user in ownership.holders(index, normalized, right)]


def of_user(actor: Actor, full_name: str, user_name: str) -> list[tuple[Right, str]]:
    """Return right and display name of the projects that a user manages, and then of those that they upload to.

    Raises LoginRequired, NoSuchIndex.
    """
    with reading():
        index = permissions.enter_some(actor, full_name, Right.READ)
        if actor.is_anonymous:
            return []
        readable = permissions.patterns(actor, Right.READ, index)
        held = {right: ownership.patterns_of(index, user_name, right) for right in HANDS}
        listed = index_view.project_names(index) if any(held.values()) else ()
        return [
            (right, project.display_name)
            for right in HANDS
            for project in listed
            if permissions.matches(held[right], project.normalized_name)
            and permissions.matches(readable, project.normalized_name)
        ]
