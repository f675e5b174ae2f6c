"""What an identity token says of a program that runs elsewhere (OpenID Connect Core 1.0, §2), after it was verified.

Claims are compared with what somebody trusts. `*` stands for any characters; a claim that is missing fits nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class IdentityToken:
    """A token whose signature, issuer, audience and time were found right."""

    issuer: str
    identity: str
    """What is of this one token and no other of its issuer: its `jti`, or the digest of what was signed."""
    expires_at: datetime
    claims: Mapping[str, object]

    @property
    def subject(self) -> str:
        """Who the program is, in the issuer's words."""
        return self.claim("sub") or ""

    def claim(self, name: str) -> str | None:
        """Return a claim as text; None when it is missing, empty, or no single value."""
        value = self.claims.get(name)
        if isinstance(value, bool):
            return str(value).lower()
        return str(value) if isinstance(value, str | int) and value != "" else None

    def fits(self, patterns: Mapping[str, str], *, any_case: bool = False) -> bool:
        """Return whether there is each of the claims, and fits its pattern."""
        said = {name: self.claim(name) for name in patterns}
        return all(value is not None and _fits(patterns[name], value, any_case) for name, value in said.items())


def _fits(pattern: str, value: str, any_case: bool) -> bool:
    if any_case:
        pattern, value = pattern.lower(), value.lower()
    first, *more = pattern.split("*")
    if not more:
        return pattern == value
    if not value.startswith(first):
        return False
    # From left to right each part as early as can be: no way back, and so no pattern that takes for ever.
    place = len(first)
    for part in more[:-1]:
        found = value.find(part, place)
        if found < 0:
            return False
        place = found + len(part)
    return value.endswith(more[-1]) and len(value) - len(more[-1]) >= place
