"""Failures as pages for people; whoever must log in first is led to the form. Headers are those of every failure."""

from flask import Request, Response, render_template, request

from mypi.errors import Failure, LoginRequired
from mypi.http import failures
from mypi.http.security_headers import set_page_policy
from mypi.pages.answers import HTML, moved
from mypi.pages.links import link

PAGES = {"browse", "project", "governing", "events", "account", "tokens", "reserved"}
"""The blueprints whose readers are people."""

TITLES = {
    400: "That does not work",
    401: "Wrong name or password",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not this way",
    410: "Gone",
    413: "Too large",
    429: "Too many tries",
    500: "Our mistake",
    503: "Not now",
    507: "No room",
}


def is_wanted(asked: Request) -> bool:
    """Return whether a person is to read the failure: on a page, or at a URL that a browser asks for in vain."""
    if asked.blueprint in PAGES:
        return True
    accepted = {value for value, quality in asked.accept_mimetypes if quality}
    return asked.url_rule is None and asked.method in {"GET", "HEAD"} and "text/html" in accepted


def respond(failure: Failure) -> Response:
    """Return the page that tells of a failure, or the way to the form to log in."""
    if isinstance(failure, LoginRequired):
        return set_page_policy(moved(link("account.login_form", next=_page_to_return_to()), 302))
    response = failures.respond(failure)
    status = response.status_code
    title = TITLES.get(status, TITLES[400])
    response.set_data(render_template("failure.html", status=status, title=title, message=failure.message))
    response.content_type = HTML
    return set_page_policy(response)


def _page_to_return_to() -> str:
    if request.method not in {"GET", "HEAD"}:
        return request.path.rpartition("/")[0] + "/"  # a form's action stands below the page that shows the form
    query = request.query_string.decode("ascii", "replace")
    return request.path + (f"?{query}" if query else "")
