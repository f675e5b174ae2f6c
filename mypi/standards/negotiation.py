"""Which representation of a Simple page a client gets: content negotiation (RFC 9110 §12, PEP 691). Pure functions.

Forgiving by intent: what cannot be read in a header is passed over, as if the client had not sent it.
"""

import re
from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from mypi import errors


class Representation(Enum):
    """The forms that a Simple page has, best first; the value is the content type, always of a concrete version."""

    JSON = "application/vnd.pypi.simple.v1+json"
    HTML_V1 = "application/vnd.pypi.simple.v1+html"
    HTML = "text/html"


_NAMES = {representation.value: representation for representation in Representation} | {
    "application/vnd.pypi.simple.latest+json": Representation.JSON,
    "application/vnd.pypi.simple.latest+html": Representation.HTML_V1,
}
_WEIGHT = re.compile(r"(?:0?\.[0-9]{1,6}|[01](?:\.[0-9]{0,6})?)", re.ASCII)
_TYPE = re.compile(r"[!-.0-~]+/[!-.0-~]+")


REMEMBERED = 128
"""Headers whose meaning is kept: clients send few different ones, and none is longer than 32 KiB."""


@lru_cache(maxsize=REMEMBERED)
def choose(accept: str | None, wanted: str | None = None) -> Representation:
    """Return the representation for an Accept header and for the `format` in the query, which beats the header.

    The highest weight wins, then the type named most exactly, then JSON before HTML. Who accepts just anything gets
    `text/html`: such clients are browsers, and old installers that read nothing else. Raises `errors.NotAcceptable`.
    """
    if wanted is not None:
        # A plus sign in a query is read as a space unless the client has quoted it.
        representation = _NAMES.get(wanted.replace(" ", "+").lower())
        if representation is None:
            raise _not_acceptable(wanted)
        return representation
    ranges = dict(_media_ranges(accept or "")) or {"*/*": 1.0}
    ranked = [(_rank(representation, ranges), representation) for representation in Representation]
    (weight, _, _), best = max(ranked, key=lambda pair: pair[0])
    if weight == 0:
        raise _not_acceptable(accept or "")
    return best


@lru_cache(maxsize=REMEMBERED)
def accepts_gzip(accept_encoding: str | None) -> bool:
    """Return whether the client takes gzip at least as gladly as plain bytes (RFC 9110 §12.5.3)."""
    weights = dict(_weighted(accept_encoding or ""))
    anything = weights.get("*", 0.0)
    gzip = weights.get("gzip", weights.get("x-gzip", anything))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def _rank(representation: Representation, ranges: dict[str, float]) -> tuple[float, int, int]:
    """Return weight, exactness and preference of our own: the more, the better."""
    names = [name for name, named in _NAMES.items() if named is representation and name in ranges]
    preference = -list(Representation).index(representation)
    if names:
        return max(ranges[name] for name in names), 2, preference
    family = representation.value.partition("/")[0] + "/*"
    if family in ranges:
        return ranges[family], 1, preference
    by_wildcard = 1 if representation is Representation.HTML else preference
    return ranges.get("*/*", 0.0), 0, by_wildcard


def _media_ranges(header: str) -> Iterator[tuple[str, float]]:
    for name, weight in _weighted(header):
        if name == "*":
            yield "*/*", weight  # Java's own client writes the wildcard like this.
        elif _TYPE.fullmatch(name):
            yield name, weight


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """Yield each item of the header with its weight; parameters other than `q` tell our types nothing."""
    for item in header.split(","):
        name, *parameters = (part.strip().lower() for part in item.split(";"))
        weights = [
            value.strip() for key, _, value in (part.partition("=") for part in parameters) if key.strip() == "q"
        ]
        if name and all(_WEIGHT.fullmatch(weight) for weight in weights):
            yield name, min(float(weights[0]), 1.0) if weights else 1.0


def _not_acceptable(asked: str) -> errors.NotAcceptable:
    return errors.NotAcceptable(
        asked=asked, offered=", ".join(representation.value for representation in Representation)
    )
