"""Issuers of identity tokens, and the keys that they sign with (OpenID Connect Discovery 1.0, RFC 7517).

Only issuers of the settings are asked, never one that a token names; no redirect is followed. Keys are kept for a
while: an unknown one makes us look again, but at most once a minute, so that nobody can make us ask without end.
"""

import json
import logging
import ssl
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from mypi import clock
from mypi.config import ConfigurationError
from mypi.errors import IdentityTokenRefused, IssuerUnavailable

log = logging.getLogger("mypi")
FRESH = 300.0  # seconds for which keys are not asked for again
USABLE = 3600.0  # where the issuer does not answer
COOLDOWN = 60.0
PATIENCE = 5.0
LARGEST_ANSWER = 256 * 1024
NO_ANSWER = (OSError, HTTPException, ValueError, PyJWTError)
ALGORITHMS = ("RS256", "ES256")
"""What issuers use. None without a key, and none by which a public key could pass for a shared secret."""


@dataclass(frozen=True)
class Keys:
    """What an issuer answered."""

    by_id: dict[str, PyJWK]
    algorithms: tuple[str, ...]
    fetched_at: float


@dataclass
class Issuer:
    """One issuer. Safe for several threads."""

    url: str
    _keys: Keys | None = None
    _asked_at: float = float("-inf")
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def key(self, key_id: str) -> tuple[PyJWK, tuple[str, ...]]:
        """Return a key and the algorithms that the issuer signs with.

        Raises IdentityTokenRefused, IssuerUnavailable.
        """
        with self._turn:
            now = clock.monotonic()
            known = self._keys
            wanting = known is None or key_id not in known.by_id or now - known.fetched_at > FRESH
            if wanting and now - self._asked_at > COOLDOWN:
                known = self._refresh(now)
        if known is None or clock.monotonic() - known.fetched_at > USABLE:
            raise IssuerUnavailable(issuer=self.url)
        if key_id not in known.by_id:
            raise IdentityTokenRefused(reason="it is signed by a key that its issuer does not have")
        return known.by_id[key_id], known.algorithms

    def _refresh(self, now: float) -> Keys | None:
        self._asked_at = now
        try:
            self._keys = asked(self.url, now)
        except NO_ANSWER as error:
            log.error("the issuer %s does not answer as it should: %s", self.url, error)
        return self._keys


def issuer(url: str) -> Issuer:
    """Return the issuer of this address. Raises ConfigurationError."""
    _check(url, f"setting trusted_issuers: '{url}'")
    return Issuer(url)


def _check(url: str, what: str) -> None:
    parts = urlsplit(url)
    is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if not parts.hostname or (parts.scheme != "https" and not (is_here and parts.scheme == "http")):
        raise ConfigurationError(f"{what} is not an address by https")


def asked(url: str, now: float) -> Keys:
    """Return what an issuer says of itself. Raises OSError, HTTPException, ValueError, PyJWTError."""
    about = _fetched(f"{url.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer") != url:
        raise ValueError(f"it calls itself '{about.get('issuer')}'")
    said = about.get("id_token_signing_alg_values_supported") or ["RS256"]
    keys = _fetched(str(about.get("jwks_uri")))
    usable = {key.key_id: key for key in PyJWKSet.from_dict(keys).keys if key.key_id}
    return Keys(usable, tuple(name for name in ALGORITHMS if name in said), now)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def _fetched(url: str) -> dict[str, Any]:
    try:
        _check(url, f"'{url}'")
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
    https = urllib.request.HTTPSHandler(context=ssl.create_default_context())
    opener = urllib.request.build_opener(_NoRedirects, https)
    wanted = urllib.request.Request(url, headers={"Accept": "application/json", "User-Agent": "mypi"})  # noqa: S310 - checked
    with opener.open(wanted, timeout=PATIENCE) as response:
        body = response.read(LARGEST_ANSWER + 1)
    if len(body) > LARGEST_ANSWER:
        raise ValueError(f"it answers more than {LARGEST_ANSWER} bytes")
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("it answers no JSON object")  # noqa: TRY004 - it is their mistake
    return answer
