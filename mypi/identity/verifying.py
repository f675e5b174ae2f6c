"""Does an identity token hold? Signature, issuer, audience and time (RFC 7519, OpenID Connect Core 1.0 §3.1.3.7).

Needs the extra `mypi[trusted-publishing]`.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from mypi.errors import IdentityTokenRefused
from mypi.identity import issuers
from mypi.standards.identity_tokens import IdentityToken

LONGEST_TOKEN = 16 * 1024
LEEWAY = 30  # seconds by which clocks may differ
GITHUB = "https://token.actions.githubusercontent.com"


class Verifier:
    """Verifies tokens of the issuers of the settings, that were made for one audience."""

    def __init__(self, issuer_urls: list[str], audience: str) -> None:
        """Raises ConfigurationError for what is no address of an issuer."""
        self.audience = audience
        self._issuers = {url: issuers.issuer(url) for url in issuer_urls}

    def verified(self, raw: str) -> IdentityToken:
        """Return what a token says when it holds. Raises IdentityTokenRefused, IssuerUnavailable."""
        if len(raw) > LONGEST_TOKEN:
            raise IdentityTokenRefused(reason=f"it has more than {LONGEST_TOKEN} characters")
        try:
            claims = self._claims(raw)
            expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        except (PyJWTError, ValueError, TypeError, OverflowError, OSError, RecursionError) as error:
            raise IdentityTokenRefused(reason=str(error)) from error
        if claims["iss"] == GITHUB and claims.get("event_name") == "pull_request_target":
            raise IdentityTokenRefused(reason="the event pull_request_target runs what strangers propose")
        # Of what was signed: the signature itself can be written in many ways.
        identity = claims.get("jti") or hashlib.sha256(raw.rpartition(".")[0].encode()).hexdigest()
        return IdentityToken(claims["iss"], str(identity), expires_at, claims)

    def troubles(self) -> dict[str, str]:
        """Return the issuers that do not tell their keys now, each with the reason."""
        found = {}
        for url in self._issuers:
            try:
                issuers.asked(url, 0.0)
            except issuers.NO_ANSWER as error:
                found[url] = str(error)
        return found

    def _claims(self, raw: str) -> dict[str, Any]:
        """Return the claims of a token that holds. Raises PyJWTError, ValueError, TypeError, IdentityTokenRefused."""
        header = jwt.get_unverified_header(raw)
        claimed = jwt.decode(raw, options={"verify_signature": False}).get("iss")
        issuer = self._issuers.get(claimed) if isinstance(claimed, str) else None
        if issuer is None:
            raise IdentityTokenRefused(reason=f"its issuer '{claimed}' is not believed here")
        key, algorithms = issuer.key(str(header.get("kid", "")))
        claims: dict[str, Any] = jwt.decode(
            raw,
            key=key,
            algorithms=list(algorithms),
            audience=self.audience,
            issuer=issuer.url,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub"], "strict_aud": True},
        )
        return claims
