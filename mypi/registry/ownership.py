"""Who owns a project: the users who were given `manage` on it in its index, by themselves or as one of a group.

Whoever manages every index is an administrator and owns nothing by that. It does not ask who may know any of this.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import or_, select

from mypi.database import db
from mypi.registry import permissions
from mypi.registry.groups import Membership
from mypi.registry.indexes import Index
from mypi.registry.permissions import Grant, Right
from mypi.registry.users import User
from mypi.standards.names import NormalizedName

_grant: Any = Grant  # its columns; SQLAlchemy 1.4 brings no types
_member: Any = Membership
_user: Any = User


def owners(index: Index, project: NormalizedName) -> tuple[str, ...]:
    """Return the names of the users who own a project, in order."""
    return holders(index, project, Right.MANAGE)


def holders(index: Index, project: NormalizedName, right: Right) -> tuple[str, ...]:
    """Return the names of the users who were given this very right on a project, in order."""
    # Of the thousands of grants that stand for one project each, only this one's are looked at.
    pattern = _grant.project_pattern
    covering = or_(pattern == project, pattern.contains("*"), pattern.contains("?"))
    rows = _held(index, right, covering)
    return tuple(sorted({name for name, held in rows if permissions.matches(frozenset({held}), project)}))


def patterns_of(index: Index, user_name: str, right: Right) -> frozenset[str]:
    """Return the patterns of the projects on which a user was given this very right; none for an unknown user."""
    return frozenset(held for _, held in _held(index, right, _user.name == user_name.lower()))


def _held(index: Index, right: Right, condition: Any) -> Iterator[tuple[str, str]]:
    """Yield name and pattern of whom a right was given to, by name or in a group."""
    members = select(_member.user_id).where(_member.group_id == _grant.group_id)
    wanted = (
        select(_user.name, _grant.project_pattern)
        .join(_grant, or_(_grant.user_id == _user.id, _user.id.in_(members.correlate(_grant))))
        .where(_grant.index_id == index.id, _grant.right == right.value, condition)
    )
    yield from db.session.execute(wanted)
