"""The Simple API for whom `published` leaves over: private indexes, partial lists, redirects, and what is not there.

The actor is asked about first, then the same tree is read. That a public index has no such project is said without a
database, as what it has is, but while the pages are made: installers ask each index for every name.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, g, request

from mypi.errors import NoSuchFile, NoSuchProject, PagesMissing
from mypi.http.actor import current_actor, proven_sender
from mypi.http.asking import INSTALLER_READS
from mypi.http.conditional import Caching, send_bytes, set_caching
from mypi.http.owners import index_name
from mypi.parts import parts
from mypi.protocols.simple import answers, urls
from mypi.protocols.simple.answers import VARY
from mypi.publishing import reading
from mypi.publishing.paths import IndexPaths
from mypi.registry import file_view, index_view, indexes, permissions
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names, sidecars
from mypi.standards.negotiation import Representation

blueprint = Blueprint("simple", __name__)
View = Callable[..., Response]


def at(rules: tuple[str, ...], **options: Any) -> Callable[[View], View]:
    """Route a view at each of these rules, for GET and HEAD."""

    def route(view: View) -> View:
        for rule in rules:
            blueprint.add_url_rule(rule, view_func=view, **options)
        return view

    return route


@blueprint.before_request
def note_key() -> None:
    """Read the key to admit readers with, before the database is asked for anything: `publishing.readers` says why."""
    if "Authorization" in request.headers:
        g.readers_key = parts().readers.key()


def _admit(actor: Actor, index: Index) -> None:
    """Let Apache answer who may read the whole of an index that others may not, and has just proven who they are."""
    sender, key = proven_sender(), g.get("readers_key", "")
    if sender and key and not index.is_public and permissions.allows(actor, Right.READ, index):
        parts().readers.admit(key, index.full_name, sender, until=actor.token.expires_at if actor.token else None)


@at(urls.LIST)
def project_list(owner: str | None = None, name: str | None = None) -> Response:
    """Answer the list of projects, of those that the actor may read."""
    representation = answers.representation(request)
    actor = current_actor()
    index = permissions.enter_some(actor, index_name(owner, name, parts().settings.default_index), Right.READ)
    if not permissions.allows(actor, Right.READ, index):
        return _partial_list(index, permissions.patterns(actor, Right.READ, index), representation)
    _admit(actor, index)
    try:
        folder = parts().tree.index(index).list_folder
        return answers.page(request, folder, representation, _page_caching(index)).response()
    except FileNotFoundError as error:  # every index has a list as soon as it is rendered
        raise PagesMissing from error


def _partial_list(index: Index, held: frozenset[str], representation: Representation) -> Response:
    """Answer a list that differs from one reader to the next, and so is no file."""
    readable = tuple(
        project for project in index_view.project_names(index) if permissions.matches(held, project.normalized_name)
    )
    body = reading.partial_list(readable, representation, parts().tree.api_version)
    serial = str(max((project.serial for project in readable), default=0))
    return send_bytes(
        body,
        content_type=representation.value,
        cache=Caching.PRIVATE_PAGE,
        vary=VARY,
        headers={"X-PyPI-Last-Serial": serial},
    )


@at(urls.PROJECT)
def project_page(project: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer a project's page; a name that is not normalized is redirected to the one that is."""
    normalized = names.normalize(project)
    if normalized != project:
        return _moved(f"../{normalized}/")
    representation = answers.representation(request)
    full_name = index_name(owner, name, parts().settings.default_index)
    paths, cache = _readable(full_name, normalized)
    try:
        return answers.page(request, paths.project_folder(normalized), representation, cache).response()
    except FileNotFoundError as error:
        if not parts().tree.is_there() and index_view.project_names(indexes.get(full_name), [normalized]):
            raise PagesMissing from error
        raise NoSuchProject(project=project, index=full_name) from error


@at(urls.WITHOUT_SLASH)
def without_slash(project: str | None = None, **_index: str) -> Response:
    """Redirect to the form with a slash, to which every relative link belongs."""
    return _moved(f"{names.normalize(project)}/" if project else request.path.rpartition("/")[2] + "/")


@at(urls.BARE_LIST + urls.BARE_PROJECT, methods=[INSTALLER_READS], strict_slashes=False)
def by_an_installer(name: str, project: str | None = None, **_owner: str) -> Response:
    """Redirect an installer that was given the address of an index, or of a project in it, as people have it."""
    here = request.path.endswith("/")
    if project is None:
        return _moved("+simple/" if here else f"{quote(name)}/+simple/", "User-Agent")
    return _moved(f"{'../' if here else ''}+simple/{names.normalize(project)}/", "User-Agent")


@at(urls.FILE)
def file(digits3: str, digits13: str, filename: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer a distribution file, or what is beside it. Its URL holds its digest and never means another."""
    distribution, sidecar = sidecars.split(filename)
    index = _index_of_file(index_name(owner, name, parts().settings.default_index), distribution)
    place = reading.file(parts().tree.index(index), digits3, digits13, filename)
    if place is not None:
        with suppress(FileNotFoundError):
            return answers.file(request, place, public=index.is_public).response()
    raise file_view.why_missing(index, digits3 + digits13, distribution, sidecar)


def _index_of_file(full_name: str, filename: str) -> Index:
    """Return the index when the actor may read the project that the file belongs to."""
    actor = current_actor()
    index = permissions.enter_some(actor, full_name, Right.READ)
    project = file_view.project_name_of(index, filename)
    if project is None or not permissions.allows(actor, Right.READ, index, project):
        if permissions.allows(actor, Right.READ, index):
            return index
        raise NoSuchFile(filename=filename, index=full_name)
    _admit(actor, index)
    return index


def _readable(full_name: str, project: names.NormalizedName) -> tuple[IndexPaths, Caching]:
    if paths := parts().tree.public(full_name):
        return paths, Caching.PAGE
    actor = current_actor()
    index = permissions.enter(actor, full_name, Right.READ, project)
    _admit(actor, index)
    return parts().tree.index(index), _page_caching(index)


def _page_caching(index: Index) -> Caching:
    return Caching.PAGE if index.is_public else Caching.PRIVATE_PAGE


def _moved(location: str, *vary: str) -> Response:
    query = urlencode(list(request.args.items(multi=True)))
    response = Response(status=301)
    response.headers["Location"] = location + (f"?{query}" if query else "")
    return set_caching(response, Caching.PAGE, ["Accept", *vary])
