"""What every page for people is answered with: the template, who it is for, and how long it may be kept."""

from typing import Any

from flask import Flask, Response, render_template, request

from mypi.http.conditional import Caching, send_bytes, set_caching
from mypi.pages import formats, links
from mypi.registry.actors import Actor

HTML = "text/html; charset=utf-8"
_FILTERS = ("human_size", "exact_size", "day", "minute", "machine_time", "type_name")


def install(app: Flask) -> None:
    """Give the templates their filters and links."""
    app.jinja_env.filters.update({name: getattr(formats, name) for name in _FILTERS})
    app.jinja_env.globals.update(
        link=links.link, of_index=links.of_index, file_link=links.file_link, outside=links.outside
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def page(template: str, actor: Actor, *, status: int = 200, secret: bool = False, **facts: Any) -> Response:
    """Return a page; one that names a user or, as `secret` says, holds a form, is kept by nobody."""
    html = render_template(template, actor=actor, **facts)
    if actor.is_anonymous and not secret:
        return send_bytes(html.encode(), content_type=HTML, cache=Caching.PRIVATE_PAGE, vary=["Cookie"])
    return set_caching(Response(html, status, content_type=HTML), Caching.NO_STORE, ["Cookie"])


def moved(location: str, code: int) -> Response:
    """Return a redirect to a relative link."""
    response = Response(status=code)
    response.headers["Location"] = location
    return set_caching(response, Caching.NO_STORE)


def asked_number() -> int:
    """Return the number of the page of a list that is asked for; the first where it is none."""
    asked = request.args.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 1
