"""Documentation of releases, as their uploaders made it: pages that are somebody else's, and are trusted with nothing.

They have a path of their own and a sandbox: no script runs, no form is sent, nothing is loaded from elsewhere, and no
answer sets a cookie.
"""

import mimetypes
from urllib.parse import quote

from flask import Blueprint, Response, request

from mypi.errors import NoSuchPageOfDocumentation
from mypi.http.actor import current_actor
from mypi.http.conditional import Caching, send_file
from mypi.http.redirects import moved_permanently
from mypi.http.security_headers import set_sandbox_of_pages
from mypi.parts import parts
from mypi.publishing import reading
from mypi.registry import documented

blueprint = Blueprint("documentation", __name__)
blueprint.after_request(set_sandbox_of_pages)

LATEST = "latest"
OTHER = "application/octet-stream"
TYPES = mimetypes.MimeTypes()  # Python's own table: what this machine makes of the ends of names is no matter


@blueprint.get("/<owner:owner>/<name>/+doc/<project>/<version>/")
@blueprint.get("/<owner:owner>/<name>/+doc/<project>/<version>/<path:page>")
def show(owner: str, name: str, project: str, version: str, page: str = "") -> Response:
    """Answer a page of the documentation of a release; `latest` is the newest release that has any.

    Raises what `documented.find` does, NoSuchPageOfDocumentation.
    """
    found = documented.find(current_actor(), f"{owner}/{name}", project, "" if version == LATEST else version)
    paths = parts().tree.index(found.index)
    place = reading.documentation_page(paths, found.project, found.version, found.sha256, page)
    if place is None:
        if reading.documentation_page(paths, found.project, found.version, found.sha256, f"{page}/"):
            # Begins with './': what stands before a colon in a name that somebody chose is no scheme.
            return moved_permanently(f"./{quote(request.path.rpartition('/')[2], safe='')}/")
        raise NoSuchPageOfDocumentation(project=project, version=found.version, page=page)
    kind, coding = TYPES.guess_type(place.name)
    # A page says itself which letters it is written in, where it is not UTF-8.
    text = kind is not None and kind.startswith("text/") and kind != "text/html"
    content_type = OTHER if kind is None or coding else f"{kind}; charset=utf-8" if text else kind
    return send_file(place, content_type=content_type, cache=Caching.PRIVATE_PAGE)
