"""The JSON API: what there is to know of a project and its releases, as mirrors, Poetry and scripts ask; and sizes.

No standard describes it; PyPI answers it at the same paths. What it says is rendered when it is asked for, as it holds
whole addresses, and not at all for a client that holds it already.
"""

import gzip
from urllib.parse import quote

from flask import Blueprint, Response, request

import mypi
from mypi.errors import InvalidProjectName, NotAcceptable
from mypi.http import failures
from mypi.http.addresses import address_of, root_address
from mypi.http.conditional import etag_from, is_held, send_bytes
from mypi.http.cross_origin import share
from mypi.http.owners import index_name
from mypi.http.reader import reader
from mypi.http.redirects import moved_permanently
from mypi.parts import parts
from mypi.publishing.paths import file_url
from mypi.registry import release_facts, sizes
from mypi.registry.release_facts import Standing
from mypi.standards import names, negotiation, project_json
from mypi.standards.project_json import Addresses, DescribedProject, ReleasedFile

blueprint = Blueprint("json_api", __name__)
blueprint.before_request(failures.answer_in_json)
LEVEL = 1  # of gzip: compressed for each answer, which a higher level makes many times slower and hardly smaller


@blueprint.get("/pypi/<project>/json")
@blueprint.get("/pypi/<project>/json/")
@blueprint.get("/pypi/<project>/<version>/json")
@blueprint.get("/pypi/<project>/<version>/json/")
@blueprint.get("/<owner:owner>/<name>/pypi/<project>/json")
@blueprint.get("/<owner:owner>/<name>/pypi/<project>/json/")
@blueprint.get("/<owner:owner>/<name>/pypi/<project>/<version>/json")
@blueprint.get("/<owner:owner>/<name>/pypi/<project>/<version>/json/")
def describe(project: str, version: str = "", owner: str | None = None, name: str | None = None) -> Response:
    """Answer what is known of a project, or of one release; another spelling of its name is redirected."""
    if elsewhere := _normalized_path(project, version):
        return moved_permanently(elsewhere)
    return _answer(index_name(owner, name, parts().settings.default_index), project, version)


@blueprint.get("/stats/")
def stats() -> Response:
    """Answer how much room the largest projects of the default index take, and all of them."""
    if not request.accept_mimetypes.accept_json and request.accept_mimetypes:
        raise NotAcceptable(asked=request.headers["Accept"], offered=failures.JSON)
    full_name = parts().settings.default_index
    actor, cache = reader(is_public=parts().tree.public(full_name) is not None)
    standing, found = sizes.measure(actor, full_name, unless=lambda standing: is_held(etag_from(standing)))
    return send_bytes(
        project_json.sizes(found.largest, found.total) if found else b"",
        content_type=failures.JSON,
        cache=cache,
        etag=etag_from(standing),
        vary=["Accept"],
    )


@blueprint.after_request
def share_what_is_public(response: Response) -> Response:
    """Let scripts of other sites read what everyone may read, also that there is no such project."""
    asked = request.view_args or {}
    is_public = (
        parts().tree.public(index_name(asked.get("owner"), asked.get("name"), parts().settings.default_index))
        is not None
    )
    return share(response) if is_public and response.status_code != 401 else response


def _answer(full_name: str, project: str, version: str) -> Response:
    actor, cache = reader(is_public=parts().tree.public(full_name) is not None)
    gzipped = negotiation.accepts_gzip(request.headers.get("Accept-Encoding"))

    def etag(standing: Standing) -> str:
        return etag_from(standing, version, gzipped, root_address(parts().settings.base_url), mypi.__version__)

    standing, described = release_facts.describe(
        actor, full_name, project, version, unless=lambda standing: is_held(etag(standing))
    )
    body = _rendered(standing.index, described) if described else b""
    return send_bytes(
        gzip.compress(body, LEVEL, mtime=0) if gzipped else body,
        content_type=failures.JSON,
        cache=cache,
        etag=etag(standing),
        encoding="gzip" if gzipped else None,
        vary=["Accept-Encoding"],
        headers={"X-PyPI-Last-Serial": str(standing.serial)},
    )


def _normalized_path(project: str, version: str) -> str:
    """Return the relative path to the same answer under the normalized name, or nothing when it is asked for by it."""
    try:
        normalized = names.normalize(project)
    except InvalidProjectName:
        return ""  # Whether there is such a project is not for everyone to know.
    if normalized == project:
        return ""
    below = [normalized, *([quote(version, safe="+!")] if version else []), "json"]
    slash = "/" if request.path.endswith("/") else ""
    return "../" * (len(below) - 1 + len(slash)) + "/".join(below) + slash


def _rendered(full_name: str, described: DescribedProject) -> bytes:
    settings = parts().settings
    owner, _, index = full_name.partition("/")
    by_default = full_name == settings.default_index
    here = {} if by_default else {"owner": owner, "name": index}
    root = root_address(settings.base_url) + ("" if by_default else f"{full_name}/")

    def file(released: ReleasedFile) -> str:
        below = file_url(full_name, settings.default_index, released.sha256, released.filename)
        return root + below.removeprefix("../../")

    page = {"project": described.normalized_name, **here}
    addresses = Addresses(
        project=address_of(settings.base_url, "project.show", **page),
        release=address_of(settings.base_url, "project.show", version=described.version, **page),
        file=file,
    )
    return project_json.document(described, addresses)
