"""Trusted publishing: a program's identity token against a token of ours for fifteen minutes.

Clients ask for `/_/oidc/…` at the root of the host; there is no other specification than what PyPI answers. Where they
find these URLs by themselves it is PEP 807 (draft).
"""

import json
from urllib.parse import urlsplit

from flask import Blueprint, Response, request, url_for

from mypi.errors import (
    Failure,
    IdentityTokenRefused,
    IdentityTokenUsed,
    InvalidValue,
    NoSuchPage,
    NotAcceptable,
    PublisherNotTrusted,
    TrustedPublishingOff,
    UnreadableBody,
)
from mypi.http import failures
from mypi.http.conditional import Caching, set_caching
from mypi.parts import parts
from mypi.registry import minting
from mypi.registry.minting import Request, Verifier
from mypi.registry.permissions import Right

blueprint = Blueprint("trusted_publishing", __name__)
LARGEST_BODY = 64 * 1024
UNPROCESSABLE = 422
DISCOVERY = "application/vnd.pypi.pytp.v1+json"
CODES: dict[type[Failure], str] = {
    UnreadableBody: "invalid-payload",
    InvalidValue: "invalid-payload",
    TrustedPublishingOff: "not-enabled",
    IdentityTokenRefused: "invalid-token",
    IdentityTokenUsed: "invalid-reuse-token",
    PublisherNotTrusted: "invalid-publisher",
}
"""PyPI's words for what is wrong; clients print them."""


@blueprint.get("/_/oidc/audience")
def audience() -> Response:
    """Answer for whom identity tokens must be made. Raises TrustedPublishingOff."""
    return _json({"audience": _verifier().audience})


@blueprint.post("/_/oidc/mint-token")
@blueprint.post("/_/oidc/github/mint-token", endpoint="mint_as_maturin_asks")
def mint() -> Response:
    """Answer an identity token with a token of ours; what is wrong with it is told by 422.

    Raises IssuerUnavailable, DatabaseBusy, DiskFull.
    """
    try:
        verifier = _verifier()
        raw, asked = _posted()
        # The issuer is asked before the database is.
        token, secret = minting.mint_token(parts().registry, verifier.verified(raw), asked)
    except tuple(CODES) as failure:
        said = [{"code": CODES[type(failure)], "description": failure.message}]
        return _json({"message": "Token request failed", "errors": said}, UNPROCESSABLE)
    assert token.expires_at is not None
    return _json({"success": True, "token": secret, "expires": int(token.expires_at.timestamp())})


@blueprint.get("/.well-known/pytp")
def discover() -> Response:
    """Answer where tokens for an upload URL are minted (PEP 807). Raises NotAcceptable, NoSuchPage."""
    if not request.accept_mimetypes.best_match([DISCOVERY]):
        raise NotAcceptable(asked=request.headers.get("Accept", ""), offered=DISCOVERY)
    asked = request.args.get("discover", "")
    index = _index_of(asked)
    if parts().verifier is None or index is None:
        raise NoSuchPage(path=asked)
    found: dict[str, object] = {
        "audience-endpoint": url_for(".audience", _external=True),
        "token-mint-endpoint": url_for(".mint", _external=True, index=index),
        "features": ["multi-use-token"],
    }
    return _json(found, content_type=DISCOVERY)


def _index_of(upload_path: str) -> str | None:
    """Return the index to which files are uploaded at a path, or None where it is no such path."""
    below = urlsplit(upload_path).path
    root = request.root_path.rstrip("/")
    if not below.startswith(root):
        return None
    words = [word for word in below.removeprefix(root).split("/") if word]
    if words in ([], ["legacy"], ["pypi"]):
        return parts().settings.default_index
    return "/".join(words) if len(words) == 2 else None


def _verifier() -> Verifier:
    verifier = parts().verifier
    if verifier is None:
        raise TrustedPublishingOff
    return verifier


def _posted() -> tuple[str, Request]:
    """Return the identity token and what is asked for with it. Raises UnreadableBody, InvalidValue."""
    request.max_content_length = LARGEST_BODY
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(expected="JSON", reason="it is none") from error
    if not isinstance(body, dict) or not isinstance(body.get("token"), str):
        raise UnreadableBody(expected="a JSON object", reason="it has no 'token'")
    right, index = body.get("right", Right.UPLOAD.value), body.get("index") or request.args.get("index")
    if right not in {Right.UPLOAD.value, Right.READ.value}:
        raise InvalidValue(what="right", value=str(right), right="upload or read")
    client = request.headers.get("User-Agent", "")
    return body["token"], Request(Right(right), index and str(index), request.remote_addr or "", client)


def _json(said: dict[str, object], status: int = 200, content_type: str = failures.JSON) -> Response:
    response = Response(json.dumps(said), status, content_type=content_type)
    return set_caching(response, Caching.NO_STORE)


blueprint.before_request(failures.answer_in_json)
