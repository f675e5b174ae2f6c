"""The headers that keep a browser from doing what a page does not need. On every answer, and written only here."""

from flask import Response

SANDBOX = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-downloads"
"""For all that is not a page for people: Simple pages, files, failures. Only a click on a file still does something."""

PAGE_FOR_PEOPLE = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Our own styles, pictures and forms; no script at all, and no picture that tells another server who reads here."""

PAGES_OF_OTHERS = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "sandbox allow-same-origin allow-downloads"
)
"""For documentation that somebody uploaded: it looks as it was made, and does nothing. It keeps its origin, as its own
pictures could not be loaded otherwise; without scripts and forms nothing in it can make use of that."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Forms over https are checked by the Referer that came with them: our own pages must go on to see it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}

IN_A_SANDBOX = {"Content-Security-Policy": SANDBOX, **_ALWAYS}
"""All of them, for an answer that does not come by way of Flask."""


def set_page_policy(response: Response) -> Response:
    """Let this answer be a page for people, and return it. For the `after_request` of a blueprint."""
    response.headers["Content-Security-Policy"] = PAGE_FOR_PEOPLE
    return response


def set_sandbox_of_pages(response: Response) -> Response:
    """Let this answer be a page of somebody else's, and return it. For the `after_request` of a blueprint."""
    response.headers["Content-Security-Policy"] = PAGES_OF_OTHERS
    response.headers.pop("Set-Cookie", None)
    return response


def set_security_headers(response: Response) -> Response:
    """Set the headers on any answer, and return it. For the application's `after_request`: it runs after a blueprint's.

    What is not marked as a page for people gets the sandbox, so that a forgotten mark shows as a page without style.
    """
    response.headers.setdefault("Content-Security-Policy", SANDBOX)
    response.headers.update(_ALWAYS)
    return response
