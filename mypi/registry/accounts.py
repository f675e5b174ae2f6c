"""The acts on users, groups and grants: for the administrator at the shell, and for whoever manages every index."""

from mypi import passwords
from mypi.errors import AlreadyExists, PasswordKeptElsewhere, UserHasIndexes
from mypi.registry import groups, indexes, logins, permissions, tokens, users
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.arriving import Voucher
from mypi.registry.events import EventKind
from mypi.registry.groups import Group
from mypi.registry.indexes import Index
from mypi.registry.permissions import EVERY_PROJECT, Right, Subject
from mypi.registry.users import User


def add_user(registry: Registry, actor: Actor, name: str, password: str, *, email: str = "", title: str = "") -> User:
    """Add a user: an administrator's act, or everyone's where the rules say so.

    Raises InvalidValue, AlreadyExists, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        if not registry.rules.open_accounts:
            permissions.require_administrator(actor)
        elif indexes.of_owner(name) and not permissions.is_administrator(actor):
            raise AlreadyExists(what="user", name=name)  # who would own what begins with the name
        user = users.add(name, password, email, title)
        under_way.record(EventKind.USER_ADDED, user=user.name)
    return user


def describe_user(registry: Registry, actor: Actor, name: str, *, email: str | None, title: str | None) -> bool:
    """Change a user's mail address or title, each where it is given; return whether that changed anything.

    Their own act, or the administrator's. Raises NoSuchUser, InvalidValue, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_own_account(actor, name)
        user = users.get(name)
        email, title = user.email if email is None else email, user.title if title is None else title
        if not users.describe(user, email, title):
            return False
        under_way.record(EventKind.USER_DESCRIBED, user=user.name)
    return True


def delete_user(registry: Registry, actor: Actor, name: str) -> None:
    """Delete a user with sessions, tokens, memberships and grants: their own act, or the administrator's.

    Whoever has this name next must not find indexes under it that somebody else made. Raises NoSuchUser,
    UserHasIndexes, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_own_account(actor, name)
        user = users.get(name)
        if owned := indexes.of_owner(user.name):
            raise UserHasIndexes(user=user.name, indexes=", ".join(index.full_name for index in owned))
        under_way.record(EventKind.USER_DELETED, user=user.name)
        under_way.session.delete(user)


def set_password(registry: Registry, actor: Actor, name: str, password: str) -> None:
    """Set a user's password and end their sessions and logins: their own act, or the administrator's.

    Their personal tokens stay: what runs with one goes on, and each is revoked by itself. For whom somebody vouched,
    nobody does any more. Raises PasswordKeptElsewhere, NoSuchUser, InvalidValue, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_own_account(actor, name)
        user = users.get(name)
        if user.voucher and actor.user_id == user.id:
            raise PasswordKeptElsewhere(user=user.name, voucher=user.voucher)
        user.password_hash, user.voucher = passwords.hashed(password), ""
        logins.end_all(user)
        tokens.end_logins(user)
        under_way.record(EventKind.USER_PASSWORD_SET, user=user.name)


def set_voucher(registry: Registry, actor: Actor, name: str, voucher: Voucher) -> None:
    """Let somebody else vouch for a user: no password of mypi opens the account any more, sessions and logins end.

    Raises NoSuchUser, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        user = users.get(name)
        user.password_hash, user.voucher = passwords.hashed(passwords.generated()), voucher.value
        logins.end_all(user)
        tokens.end_logins(user)
        under_way.record(EventKind.USER_VOUCHER_SET, user=user.name, voucher=voucher.value)


def add_group(registry: Registry, actor: Actor, name: str) -> Group:
    """Add a group. Raises InvalidValue, AlreadyExists, PermissionDenied, LoginRequired."""
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        group = groups.add(name)
        under_way.record(EventKind.GROUP_ADDED, group=group.name)
    return group


def delete_group(registry: Registry, actor: Actor, name: str) -> None:
    """Delete a group with its memberships and grants. Raises NoSuchGroup, PermissionDenied, LoginRequired."""
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        group = groups.get(name)
        under_way.record(EventKind.GROUP_DELETED, group=group.name)
        under_way.session.delete(group)


def set_membership(registry: Registry, actor: Actor, group_name: str, user_name: str, *, member: bool) -> bool:
    """Make a user join or leave a group; return whether that changed anything.

    Raises NoSuchGroup, NoSuchUser, PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_administrator(actor)
        group, user = groups.get(group_name), users.get(user_name)
        changed = groups.join(group, user) if member else groups.leave(group, user)
        if changed:
            kind = EventKind.GROUP_JOINED if member else EventKind.GROUP_LEFT
            under_way.record(kind, group=group.name, user=user.name)
    return changed


def set_grant(
    registry: Registry,
    actor: Actor,
    subject: Subject,
    right: Right,
    index: Index | None,
    project_pattern: str = EVERY_PROJECT,
    *,
    given: bool,
) -> bool:
    """Give a right or take it back; without an index it is meant on every index. Return whether that changed anything.

    Whoever manages the projects that the pattern covers may do that for users and groups, and for the rest of the world
    whoever manages the index.
    Raises PermissionDenied, LoginRequired.
    """
    with act(registry, actor) as under_way:
        permissions.require_granting(actor, subject, index, project_pattern)
        changed = (permissions.give if given else permissions.take)(subject, right, index, project_pattern)
        if changed:
            under_way.record(
                EventKind.GRANT_GIVEN if given else EventKind.GRANT_TAKEN,
                index=index,
                subject=str(subject),
                right=right.value,
                pattern=project_pattern,
            )
    return changed
