"""The events of an index for those who manage it or projects in it, and all events for administrators."""

from flask import Blueprint, Response, request

from mypi.http.actor import current_actor
from mypi.http.security_headers import set_page_policy
from mypi.pages.answers import page
from mypi.registry import history
from mypi.registry.actors import Actor
from mypi.registry.event_filters import FAMILIES, filter_of
from mypi.registry.events import EventKind
from mypi.registry.history import EventPage

ASKED = ("index", "project", "actor", "kind", "since", "until")
"""What may be asked for, as the address says it."""

blueprint = Blueprint("events", __name__)
blueprint.after_request(set_page_policy)


@blueprint.get("/<owner:owner>/<name>/+events")
def of_index(owner: str, name: str) -> Response:
    """Show a page of the events of an index: to the owners of projects those of their projects."""
    actor, asked = current_actor(), _asked()
    asked.pop("index", None)
    found = history.of_index(actor, f"{owner}/{name}", filter_of(asked), _before())
    return _page(actor, found, asked, "events.of_index", {"owner": owner, "name": name})


@blueprint.get("/+events")
def of_server() -> Response:
    """Show a page of all events."""
    actor, asked = current_actor(), _asked()
    return _page(actor, history.of_server(actor, filter_of(asked), _before()), asked, "events.of_server", {})


def _page(actor: Actor, found: EventPage, asked: dict[str, str], endpoint: str, place: dict[str, str]) -> Response:
    return page(
        "events.html",
        actor,
        found=found,
        asked=asked,
        endpoint=endpoint,
        place=place,
        narrowed=place | asked,
        of="/".join(place.values()),
        begun=_before() is not None,
        families=FAMILIES,
        kinds=[kind.value for kind in EventKind],
    )


def _asked() -> dict[str, str]:
    said = {name: request.args.get(name, "").strip() for name in ASKED}
    return {name: value for name, value in said.items() if value}


def _before() -> int | None:
    """Return the serial before which the page begins; None, its beginning, where it is none."""
    asked = request.args.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 10 else None
