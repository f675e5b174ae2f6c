"""Names kept for their holders before the first file comes: one name, or a prefix with everything below it.

What is reserved in an index holds in all indexes above it as well, so that nobody shadows a name from nearer. It is
about new projects only: whoever has one already keeps it. The prefix `acme-*` keeps `acme` itself, too (PEP 752).
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, String, UniqueConstraint, delete, select

from mypi import clock
from mypi.database import Model, UTCDateTime, db
from mypi.errors import InvalidValue, NameReserved
from mypi.registry import bases, permissions, uploaders
from mypi.registry.actors import Actor
from mypi.registry.groups import Group, Membership
from mypi.registry.indexes import Index
from mypi.registry.permissions import Subject, SubjectKind
from mypi.registry.users import User
from mypi.standards.names import NormalizedName

LONGEST_CONTACT = 200  # characters
BELOW = "-*"
_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,198}[a-z0-9])?(?:-\*)?")


class ReservedName(Model):
    """A name or prefix that is kept. Canonical; without holders it is kept from everybody."""

    __tablename__ = "reserved_names"
    __table_args__ = (UniqueConstraint("index_id", "pattern"),)

    id: int = Column(Integer, primary_key=True)
    index_id: int = Column(ForeignKey("indexes.id", ondelete="CASCADE"), nullable=False)
    pattern: str = Column(String(202), nullable=False)
    contact: str = Column(String(LONGEST_CONTACT), nullable=False)  # whom to ask; '' for the names of the holders
    created_at: datetime = Column(UTCDateTime, nullable=False)


class Holder(Model):
    """A user or a group that a name is kept for. Canonical."""

    __tablename__ = "reserved_name_holders"

    id: int = Column(Integer, primary_key=True)
    reserved_name_id: int = Column(ForeignKey("reserved_names.id", ondelete="CASCADE"), nullable=False, index=True)
    user_id: int | None = Column(ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True)
    group_id: int | None = Column(ForeignKey("groups.id", ondelete="CASCADE"), nullable=True, index=True)


_reserved: Any = ReservedName  # its columns; SQLAlchemy 1.4 brings no types
_holder: Any = Holder
_member: Any = Membership


def checked_pattern(pattern: str) -> str:
    """Return a name, or a prefix as `acme-*`, as names are compared. Raises InvalidValue."""
    normalized = re.sub(r"[-_.]+", "-", pattern.lower())
    if not _PATTERN.fullmatch(normalized):
        raise InvalidValue(
            what="name to reserve", value=pattern, right="the name of a project, or a prefix as 'acme-*'"
        )
    return normalized


def covering(index: Index, name: NormalizedName) -> ReservedName | None:
    """Return what keeps a name in this very index: the name itself, or else the longest prefix."""
    wanted = select(ReservedName).where(_reserved.index_id == index.id, _reserved.pattern.in_(_patterns_over(name)))
    found = list(db.session.scalars(wanted))
    return max(found, key=lambda one: (not one.pattern.endswith(BELOW), len(one.pattern)), default=None)


def _patterns_over(name: str) -> list[str]:
    words = name.split("-")
    return [name, *("-".join(words[:count]) + BELOW for count in range(1, len(words) + 1))]


def prefixes_in(order: Iterable[Index]) -> list[ReservedName]:
    """Return the prefixes, without single names, that are reserved in any of some indexes."""
    wanted = select(ReservedName).where(_reserved.index_id.in_([index.id for index in order]))
    return list(db.session.scalars(wanted.where(_reserved.pattern.like(f"%{BELOW}"))))


def covers(pattern: str, name: str) -> bool:
    """Return whether a prefix keeps a name; a pattern that is a single name does not count."""
    return pattern.endswith(BELOW) and f"{name}-".startswith(pattern.removesuffix("*"))


def refuse_to_others(actor: Actor, index: Index, name: NormalizedName) -> None:
    """Return when the actor may found a project of this name in the index. Raises NameReserved."""
    for place in bases.asked(index):
        reserved = covering(place, name)
        if reserved and not _is_for(reserved, actor, index, name):
            raise _refusal(actor, index, place, reserved, name)


def _refusal(actor: Actor, index: Index, place: Index, reserved: ReservedName, name: NormalizedName) -> NameReserved:
    """Return the refusal, which names no base that the actor may not know of, and to nobody the names of accounts."""
    known = place is index or permissions.may_know(actor, place.full_name)
    where, pattern = (place.full_name, reserved.pattern) if known else (f"a base of {index.full_name}", name)
    asked = ", ".join(holders(reserved)) if known and not actor.is_anonymous else ""
    contact = reserved.contact or asked or f"whoever manages {where}"
    return NameReserved(name=name, pattern=pattern, index=where, contact=contact)


def _is_for(reserved: ReservedName, actor: Actor, index: Index, name: NormalizedName) -> bool:
    if actor.at_shell:
        return True
    if actor.user_id is None:  # a publisher that somebody set up for just this name, and was asked then
        return actor.token is not None and name in actor.token.patterns_in(index.full_name)
    own_groups = select(_member.group_id).where(_member.user_id == actor.user_id)
    held = select(_holder.id).where(
        _holder.reserved_name_id == reserved.id,
        (_holder.user_id == actor.user_id) | _holder.group_id.in_(own_groups),
    )
    return db.session.scalar(held.limit(1)) is not None


def holders(reserved: ReservedName) -> list[str]:
    """Return for whom a name is kept, as `user:NAME` and `group:NAME`, in order."""
    rows = db.session.execute(
        select(User.name, Group.name)
        .select_from(Holder)
        .outerjoin(User, User.id == _holder.user_id)
        .outerjoin(Group, Group.id == _holder.group_id)
        .where(_holder.reserved_name_id == reserved.id)
    )
    return sorted(f"user:{user}" if user else f"group:{group}" for user, group in rows)


def is_held_by(reserved: ReservedName, user_names: Iterable[str]) -> bool:
    """Return whether a name is kept for one of some users, by themselves or as one of a group."""
    in_groups = select(_member.user_id).join(Holder, _holder.group_id == _member.group_id)
    in_groups = in_groups.where(_holder.reserved_name_id == reserved.id)
    alone = select(_holder.user_id).where(_holder.reserved_name_id == reserved.id, _holder.user_id.is_not(None))
    users: Any = User
    found = select(users.id).where(users.name.in_(list(user_names)), users.id.in_(alone) | users.id.in_(in_groups))
    return db.session.scalar(found.limit(1)) is not None


def holder(words: str) -> Subject:
    """Return whom `user:NAME` or `group:NAME` means. Raises InvalidValue, NoSuchUser, NoSuchGroup."""
    kind, _, name = words.partition(":")
    if kind not in {SubjectKind.USER.value, SubjectKind.GROUP.value} or not name:
        raise InvalidValue(what="holder of a name", value=words, right="user:NAME or group:NAME")
    return uploaders.named(SubjectKind(kind), name)


def find(index: Index, pattern: str) -> ReservedName | None:
    """Return what is reserved by exactly this pattern in this very index, or None."""
    wanted = select(ReservedName).where(_reserved.index_id == index.id, _reserved.pattern == pattern)
    found: ReservedName | None = db.session.scalar(wanted)
    return found


def of_index(index: Index) -> list[ReservedName]:
    """Return what is reserved in this very index, in order."""
    wanted = select(ReservedName).where(_reserved.index_id == index.id).order_by(_reserved.pattern)
    return list(db.session.scalars(wanted))


def keep(index: Index, pattern: str, contact: str, subjects: Iterable[Subject]) -> ReservedName:
    """Reserve a name within an act, or change for whom it is reserved; return it."""
    reserved = find(index, pattern)
    if reserved is None:
        reserved = ReservedName(index_id=index.id, pattern=pattern, created_at=clock.now(), contact=contact)
        db.session.add(reserved)
        db.session.flush()
    reserved.contact = contact
    db.session.execute(delete(Holder).where(_holder.reserved_name_id == reserved.id))
    for subject in subjects:
        named = {"user_id": subject.user.id} if subject.user else {"group_id": subject.group and subject.group.id}
        db.session.add(Holder(reserved_name_id=reserved.id, **named))
    db.session.flush()
    return reserved
