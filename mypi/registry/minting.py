"""The act of exchanging an identity token for a short-lived token of ours: trusted publishing.

An identity token is taken once. What ours is good for is what trusted publishers of its program say at this moment, and
it ends with each of them.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from mypi.errors import IdentityTokenUsed, PublisherNotTrusted
from mypi.registry import issuing, tokens, trusted_publishers
from mypi.registry.actors import Actor
from mypi.registry.acts import Registry, act
from mypi.registry.events import EventKind
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.scopes import AT, Purpose
from mypi.registry.tokens import Token
from mypi.registry.trusted_publishers import PublisherKind, TrustedPublisher
from mypi.standards.identity_tokens import IdentityToken
from mypi.standards.simple_api import one_line

LIFETIME = timedelta(seconds=900)
"""As PEP 807 has it at least: enough for a build's uploads, and too short to be worth stealing."""
LEEWAY = timedelta(minutes=5)  # an identity token is remembered beyond its end: clocks differ
LONGEST_ACTOR = 128  # characters


class Verifier(Protocol):
    """Whoever knows which issuers are believed, and asks them for their keys."""

    audience: str

    def verified(self, raw: str) -> IdentityToken:
        """Return what a token says when it holds. Raises IdentityTokenRefused, IssuerUnavailable."""


@dataclass(frozen=True)
class Request:
    """What a program asks for with its identity token."""

    right: Right = Right.UPLOAD
    full_name: str | None = None
    """The index that it is meant for; None is each that trusts it."""
    address: str = ""
    client: str = ""


def mint_token(registry: Registry, identity: IdentityToken, asked: Request) -> tuple[Token, str]:
    """Return a token for a program, with its secret.

    Raises IdentityTokenUsed, PublisherNotTrusted, DatabaseBusy, DiskFull.
    """
    name = one_line(f"{_kind(identity)}:{identity.subject}")[:LONGEST_ACTOR]
    actor = Actor(user_id=None, name=name, address=asked.address, client=asked.client)
    digest = hashlib.sha256(f"{identity.issuer}\0{identity.identity}".encode("utf-8", "surrogatepass")).hexdigest()
    with act(registry, actor) as under_way:
        if trusted_publishers.is_used(digest):
            raise IdentityTokenUsed
        trusting = _trusting(identity, asked)
        trusted_publishers.note_use(digest, identity.expires_at + LEEWAY)
        tokens.end_expired()
        token, secret = tokens.add(
            name="trusted publishing",
            user=None,
            purpose=Purpose.PUBLISHER,
            rights=[asked.right],
            project_patterns={f"{index.full_name}{AT}{one.project_pattern}" for one, index in trusting},
            lifetime=LIFETIME,
            created_by=name,
        )
        publishers = [one.id for one, _ in trusting]
        under_way.record(EventKind.TOKEN_CREATED, **issuing.said(token, name), publishers=publishers)
    return token, secret


def _trusting(identity: IdentityToken, asked: Request) -> list[tuple[TrustedPublisher, Index]]:
    """Return the publishers that fit. Raises PublisherNotTrusted."""
    found = [
        (one, index)
        for one, index in trusted_publishers.matching(identity)
        if asked.right.value in one.rights and asked.full_name in (None, index.full_name)
    ]
    if not found:
        raise PublisherNotTrusted(subject=identity.subject, issuer=identity.issuer)
    return found


def _kind(identity: IdentityToken) -> PublisherKind:
    if identity.issuer == trusted_publishers.GITHUB:
        return PublisherKind.GITHUB
    return PublisherKind.GITLAB if identity.claim("ci_config_ref_uri") else PublisherKind.OIDC
