"""The names that are reserved in an index: the list, and the forms that keep one and let it go. For who manages it."""

from flask import Blueprint, Response, flash, request

from mypi.errors import InvalidValue, NoSuchGroup, NoSuchUser
from mypi.http.actor import current_actor
from mypi.http.security_headers import set_page_policy
from mypi.pages import account
from mypi.pages.answers import moved, page
from mypi.pages.links import link
from mypi.parts import parts
from mypi.registry import permissions, reserved_names, reserving
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right

blueprint = Blueprint("reserved", __name__, url_prefix="/<owner:owner>/<name>/+reserved")
blueprint.before_request(account.refuse_foreign_forms)
blueprint.after_request(set_page_policy)


@blueprint.get("")
def listing(owner: str, name: str) -> Response:
    """Show what is reserved in an index."""
    return _page(_index(owner, name))


@blueprint.post("")
def reserve(owner: str, name: str) -> Response:
    """Keep a name for its holders."""
    index, asked = _index(owner, name), request.form
    try:
        holders = [reserved_names.holder(words) for words in asked.get("holders", "").split()]
        reserving.reserve_name(
            parts().registry, current_actor(), index, asked.get("pattern", ""), holders, asked.get("contact", "")
        )
    except (InvalidValue, NoSuchUser, NoSuchGroup) as failure:
        return _page(index, failure.message, failure.kind.value)
    flash(f"{asked['pattern']} is reserved.", "done")
    return moved(link("reserved.listing", owner=owner, name=name), 303)


@blueprint.post("/+release")
def release(owner: str, name: str) -> Response:
    """Let a name go."""
    pattern = request.form.get("pattern", "")
    reserving.release_name(parts().registry, current_actor(), _index(owner, name), pattern)
    flash(f"{pattern} is no longer reserved.", "done")
    return moved(link("reserved.listing", owner=owner, name=name), 303)


def _index(owner: str, name: str) -> Index:
    return permissions.enter(current_actor(), f"{owner}/{name}", Right.MANAGE)


def _page(index: Index, refusal: str = "", status: int = 200) -> Response:
    return page(
        "reserved.html",
        current_actor(),
        secret=True,
        status=status,
        refusal=refusal,
        index=index,
        reserved=[(one, reserved_names.holders(one)) for one in reserved_names.of_index(index)],
        asked=request.form if refusal else {},
    )
