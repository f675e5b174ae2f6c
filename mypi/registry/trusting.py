"""The acts of trusting a publisher with projects, and of trusting it no more.

Whoever trusts somebody with a project must manage it, there or not: what the publisher does is theirs.
"""

from collections.abc import Collection
from typing import Any

from mypi import clock
from mypi.errors import InvalidValue, NoSuchIndex, NoSuchPublisher
from mypi.registry import permissions, projects, reserved_names, tokens, trusted_publishers
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.trusted_publishers import Identity, TrustedPublisher
from mypi.standards.names import NormalizedName

MAY_BE_GIVEN = (Right.READ, Right.UPLOAD)
"""To publish, and to read for a build: what a program that nobody watches is trusted with."""


def trust_publisher(
    registry: Registry, actor: Actor, index: Index, project_pattern: str, identity: Identity, rights: Collection[Right]
) -> TrustedPublisher:
    """Trust a publisher with the projects of a pattern in an index.

    Raises InvalidValue, NameReserved, NoSuchIndex, NoSuchProject, LoginRequired, PermissionDenied, DatabaseBusy.
    """
    pattern, identity = permissions.checked_pattern(project_pattern), trusted_publishers.checked(identity)
    if not rights or set(rights) - set(MAY_BE_GIVEN):
        raise InvalidValue(what="set of rights", value=", ".join(rights), right="read, upload, or both")
    with act(registry, actor) as under_way:
        _require(actor, index, pattern)
        publisher = TrustedPublisher(
            index_id=index.id,
            project_pattern=pattern,
            rights=sorted(right.value for right in rights),
            kind=identity.kind.value,
            issuer=identity.issuer,
            claims=dict(identity.claims),
            created_at=clock.now(),
            created_by=actor.name,
        )
        under_way.session.add(publisher)
        under_way.session.flush()
        under_way.record(EventKind.PUBLISHER_TRUSTED, index=index, **_said(publisher))
    return publisher


def distrust_publisher(registry: Registry, actor: Actor, number: int) -> None:
    """Trust a publisher no more: what it was given ends at once.

    Raises NoSuchPublisher, LoginRequired, PermissionDenied, DatabaseBusy.
    """
    with act(registry, actor) as under_way:
        publisher = trusted_publishers.get(number)
        index = under_way.session.get(Index, publisher.index_id)
        try:
            _require(actor, index, publisher.project_pattern)
        except NoSuchIndex as error:
            raise NoSuchPublisher(publisher=number) from error
        under_way.record(EventKind.PUBLISHER_DISTRUSTED, index=index, **_said(publisher))
        tokens.end_of_publishers(index.full_name, publisher.project_pattern)
        under_way.session.delete(publisher)


def _require(actor: Actor, index: Index, pattern: str) -> None:
    """Return when the actor manages all that the pattern covers; for names that others keep, they do not."""
    if "*" in pattern or "?" in pattern:
        permissions.require_pattern(actor, Right.MANAGE, index, pattern)
        return
    name = NormalizedName(pattern)
    permissions.require(actor, Right.MANAGE, index, name)
    if projects.find(index, name) is None:
        reserved_names.refuse_to_others(actor, index, name)


def _said(publisher: TrustedPublisher) -> dict[str, Any]:
    return {
        "publisher_id": publisher.id,
        "projects": publisher.project_pattern,
        "rights": publisher.rights,
        "issuer_kind": publisher.kind,
        "issuer": publisher.issuer,
        "claims": publisher.claims,
    }
