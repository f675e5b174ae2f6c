"""A person's tokens: the list, the form that makes one, and the page that shows its secret, once."""

from datetime import timedelta

from flask import Blueprint, Response, flash, request

from mypi.errors import AlreadyExists, InvalidValue
from mypi.http.actor import current_actor
from mypi.http.security_headers import set_page_policy
from mypi.pages import account
from mypi.pages.answers import moved, page
from mypi.pages.links import link
from mypi.parts import parts
from mypi.registry import issuing
from mypi.registry.permissions import Right

blueprint = Blueprint("tokens", __name__, url_prefix="/+account/tokens")
blueprint.before_request(account.refuse_foreign_forms)
blueprint.after_request(set_page_policy)

LIFETIMES = {"7": "a week", "30": "30 days", "90": "90 days", "365": "a year", "": "for ever"}
"""Days that a token may hold, as the form offers them."""


@blueprint.get("")
def listing() -> Response:
    """Show the tokens, and the form for another."""
    return _page()


@blueprint.post("")
def create() -> Response:
    """Create a token, and show its secret."""
    asked, days = request.form, request.form.get("days", "90")
    if days not in LIFETIMES:
        raise InvalidValue(what="number of days", value=days, right=", ".join(filter(None, LIFETIMES)))
    actor = current_actor()
    try:
        token, secret = issuing.create_token(
            parts().registry,
            actor,
            actor.name,
            asked.get("name", ""),
            rights=[right for right in Right if right.value in asked.getlist("right")],
            index_pattern=asked.get("index", "").strip() or "*",
            project_patterns=asked.get("projects", "").split() or ["*"],
            lifetime=timedelta(days=int(days)) if days else None,
        )
    except (InvalidValue, AlreadyExists) as failure:
        return _page(failure.message, failure.kind.value)
    return _page(made=token.name, secret_text=secret)


@blueprint.post("/<int:number>/+rotate")
def rotate(number: int) -> Response:
    """Give a token a new secret, and show it."""
    token, secret = issuing.rotate_token(parts().registry, current_actor(), number)
    return _page(made=token.name, secret_text=secret)


@blueprint.post("/<int:number>/+revoke")
def revoke(number: int) -> Response:
    """End a token."""
    issuing.revoke_token(parts().registry, current_actor(), number)
    flash("The token is revoked.", "done")
    return moved(link("tokens.listing"), 303)


def _page(refusal: str = "", status: int = 200, *, made: str = "", secret_text: str = "") -> Response:
    actor = current_actor()
    return page(
        "tokens.html",
        actor,
        secret=True,
        status=status,
        refusal=refusal,
        tokens=issuing.own_tokens(actor),
        rights=[right.value for right in Right],
        lifetimes=LIFETIMES,
        asked=request.form if refusal else {},
        made=made,
        secret_text=secret_text,
    )
