"""What the devpi client reads: the server, users, indexes, projects and releases, as JSON.

What the actor may not read is not listed, and asked for by name it is not there.
"""

from typing import Any
from urllib.parse import quote

from flask import Response, request

import mypi
from mypi.errors import NoSuchPage, NoSuchRelease, NoSuchUser
from mypi.http.actor import actor_by_password
from mypi.http.conditional import Caching, set_caching
from mypi.protocols.devpi import index_words, release_words
from mypi.protocols.devpi.answers import answer
from mypi.registry import index_settings, permissions, project_records, users
from mypi.registry.actors import Actor
from mypi.registry.index_settings import IndexSettings
from mypi.standards import versions


def status() -> Response:
    """Answer `devpi --version`: what answers here, and nothing of the machine it runs on."""
    return answer("status", {"versioninfo": {"mypi": mypi.__version__}})


def every_user() -> Response:
    """Answer `devpi use -l` and `devpi user -l`: the owners of what the actor may read, and who the actor is."""
    actor = actor_by_password()
    owned: dict[str, list[IndexSettings]] = {name: [] for name in _known_users(actor)}
    for index in index_settings.readable(actor):
        owned.setdefault(index.owner, []).append(index)
    return answer("list:userconfig", {name: _user(actor, name, found) for name, found in sorted(owned.items())})


def user(owner: str) -> Response:
    """Answer `devpi user NAME` and `devpi index -l NAME`."""
    actor = actor_by_password()
    owned = index_settings.readable(actor, owner.lower())
    if not owned and owner.lower() not in _known_users(actor):
        raise NoSuchUser(user=owner)
    return answer("userconfig", _user(actor, owner.lower(), owned))


def no_page(owner: str) -> Response:  # noqa: ARG001 - whatever is there: an owner has no page
    """Refuse whoever does not ask for JSON. Raises NoSuchPage."""
    raise NoSuchPage(path=request.path)


def index(owner: str, name: str) -> Response:
    """Answer `devpi index NAME` and `devpi list`; without the projects where the client does not want them."""
    actor, full_name = actor_by_password(), f"{owner}/{name}"
    found = index_settings.of_index(actor, full_name)
    projects = None if "no_projects" in request.args else index_settings.own_projects(actor, full_name)
    return answer("indexconfig", index_words.as_json(found, projects))


def project(owner: str, name: str, project: str) -> Response:
    """Answer `devpi list NAME`: each release by its version."""
    full_name = f"{owner}/{name}"
    own = "ignore_bases" in request.args
    recorded = project_records.of_project(actor_by_password(), full_name, project, own=own)
    return answer("projectconfig", {same[0].version: release_words.as_json(full_name, same) for same in recorded})


def release(owner: str, name: str, project: str, version: str) -> Response:
    """Answer what `devpi getjson` asks of one release."""
    full_name = f"{owner}/{name}"
    recorded = project_records.of_project(actor_by_password(), full_name, project, own=False)
    found = next((same for same in recorded if versions.are_same(same[0].version, version)), None)
    if found is None:
        raise NoSuchRelease(project=project, version=version)
    return answer("versiondata", release_words.as_json(full_name, found))


def refreshed(project: str, **_index: str) -> Response:
    """Answer `devpi refresh`: pages are rendered when something changes, so that there is nothing to do but to show."""
    response = Response(status=302)
    response.headers["Location"] = f"../{quote(project)}/"
    return set_caching(response, Caching.NO_STORE)


def _user(actor: Actor, name: str, owned: list[IndexSettings]) -> dict[str, Any]:
    said: dict[str, Any] = {"username": name}
    if name in _known_users(actor):
        known = users.get(name)
        said |= {"created": known.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "email": known.email}
        said |= {"title": known.title} if known.title else {}
    return said | {"indexes": {index.name: index_words.as_json(index) for index in owned}}


def _known_users(actor: Actor) -> list[str]:
    """Return the names of accounts that the actor is told: their own; every one to an administrator."""
    if permissions.is_administrator(actor):
        return [user.name for user in users.everyone()]
    return [] if actor.user_id is None else [actor.name]
