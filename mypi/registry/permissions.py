"""Grants and the one question: may this actor do this here? Asked by name at the door of each act and each read.

A grant is subject × (index or every index) × project pattern × right. `manage` holds every other right; no other right
holds a second one, so that whoever may upload does not
therefore read. What an actor may not read looks exactly like what does not exist.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from sqlalchemy import Column, ForeignKey, Integer, String, bindparam, or_, select

from mypi import clock
from mypi.database import Model, UTCDateTime, db
from mypi.errors import InvalidValue, LoginRequired, NoSuchIndex, NoSuchProject, PermissionDenied, UpstreamNotConfigured
from mypi.registry import indexes, scopes
from mypi.registry.actors import Actor, nobody
from mypi.registry.groups import Group, Membership
from mypi.registry.indexes import Index, Visibility
from mypi.registry.scopes import Purpose
from mypi.registry.users import User
from mypi.standards.names import NormalizedName

EVERY_PROJECT = scopes.EVERYTHING
PATTERN = re.compile(r"[a-z0-9*?-]{1,200}")


class Right(StrEnum):
    """What may be granted, by name."""

    READ = "read"
    UPLOAD = "upload"
    YANK = "yank"
    DELETE = "delete"
    MANAGE = "manage"


class SubjectKind(StrEnum):
    """To whom a grant is given."""

    USER = "user"
    GROUP = "group"
    AUTHENTICATED = "authenticated"
    EVERYONE = "everyone"


class Grant(Model):
    """A right given. Canonical. Without index: on every index."""

    __tablename__ = "grants"

    id: int = Column(Integer, primary_key=True)
    subject_kind: str = Column(String(16), nullable=False)
    user_id: int | None = Column(ForeignKey("users.id", ondelete="CASCADE"), nullable=True, index=True)
    group_id: int | None = Column(ForeignKey("groups.id", ondelete="CASCADE"), nullable=True, index=True)
    index_id: int | None = Column(ForeignKey("indexes.id", ondelete="CASCADE"), nullable=True, index=True)
    project_pattern: str = Column(String(200), nullable=False)
    right: str = Column(String(16), nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False)


@dataclass(frozen=True)
class Subject:
    """Somebody a grant can be given to: a user, a group, whoever is logged in, everyone."""

    kind: SubjectKind
    user: User | None = None
    group: Group | None = None

    def __str__(self) -> str:
        named = self.user or self.group
        return f"{self.kind.value}:{named.name}" if named else self.kind.value


def patterns(actor: Actor, right: Right, index: Index) -> frozenset[str]:
    """Return the patterns of project names for which the actor holds the right in the index; `*` is every project."""
    if actor.at_shell:
        return frozenset({EVERY_PROJECT})
    found = set(_held(actor, right, index))
    if right is Right.READ and _reads_by_visibility(actor, index):
        found.add(EVERY_PROJECT)
    return _narrowed(actor, right, index, found) if actor.token else frozenset(found)


def _narrowed(actor: Actor, right: Right, index: Index, held: set[str]) -> frozenset[str]:
    """Return what is left of the patterns by the actor's token: the one place where a token counts."""
    allowed = _allowed(actor, right, index.full_name)
    if actor.token and actor.token.purpose is not Purpose.PUBLISHER:
        allowed = scopes.both(held, allowed)
    # What everyone may read is read without a token, and so with one that is for something else.
    return allowed | patterns(nobody(), right, index) if right is Right.READ else allowed


def _allowed(actor: Actor, right: Right, full_name: str) -> frozenset[str]:
    return (
        actor.token.allowed(right.value, Right.MANAGE.value, full_name) if actor.token else frozenset({EVERY_PROJECT})
    )


_OWN_GROUPS = select(Membership.group_id).where(Membership.user_id == bindparam("user"))
_TO_EVERYONE = Grant.subject_kind == SubjectKind.EVERYONE.value
_TO_USER = or_(
    _TO_EVERYONE,
    Grant.subject_kind == SubjectKind.AUTHENTICATED.value,
    Grant.user_id == bindparam("user"),
    Grant.group_id.in_(_OWN_GROUPS),  # type: ignore[union-attr]  # a column, to SQLAlchemy
)
_HERE = or_(Grant.index_id.is_(None), Grant.index_id == bindparam("index"))  # type: ignore[union-attr]
_RIGHTS = or_(Grant.right == bindparam("right"), Grant.right == Right.MANAGE.value)
_HELD_BY_USER = select(Grant.project_pattern).where(_HERE, _RIGHTS, _TO_USER)
_HELD_BY_NOBODY = select(Grant.project_pattern).where(_HERE, _RIGHTS, _TO_EVERYONE)


def _held(actor: Actor, right: Right, index: Index | None) -> Iterable[str]:
    """Return the patterns for which grants give a right in an index, or without one in every index."""
    sought = {"right": right.value, "index": index.id if index else None}
    if actor.user_id is None:
        return db.session.scalars(_HELD_BY_NOBODY, sought)  # type: ignore[no-any-return]
    return db.session.scalars(_HELD_BY_USER, sought | {"user": actor.user_id})  # type: ignore[no-any-return]


def _reads_by_visibility(actor: Actor, index: Index) -> bool:
    if index.visibility == Visibility.AUTHENTICATED:
        return actor.user_id is not None
    return index.is_public


def allows(actor: Actor, right: Right, index: Index, project: NormalizedName | None = None) -> bool:
    """Return whether the actor holds the right on the project, or without one on the index as a whole."""
    return matches(patterns(actor, right, index), project)


def matches(held: frozenset[str], project: NormalizedName | None) -> bool:
    """Return whether patterns cover a project; without one, whether they cover the whole index."""
    if EVERY_PROJECT in held:
        return True
    return project is not None and any(
        all(fnmatchcase(project, part) for part in pattern.split(scopes.BOTH)) for pattern in held
    )


def require(actor: Actor, right: Right, index: Index, project: NormalizedName | None = None) -> None:
    """Return when the actor holds the right.

    Raises LoginRequired for nobody. For a known actor PermissionDenied, or NoSuchProject or NoSuchIndex where the actor
    may not even read: what one may not know of looks like what does not exist.
    """
    if allows(actor, right, index, project):
        return
    if actor.is_anonymous:
        raise LoginRequired(right=right.value)
    if right is not Right.READ and allows(actor, Right.READ, index, project):
        target = f"{index.full_name}/{project}" if project else index.full_name
        raise PermissionDenied(user=actor.name, right=right.value, target=target)
    if project is not None and patterns(actor, Right.READ, index):
        raise NoSuchProject(project=project, index=index.full_name)
    if right is not Right.READ and patterns(actor, right, index):
        # Whoever may upload some names to an index that they cannot read knows that it is there.
        raise PermissionDenied(user=actor.name, right=right.value, target=f"{index.full_name}/{project}")
    raise NoSuchIndex(index=index.full_name)


def enter_some(actor: Actor, full_name: str, right: Right, *, content: bool = True) -> Index:
    """Return the index of this name when the actor holds the right on at least one pattern of projects in it.

    Without `content` nothing in it is asked for, and so a mirror needs no upstream. Raises as `enter`.
    """
    index = indexes.find(full_name)
    if index is None or not patterns(actor, right, index):
        return enter(actor, full_name, right)
    if content and right is Right.READ:
        require_upstream(index)
    return index


def enter(actor: Actor, full_name: str, right: Right, project: NormalizedName | None = None) -> Index:
    """Return the index of this name when the actor holds the right on it, or on the project in it.

    Raises as `require`; UpstreamNotConfigured to who would read a mirror. Nobody is asked to log in where there is no
    index either: the answer tells nothing of what is.
    """
    index = indexes.find(full_name)
    if index is None and actor.is_anonymous:
        raise LoginRequired(right=right.value)
    if index is None:
        raise NoSuchIndex(index=full_name.lower())  # as of one that is there: by its own name
    require(actor, right, index, project)
    if right is Right.READ:
        require_upstream(index)
    return index


def require_upstream(index: Index) -> None:
    """Return when there is anything to read of the index. Raises UpstreamNotConfigured."""
    if index.is_mirror:
        raise UpstreamNotConfigured(index=index.full_name)


def may_know(actor: Actor, full_name: str) -> bool:
    """Return whether there is an index of this name in which the actor holds any right."""
    index = indexes.find(full_name)
    return index is not None and any(patterns(actor, right, index) for right in Right)


def require_some(actor: Actor, right: Right, index: Index) -> None:
    """Return when the actor holds the right on at least one pattern of projects. Raises as `require`."""
    if not patterns(actor, right, index):
        require(actor, right, index)


def require_pattern(actor: Actor, right: Right, index: Index, pattern: str) -> None:
    """Return when the actor holds the right on every name that a pattern covers. Raises as `require`."""
    if not any(scopes.covers(held, pattern) for held in patterns(actor, right, index)):
        require(actor, right, index)


def require_scope(actor: Actor, right: Right, index: Index, project: NormalizedName) -> None:
    """Return when the actor came with no token, or with one that allows the right; whether they hold it is not asked.

    Raises PermissionDenied.
    """
    if not matches(_allowed(actor, right, index.full_name), project):
        raise PermissionDenied(user=actor.name, right=right.value, target=f"{index.full_name}/{project}")


def is_administrator(actor: Actor) -> bool:
    """Return whether the actor is at the shell, or manages every index."""
    if actor.at_shell:
        return True
    everywhere = EVERY_PROJECT in _allowed(actor, Right.MANAGE, scopes.EVERYTHING)
    return everywhere and EVERY_PROJECT in set(_held(actor, Right.MANAGE, None))


def require_administrator(actor: Actor) -> None:
    """Return when the actor administers this server. Raises LoginRequired, PermissionDenied."""
    if is_administrator(actor):
        return
    if actor.is_anonymous:
        raise LoginRequired(right=Right.MANAGE.value)
    raise PermissionDenied(user=actor.name, right=Right.MANAGE.value, target="this server")


def require_creating(actor: Actor, full_name: str, *, own: bool) -> None:
    """Return when the actor may create an index of this name; where they own what begins with their name, any of that.

    Raises LoginRequired, PermissionDenied.
    """
    is_own = actor.user_id is not None and full_name.lower().startswith(f"{actor.name}/")
    if not (own and is_own and EVERY_PROJECT in _allowed(actor, Right.MANAGE, full_name.lower())):
        require_administrator(actor)


def require_granting(actor: Actor, subject: Subject, index: Index | None, pattern: str) -> None:
    """Return when the actor may give rights on the projects of a pattern to somebody. Raises as `require`."""
    if index is None:
        require_administrator(actor)
        return
    known = subject.kind in {SubjectKind.USER, SubjectKind.GROUP}
    managed = patterns(actor, Right.MANAGE, index)
    if not (known and any(_covers(one, pattern) for one in managed)):
        require(actor, Right.MANAGE, index)


def _covers(held: str, pattern: str) -> bool:
    return all(scopes.covers(part, pattern) for part in held.split(scopes.BOTH))


def require_own_account(actor: Actor, user_name: str) -> None:
    """Return when the actor governs this account: it is theirs, or they are an administrator.

    A token is for what it was narrowed to, and an account is more. Raises LoginRequired, PermissionDenied.
    """
    if actor.is_whole_person and actor.name == user_name.lower():
        return
    require_administrator(actor)


def checked_pattern(pattern: str) -> str:
    """Return a pattern in the form in which names are compared: lower case, single dashes. Raises InvalidValue."""
    normalized = re.sub(r"[-_.]+", "-", pattern.lower())
    if not PATTERN.fullmatch(normalized):
        right = "the name of a project, in which '*' stands for any letters and '?' for one, at most 200 characters"
        raise InvalidValue(what="pattern of project names", value=pattern, right=right)
    return normalized


def give(subject: Subject, right: Right, index: Index | None, project_pattern: str = EVERY_PROJECT) -> bool:
    """Give a right within an act; return whether it was new."""
    if db.session.scalar(_same(subject, right, index, project_pattern)) is not None:
        return False
    grant = Grant(
        subject_kind=subject.kind.value,
        user_id=subject.user and subject.user.id,
        group_id=subject.group and subject.group.id,
        index_id=index and index.id,
        project_pattern=project_pattern,
        right=right.value,
        created_at=clock.now(),
    )
    db.session.add(grant)
    return True


def take(subject: Subject, right: Right, index: Index | None, project_pattern: str = EVERY_PROJECT) -> bool:
    """Take a right back within an act; return whether it had been given."""
    grants = list(db.session.scalars(_same(subject, right, index, project_pattern)))
    for grant in grants:
        db.session.delete(grant)
    return bool(grants)


def _same(subject: Subject, right: Right, index: Index | None, project_pattern: str) -> object:
    return select(Grant).where(
        Grant.subject_kind == subject.kind.value,
        Grant.user_id == (subject.user.id if subject.user else None),
        Grant.group_id == (subject.group.id if subject.group else None),
        Grant.index_id == (index.id if index else None),
        Grant.project_pattern == project_pattern,
        Grant.right == right.value,
    )


def make_owner(user: User, index: Index, project: NormalizedName) -> None:
    """Give the uploader of a new project every right on it, within an act."""
    give(Subject(SubjectKind.USER, user=user), Right.MANAGE, index, project)


def everything() -> list[Grant]:
    """Return all grants, the oldest first."""
    return list(db.session.scalars(select(Grant).order_by(Grant.id)))
