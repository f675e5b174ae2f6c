"""The acts on reserved names: keep one for its holders, and let it go."""

from collections.abc import Collection

from mypi.errors import InvalidValue, NoSuchReservedName
from mypi.registry import permissions, reserved_names
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.reserved_names import LONGEST_CONTACT
from mypi.standards.simple_api import one_line


def reserve_name(
    registry: Registry, actor: Actor, index: Index, pattern: str, subjects: Collection[Subject], contact: str = ""
) -> bool:
    """Keep a name or a prefix for users and groups, in an index and all above it; return whether that changed anything.

    Reserved once more, it is kept for these holders and no others. Raises InvalidValue, LoginRequired,
    PermissionDenied.
    """
    pattern, contact = reserved_names.checked_pattern(pattern), one_line(contact)
    if len(contact) > LONGEST_CONTACT:
        raise InvalidValue(what="contact", value=contact, right=f"at most {LONGEST_CONTACT} characters")
    wrong = [subject for subject in subjects if subject.kind not in {SubjectKind.USER, SubjectKind.GROUP}]
    if wrong or not subjects:
        raise InvalidValue(what="holder of a name", value=", ".join(map(str, wrong)), right="a user or a group")
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index)
        kept, holders = reserved_names.find(index, pattern), sorted({str(subject) for subject in subjects})
        if kept and (kept.contact, reserved_names.holders(kept)) == (contact, holders):
            return False
        reserved_names.keep(index, pattern, contact, subjects)
        under_way.record(EventKind.NAME_RESERVED, index=index, pattern=pattern, holders=holders, contact=contact)
    return True


def release_name(registry: Registry, actor: Actor, index: Index, pattern: str) -> None:
    """Let a name or prefix go that was reserved by exactly this pattern.

    Raises InvalidValue, NoSuchReservedName, LoginRequired, PermissionDenied.
    """
    pattern = reserved_names.checked_pattern(pattern)
    with act(registry, actor) as under_way:
        permissions.require(actor, Right.MANAGE, index)
        kept = reserved_names.find(index, pattern)
        if kept is None:
            raise NoSuchReservedName(pattern=pattern, index=index.full_name)
        under_way.record(EventKind.NAME_RELEASED, index=index, pattern=pattern)
        under_way.session.delete(kept)
