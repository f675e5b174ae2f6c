"""The pages to look through: the projects of an index, search, the indexes, help."""

from flask import Blueprint, Response, request

from mypi.http.actor import current_actor
from mypi.http.owners import index_name
from mypi.http.security_headers import set_page_policy
from mypi.pages import ready_lines
from mypi.pages.answers import asked_number, page
from mypi.parts import parts
from mypi.registry import browsing, permissions
from mypi.registry.browsing import Order

ANY_INDEX = "OWNER/INDEX"
blueprint = Blueprint("browse", __name__)
blueprint.after_request(set_page_policy)


@blueprint.get("/")
@blueprint.get("/<owner:owner>/<name>/")
def index(owner: str | None = None, name: str | None = None) -> Response:
    """Show the projects of an index, the newest first or by name, or those that match a query."""
    actor = current_actor()
    full_name = index_name(owner, name, parts().settings.default_index)
    query = request.args.get("q", "").strip()
    order = Order.NAME if request.args.get("order") == Order.NAME else Order.NEWEST
    shown = browsing.index_page(actor, full_name, query, order, asked_number())
    return page(
        "index.html",
        actor,
        index=shown.index,
        listing=shown.listing,
        is_empty=shown.is_empty,
        shows_events=shown.shows_events,
        is_managed=shown.is_managed,
        shown_below=shown.shown_below,
        query=query,
        order=order.value,
        pypirc=ready_lines.pypirc(shown.index.full_name, actor.name),
        uploading=ready_lines.uploading(shown.index.full_name)[:3],
    )


@blueprint.get("/+search")
def search() -> Response:
    """Show what matches in every index that the actor may read."""
    actor = current_actor()
    query = request.args.get("q", "").strip()
    return page("search.html", actor, query=query, listing=browsing.search(actor, query, asked_number()))


@blueprint.get("/+indexes")
def indexes() -> Response:
    """Show the indexes that the actor may read."""
    actor = current_actor()
    return page(
        "indexes.html",
        actor,
        indexes=browsing.readable_indexes(actor),
        shows_events=permissions.is_administrator(actor),
    )


@blueprint.get("/+help")
def how_to() -> Response:
    """Show the ready lines of each client for the default index; for any where the actor may not know of that one."""
    actor = current_actor()
    full_name = parts().settings.default_index
    if not permissions.may_know(actor, full_name):
        full_name = ANY_INDEX
    return page(
        "help.html",
        actor,
        full_name=full_name,
        pypirc=ready_lines.pypirc(full_name, actor.name),
        installing=ready_lines.installing(full_name),
        uploading=ready_lines.uploading(full_name),
    )
