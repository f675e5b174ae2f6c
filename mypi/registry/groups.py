"""Groups of users: what a grant can be given to, so that rights follow membership."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Integer, String, delete, select

from mypi import clock
from mypi.database import Model, UTCDateTime, db
from mypi.errors import AlreadyExists, NoSuchGroup
from mypi.registry.users import User, checked_name


class Group(Model):
    """A named set of users. Canonical."""

    __tablename__ = "groups"

    id: int = Column(Integer, primary_key=True)
    name: str = Column(String(64), nullable=False, unique=True)
    created_at: datetime = Column(UTCDateTime, nullable=False)


class Membership(Model):
    """A user belongs to a group. Canonical."""

    __tablename__ = "memberships"

    group_id: int = Column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    user_id: int = Column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)


def get(name: str) -> Group:
    """Return the group of this name. Raises NoSuchGroup."""
    group: Group | None = db.session.scalar(select(Group).where(Group.name == name.lower()))
    if group is None:
        raise NoSuchGroup(group=name)
    return group


def named(names: Iterable[str]) -> set[str]:
    """Return those of the names that are names of groups."""
    return set(db.session.scalars(select(Group.name).where(Group.name.in_(list(names)))))  # type: ignore[attr-defined]


def everyone() -> list[Group]:
    """Return all groups by name."""
    return list(db.session.scalars(select(Group).order_by(Group.name)))


def members(group: Group) -> list[User]:
    """Return the users of a group by name."""
    joined = select(User).join(Membership, Membership.user_id == User.id).where(Membership.group_id == group.id)
    return list(db.session.scalars(joined.order_by(User.name)))


def of_user(user_id: int) -> list[str]:
    """Return the names of the groups that a user is a member of, in order."""
    joined = select(Group.name).join(Membership, Membership.group_id == Group.id)
    return list(db.session.scalars(joined.where(Membership.user_id == user_id).order_by(Group.name)))


def add(name: str) -> Group:
    """Add a group within an act. Raises InvalidValue, AlreadyExists."""
    name = checked_name(name)
    if db.session.scalar(select(Group.id).where(Group.name == name)) is not None:
        raise AlreadyExists(what="group", name=name)
    group = Group(name=name, created_at=clock.now())
    db.session.add(group)
    db.session.flush()
    return group


def join(group: Group, user: User) -> bool:
    """Make the user a member within an act; return whether that changed anything."""
    if db.session.get(Membership, (group.id, user.id)):
        return False
    db.session.add(Membership(group_id=group.id, user_id=user.id))
    return True


def leave(group: Group, user: User) -> bool:
    """End the user's membership within an act; return whether that changed anything."""
    ended = delete(Membership).where(Membership.group_id == group.id, Membership.user_id == user.id)
    return bool(db.session.execute(ended).rowcount)
