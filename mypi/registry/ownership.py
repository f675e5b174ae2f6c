"""Who owns a project: the users who were given `manage` on it in its index, by themselves or as one of a group.

Whoever manages every index is an administrator and owns nothing by that.
"""

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
    """Return the names of the users who own a project, in order. It does not ask who may know that."""
    # Of the thousands of grants that stand for one project each, only this one's are looked at.
    pattern = _grant.project_pattern
    covering = or_(pattern == project, pattern.contains("*"), pattern.contains("?"))
    members = select(_member.user_id).where(_member.group_id == _grant.group_id)
    wanted = (
        select(_user.name, pattern)
        .join(_grant, or_(_grant.user_id == _user.id, _user.id.in_(members.correlate(_grant))))
        .where(_grant.index_id == index.id, _grant.right == Right.MANAGE.value, covering)
    )
    rows = db.session.execute(wanted)
    return tuple(sorted({name for name, held in rows if permissions.matches(frozenset({held}), project)}))
