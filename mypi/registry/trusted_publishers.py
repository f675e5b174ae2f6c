"""Trusted publishers: programs elsewhere that are given short-lived tokens for what an identity token says of them.

Whom to trust with a project is decided by whoever manages it, or would: it need not be there yet. A publisher is an
issuer and claims; that the issuer said so is verified elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, ForeignKey, Integer, String, bindparam, delete, select

from mypi import clock
from mypi.database import JSONText, Model, UTCDateTime, db
from mypi.errors import InvalidValue, NoSuchPublisher
from mypi.registry.indexes import Index
from mypi.standards.identity_tokens import IdentityToken

GITHUB = "https://token.actions.githubusercontent.com"
GITLAB = "https://gitlab.com"
LONGEST_ISSUER = 200
MOST_CLAIMS = 20
LONGEST_CLAIM = 500


class PublisherKind(StrEnum):
    """By whose rules the claims are read."""

    GITHUB = "github"
    GITLAB = "gitlab"
    OIDC = "oidc"


@dataclass(frozen=True)
class Identity:
    """Who is trusted: an issuer, and what it must say."""

    kind: PublisherKind
    issuer: str
    claims: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.kind}:{' '.join(f'{name}={value}' for name, value in sorted(self.claims.items()))}"


class TrustedPublisher(Model):
    """A program that may ask for tokens. Canonical."""

    __tablename__ = "trusted_publishers"

    id: int = Column(Integer, primary_key=True)
    index_id: int = Column(ForeignKey("indexes.id", ondelete="CASCADE"), nullable=False, index=True)
    project_pattern: str = Column(String(200), nullable=False)
    rights: list[str] = Column(JSONText, nullable=False)
    kind: str = Column(String(16), nullable=False)
    issuer: str = Column(String(LONGEST_ISSUER), nullable=False, index=True)
    claims: dict[str, str] = Column(JSONText, nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False)
    created_by: str = Column(String(128), nullable=False)

    @property
    def identity(self) -> Identity:
        """Who is trusted."""
        return Identity(PublisherKind(self.kind), self.issuer, self.claims)


class UsedIdentityToken(Model):
    """An identity token that was exchanged, and is not taken again. Short-lived."""

    __tablename__ = "used_identity_tokens"

    digest: str = Column(String(64), primary_key=True)
    expires_at: datetime = Column(UTCDateTime, nullable=False, index=True)


_OF_ISSUER = (
    select(TrustedPublisher, Index)
    .join(Index, Index.id == TrustedPublisher.index_id)
    .where(TrustedPublisher.issuer == bindparam("issuer"))
    .order_by(TrustedPublisher.id)
)


def github(repository: str, workflow: str, environment: str = "", owner_id: str = "") -> Identity:
    """Return a workflow of GitHub: of `owner/name`, by the name of its file. Raises InvalidValue."""
    _check(repository, "repository", "/")
    _check(workflow, "workflow")
    wanted = {"repository": repository, "job_workflow_ref": f"{repository}/.github/workflows/{workflow}@*"}
    more = {"environment": environment, "repository_owner_id": owner_id}
    return Identity(PublisherKind.GITHUB, GITHUB, wanted | _given(more))


def gitlab(project: str, path: str, environment: str = "", issuer: str = GITLAB) -> Identity:
    """Return a pipeline of GitLab: of `group/name`, by the path of its file. Raises InvalidValue."""
    _check(project, "project of GitLab", "/")
    _check(path, "path of a pipeline")
    host = issuer.partition("://")[2].rstrip("/")
    wanted = {"project_path": project, "ci_config_ref_uri": f"{host}/{project}//{path}@*"}
    return Identity(PublisherKind.GITLAB, issuer, wanted | _given({"environment": environment}))


def oidc(issuer: str, claims: Mapping[str, str]) -> Identity:
    """Return a program of any issuer, by what its claims must be. Raises InvalidValue."""
    if "sub" not in claims or not claims["sub"].strip("*"):
        raise InvalidValue(what="set of claims", value=", ".join(claims), right="'sub' says whose program it is")
    return Identity(PublisherKind.OIDC, issuer, dict(claims))


def checked(identity: Identity) -> Identity:
    """Return an identity that can be kept. Raises InvalidValue."""
    texts = [text for pair in identity.claims.items() for text in pair]
    if len(identity.claims) > MOST_CLAIMS or not all(0 < len(text) <= LONGEST_CLAIM for text in texts):
        right = f"at most {MOST_CLAIMS}, each of 1 to {LONGEST_CLAIM} characters"
        raise InvalidValue(what="set of claims", value=str(identity), right=right)
    return identity


def _check(value: str, what: str, needed: str = "") -> None:
    if not value or "*" in value or "@" in value or needed not in value.strip("/"):
        raise InvalidValue(what=what, value=value, right="its whole name, without '*' and '@'")


def _given(claims: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in claims.items() if value}


def matching(token: IdentityToken) -> list[tuple[TrustedPublisher, Index]]:
    """Return those who trust the program of a token, each with its index."""
    rows = db.session.execute(_OF_ISSUER, {"issuer": token.issuer})
    return [
        (publisher, index)
        for publisher, index in rows
        if token.fits(publisher.claims, any_case=publisher.kind != PublisherKind.OIDC.value)
    ]


def get(number: int) -> TrustedPublisher:
    """Return the publisher of this number. Raises NoSuchPublisher."""
    publisher: TrustedPublisher | None = db.session.get(TrustedPublisher, number)
    if publisher is None:
        raise NoSuchPublisher(publisher=number)
    return publisher


def everything() -> list[tuple[TrustedPublisher, Index]]:
    """Return all publishers, the oldest first, each with its index."""
    wanted = select(TrustedPublisher, Index).join(Index, Index.id == TrustedPublisher.index_id)
    return [(publisher, index) for publisher, index in db.session.execute(wanted.order_by(TrustedPublisher.id))]


def is_used(digest: str) -> bool:
    """Return whether an identity token was exchanged before."""
    return db.session.get(UsedIdentityToken, digest) is not None


def note_use(digest: str, until: datetime) -> None:
    """Take an identity token for used, within an act; those that have expired are forgotten."""
    expired = delete(UsedIdentityToken).where(UsedIdentityToken.expires_at < clock.now())
    db.session.execute(expired)
    db.session.add(UsedIdentityToken(digest=digest, expires_at=until))
    db.session.flush()
