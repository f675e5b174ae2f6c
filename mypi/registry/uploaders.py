"""Who uploads to an index: whom the right was given to on all of it, as a list that is put as a whole.

With it go the rights to read the index and to delete from it: that is what such a list means to the clients that keep
one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from mypi.database import db
from mypi.registry import groups, permissions, users
from mypi.registry.groups import Group
from mypi.registry.indexes import Index
from mypi.registry.permissions import EVERY_PROJECT, Grant, Right, Subject, SubjectKind
from mypi.registry.users import User

RIGHTS = (Right.UPLOAD, Right.READ, Right.DELETE)
_grant: Any = Grant  # its columns; SQLAlchemy 1.4 brings no types


def of_index(index: Index) -> list[Subject]:
    """Return whom the right to upload everything to this index was given to, in the order of the giving."""
    wanted = (
        select(_grant.subject_kind, User, Group)
        .outerjoin(User, User.id == _grant.user_id)
        .outerjoin(Group, Group.id == _grant.group_id)
        .where(
            _grant.index_id == index.id,
            _grant.right == Right.UPLOAD.value,
            _grant.project_pattern == EVERY_PROJECT,
        )
        .order_by(_grant.id)
    )
    return [Subject(SubjectKind(kind), user, group) for kind, user, group in db.session.execute(wanted)]


def named(kind: SubjectKind, name: str) -> Subject:
    """Return a subject of this kind and name. Raises NoSuchUser, NoSuchGroup."""
    if kind is SubjectKind.USER:
        return Subject(kind, user=users.get(name))
    return Subject(kind, group=groups.get(name)) if kind is SubjectKind.GROUP else Subject(kind)


def put(index: Index, wanted: Sequence[Subject]) -> bool:
    """Let these be the uploaders of an index, within an act; return whether that changed anything."""
    before = of_index(index)
    gone = [subject for subject in before if subject not in wanted]
    new = [subject for subject in wanted if subject not in before]
    for right in RIGHTS:
        for subject in gone:
            permissions.take(subject, right, index)
        for subject in new:
            permissions.give(subject, right, index)
    db.session.flush()
    return bool(gone or new)
