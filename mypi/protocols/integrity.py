"""The integrity API (PEP 740): the provenance of a file, found by the file's name.

The same bytes lie beside the file, at its URL and `.provenance`; that is where pages point to.
"""

from flask import Blueprint, Response, request

from mypi.errors import NotAcceptable, PagesMissing
from mypi.http.actor import current_actor
from mypi.http.conditional import Caching, send_file
from mypi.http.owners import index_name
from mypi.parts import parts
from mypi.registry import file_view, permissions
from mypi.registry.actors import Actor, nobody
from mypi.registry.permissions import Right
from mypi.standards import names, provenance
from mypi.standards.sidecars import Sidecar

blueprint = Blueprint("integrity", __name__)
OFFERED = (provenance.CONTENT_TYPE, "application/json")


@blueprint.get("/integrity/<project>/<version>/<filename>/provenance")
@blueprint.get("/<owner:owner>/<name>/+integrity/<project>/<version>/<filename>/provenance")
def show(project: str, version: str, filename: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer the provenance of a file to whoever may read the file."""
    full_name = index_name(owner, name, parts().settings.default_index)
    normalized = names.normalize(project)
    index = permissions.enter(_reader(full_name), full_name, Right.READ, normalized)
    sha256 = file_view.attested_file(index, normalized, version, filename)
    place = parts().tree.index(index).beside(sha256, filename, Sidecar.PROVENANCE)
    cache = Caching.PAGE if index.is_public else Caching.PRIVATE_PAGE
    try:
        return send_file(place, content_type=_accepted(), cache=cache, vary=["Accept"])
    except FileNotFoundError as error:
        raise PagesMissing from error


def _reader(full_name: str) -> Actor:
    # Who reads a public index makes no difference, and so is not looked at: the answer varies by no cookie.
    return nobody("", "") if parts().tree.public(full_name) else current_actor()


def _accepted() -> str:
    if not request.accept_mimetypes:
        return OFFERED[0]
    best = request.accept_mimetypes.best_match(OFFERED)
    if best is None:
        raise NotAcceptable(asked=request.headers.get("Accept", ""), offered=", ".join(OFFERED))
    return best
