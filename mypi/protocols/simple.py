"""The Simple repository API: the list of projects, a project's page, and the files they link to.

Specification: "Simple repository API" (PEP 503, 691, 700, 714, 792). What a public index answers is read from the
published tree without asking a database; for the rest the actor is asked about first, then the same tree is read.
"""

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from mypi.errors import NoSuchFile, NoSuchProject, PagesMissing
from mypi.http.actor import current_actor
from mypi.http.conditional import Caching, send_bytes, send_file, set_caching
from mypi.parts import parts
from mypi.publishing import reading
from mypi.publishing.paths import IndexPaths
from mypi.registry import index_view, permissions
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names, negotiation
from mypi.standards.negotiation import Representation

blueprint = Blueprint("simple", __name__)
VARY = ("Accept", "Accept-Encoding")
METADATA = ".metadata"


def index_name(owner: str | None, name: str | None) -> str:
    """Return the index that a URL means: one by name, or the default index."""
    return f"{owner}/{name}" if owner else parts().settings.default_index


@blueprint.get("/simple/")
@blueprint.get("/<owner:owner>/<name>/+simple/")
def project_list(owner: str | None = None, name: str | None = None) -> Response:
    """Answer the list of projects, of those that the actor may read."""
    full_name = index_name(owner, name)
    representation = _representation()
    try:
        if paths := parts().tree.public(full_name):
            return _send_page(paths.list_folder, representation, Caching.PAGE)
        actor = current_actor()
        index = permissions.enter_some(actor, full_name, Right.READ)
        if permissions.allows(actor, Right.READ, index):
            return _send_page(parts().tree.index(index).list_folder, representation, Caching.PRIVATE_PAGE)
    except FileNotFoundError as error:  # every index has a list as soon as it is rendered
        raise PagesMissing from error
    return _partial_list(index, permissions.patterns(actor, Right.READ, index), representation)


def _partial_list(index: Index, held: frozenset[str], representation: Representation) -> Response:
    """Answer a list that differs from one reader to the next, and so is no file."""
    readable = tuple(
        project for project in index_view.project_names(index) if permissions.matches(held, project.normalized_name)
    )
    body = reading.partial_list(readable, representation)
    serial = str(max((project.serial for project in readable), default=0))
    return send_bytes(
        body,
        content_type=representation.value,
        cache=Caching.PRIVATE_PAGE,
        vary=VARY,
        headers={"X-PyPI-Last-Serial": serial},
    )


@blueprint.get("/simple/<project>/")
@blueprint.get("/<owner:owner>/<name>/+simple/<project>/")
@blueprint.get("/+simple/<project>/")  # hatch looks for what is there below the URL it uploads to
@blueprint.get("/legacy/+simple/<project>/")
@blueprint.get("/pypi/+simple/<project>/")
def project_page(project: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer a project's page; a name that is not normalized is redirected to the one that is."""
    normalized = names.normalize(project)
    if normalized != project:
        return _moved(f"../{normalized}/")
    representation = _representation()
    paths, cache = _readable(index_name(owner, name), normalized)
    try:
        return _send_page(paths.project_folder(normalized), representation, cache)
    except FileNotFoundError as error:
        if not parts().tree.is_there():
            raise PagesMissing from error
        raise NoSuchProject(project=project, index=index_name(owner, name)) from error


@blueprint.get("/simple")
@blueprint.get("/<owner:owner>/<name>/+simple")
@blueprint.get("/simple/<project>")
@blueprint.get("/<owner:owner>/<name>/+simple/<project>")
def without_slash(project: str | None = None, **_index: str) -> Response:
    """Redirect to the form with a slash, to which every relative link belongs."""
    return _moved(f"{names.normalize(project)}/" if project else request.path.rpartition("/")[2] + "/")


@blueprint.get("/packages/<digits3>/<digits13>/<filename>")
@blueprint.get("/legacy/packages/<digits3>/<digits13>/<filename>")  # relative links of the pages below upload URLs
@blueprint.get("/pypi/packages/<digits3>/<digits13>/<filename>")
@blueprint.get("/<owner:owner>/<name>/+f/<digits3>/<digits13>/<filename>")
@blueprint.get("/<owner:owner>/<name>/packages/<digits3>/<digits13>/<filename>")
def file(digits3: str, digits13: str, filename: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer a distribution file, or beside it its core metadata. Its URL holds its digest and never means another."""
    full_name = index_name(owner, name)
    paths, cache = parts().tree.public(full_name), Caching.IMMUTABLE
    if paths is None:
        paths, cache = parts().tree.index(_index_of_file(full_name, filename)), Caching.PRIVATE_IMMUTABLE
    place = reading.file(paths, digits3, digits13, filename)
    kind = "text/plain; charset=utf-8" if filename.endswith(METADATA) else "application/octet-stream"
    if place is not None:
        with suppress(FileNotFoundError):
            return send_file(place, content_type=kind, cache=cache)
    index, distribution = _index_of_file(full_name, filename), filename.removesuffix(METADATA)
    raise index_view.why_missing(index, digits3 + digits13, distribution, metadata=distribution != filename)


def _index_of_file(full_name: str, filename: str) -> Index:
    """Return the index when the actor may read the project that the file belongs to."""
    actor = current_actor()
    index = permissions.enter_some(actor, full_name, Right.READ)
    project = index_view.project_name_of(index, filename.removesuffix(METADATA))
    if project is None or not permissions.allows(actor, Right.READ, index, project):
        if permissions.allows(actor, Right.READ, index):
            return index
        raise NoSuchFile(filename=filename, index=full_name)
    return index


def _readable(full_name: str, project: names.NormalizedName) -> tuple[IndexPaths, Caching]:
    if paths := parts().tree.public(full_name):
        return paths, Caching.PAGE
    index = permissions.enter(current_actor(), full_name, Right.READ, project)
    return parts().tree.index(index), Caching.PRIVATE_PAGE


def _representation() -> Representation:
    return negotiation.choose(request.headers.get("Accept"), request.args.get("format"))


def _send_page(folder: Path, representation: Representation, cache: Caching) -> Response:
    gzipped = negotiation.accepts_gzip(request.headers.get("Accept-Encoding"))
    return send_file(
        reading.page(folder, representation, gzipped=gzipped),
        content_type=representation.value,
        cache=cache,
        encoding="gzip" if gzipped else None,
        vary=VARY,
        headers={"X-PyPI-Last-Serial": reading.serial(folder)},
    )


def _moved(location: str) -> Response:
    query = urlencode(list(request.args.items(multi=True)))
    response = Response(status=301)
    response.headers["Location"] = location + (f"?{query}" if query else "")
    return set_caching(response, Caching.PAGE, ["Accept"])
