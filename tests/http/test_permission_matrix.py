"""The permission matrix: every route, by everybody, on a public, an authenticated and a private index.

A route without a row in `SURFACES` fails, so that none is added of which nobody has said who may use it. Each cell asks
and compares the answer with what `permission_cells.holds` says from the tables of who was given what.
"""

import io
import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any
from xmlrpc.client import dumps

import pytest

from mypi.registry.permissions import Right
from tests.http.permission_cells import (
    ACTORS,
    COVERED,
    NOWHERE,
    OTHER,
    Asked,
    Place,
    asked,
    holds,
    holds_some,
    token_allows,
)
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SECRET, at

INDEXES = (MAIN, INSIDE, SECRET)


class Surface(Enum):
    """What a route is about, and so who may use it."""

    OPEN = "the same for everybody; it names no project"
    EVERYWHERE = "for everybody; it names what they may read"
    LIST = "an index, for who may read something in it; it names what they may read"
    PROJECT = "a project, for who may read it"
    UPLOAD = "an act on a project, by who may upload to it"
    YANK = "an act on a project, by who may read it and yank"
    DELETE = "an act on a project, by who may read it and delete"
    REMOVE = "an act on a project, by who may delete"
    PROMOTE = "an act on a project, by who may read it and upload to it elsewhere"
    TELL = "about a project, by who is logged in and may read it, with no token or one to upload"
    MANAGE = "an act on a project, by who may manage it"
    INDEX = "an act on an index, by who may manage it"
    MANAGED = "about an index, for who manages something in it"
    SERVER = "about everything, for administrators"
    USER = "an act on a user, by themselves and by administrators"
    ACCOUNT = "one's own account, for who is logged in"


SURFACES = {
    "account.change_password": Surface.ACCOUNT,
    "account.log_in": Surface.OPEN,
    "account.log_out": Surface.OPEN,
    "account.login_form": Surface.OPEN,
    "account.password_form": Surface.ACCOUNT,
    "browse.how_to": Surface.OPEN,
    "browse.index": Surface.LIST,
    "browse.indexes": Surface.EVERYWHERE,
    "browse.search": Surface.EVERYWHERE,
    "devpi.api_of_index": Surface.LIST,
    "devpi.api_of_user": Surface.OPEN,
    "devpi.api_log_in": Surface.OPEN,
    "devpi.api_root": Surface.OPEN,
    "devpi.indexes_change": Surface.INDEX,
    "devpi.indexes_create": Surface.SERVER,
    "devpi.indexes_delete": Surface.INDEX,
    "devpi.push_push": Surface.PROMOTE,
    "devpi.reading_every_user": Surface.EVERYWHERE,
    "devpi.reading_index": Surface.LIST,
    "devpi.reading_no_page": Surface.OPEN,
    "devpi.reading_project": Surface.PROJECT,
    "devpi.reading_refreshed": Surface.OPEN,
    "devpi.reading_release": Surface.PROJECT,
    "devpi.reading_status": Surface.OPEN,
    "devpi.reading_user": Surface.EVERYWHERE,
    "devpi.removal_file": Surface.DELETE,
    "devpi.removal_project": Surface.REMOVE,
    "devpi.removal_release": Surface.REMOVE,
    "devpi.results_keep": Surface.TELL,
    "devpi.results_show": Surface.PROJECT,
    "devpi.users_change": Surface.USER,
    "devpi.users_create": Surface.SERVER,
    "devpi.users_delete": Surface.SERVER,
    "documentation.show": Surface.PROJECT,
    "events.of_index": Surface.MANAGED,
    "events.of_server": Surface.SERVER,
    "feeds.changes": Surface.LIST,
    "feeds.projects": Surface.LIST,
    "feeds.releases": Surface.PROJECT,
    "feeds.updates": Surface.LIST,
    "governing.delete_file": Surface.DELETE,
    "governing.delete_project": Surface.DELETE,
    "governing.delete_release": Surface.DELETE,
    "governing.promote": Surface.PROMOTE,
    "governing.set_maintainer": Surface.MANAGE,
    "governing.set_status": Surface.MANAGE,
    "governing.yank": Surface.YANK,
    "integrity.show": Surface.PROJECT,
    "json_api.describe": Surface.PROJECT,
    "json_api.stats": Surface.LIST,
    "legacy_upload.explain": Surface.OPEN,
    "legacy_upload.receive": Surface.UPLOAD,
    "project.download": Surface.PROJECT,
    "project.show": Surface.PROJECT,
    "reserved.listing": Surface.INDEX,
    "reserved.release": Surface.INDEX,
    "reserved.reserve": Surface.INDEX,
    "simple.by_an_installer": Surface.OPEN,
    "simple.file": Surface.PROJECT,
    "simple.project_list": Surface.LIST,
    "simple.project_page": Surface.PROJECT,
    "simple.without_slash": Surface.OPEN,
    "static": Surface.OPEN,
    "token_api.create": Surface.ACCOUNT,
    "token_api.listing": Surface.ACCOUNT,
    "token_api.revoke": Surface.ACCOUNT,
    "token_api.rotate": Surface.ACCOUNT,
    "tokens.create": Surface.ACCOUNT,
    "tokens.listing": Surface.ACCOUNT,
    "tokens.revoke": Surface.ACCOUNT,
    "tokens.rotate": Surface.ACCOUNT,
    "trusted_publishing.audience": Surface.OPEN,
    "trusted_publishing.discover": Surface.OPEN,
    "trusted_publishing.mint": Surface.OPEN,
    "trusted_publishing.mint_as_maturin_asks": Surface.OPEN,
    "xmlrpc.default_index": Surface.EVERYWHERE,
}
"""By endpoint, what it is about."""

ACTS = {
    Surface.UPLOAD: Right.UPLOAD,
    Surface.PROMOTE: Right.UPLOAD,
    Surface.TELL: Right.READ,
    Surface.YANK: Right.YANK,
    Surface.DELETE: Right.DELETE,
    Surface.REMOVE: Right.DELETE,
    Surface.MANAGE: Right.MANAGE,
    Surface.INDEX: Right.MANAGE,
}
UNREAD = {Surface.UPLOAD, Surface.REMOVE, Surface.INDEX}
"""Acts for which nobody is asked whether they may read as well."""

DONE = {200, 201, 302, 303}
JSON = {
    "devpi.indexes_change": ["title=The same title"],
    "devpi.users_change": {"title": "The same title"},
    "devpi.users_create": {"password": "a long password"},
}
ALLOWED_IN_VAIN = {
    "devpi.indexes_create": (409, "already exists"),
    "devpi.indexes_delete": (403, "is not volatile"),
    "devpi.results_show": (404, ": mypi.css'"),
    "devpi.users_create": (409, "already exists"),
    "devpi.users_delete": (404, "there is no user"),
    "documentation.show": (404, "there is no documentation"),
    "reserved.release": (404, "othing is reserved"),
    "reserved.reserve": (400, "is not a holder of a name"),
    "integrity.show": (404, "uploaded without attestations"),
}
"""What whoever is allowed to is told, as what they ask for is not there, or there already."""


def sent(place: Place, one: Asked, who: str, csrf: str) -> dict[str, Any]:
    """Return what a request brings: a query or a form with which it would do its work."""
    *_, filename = place.address(one.project)
    confirmed = {"delete_file": filename, "delete_release": place.version(one.project), "delete_project": one.project}
    part, _, name = one.rule.endpoint.partition(".")
    if one.rule.endpoint == "browse.search":
        return {"query_string": {"q": "o"}}
    if part == "legacy_upload" and one.method == "POST":
        body = builders.wheel(one.project, place.version(one.project))[1]
        form = {":action": "file_upload", "name": one.project, "content": (io.BytesIO(body), filename)}
        return {"data": form, "content_type": "multipart/form-data"}
    if part == "xmlrpc":
        return {"data": dumps((), "list_packages"), "content_type": "text/xml"}
    if one.rule.endpoint == "token_api.create":
        return {"json": {}}
    if part == "devpi" and one.method.partition(" ")[0] != "GET":
        said = JSON.get(one.rule.endpoint, {"user": f"no {who}", "password": "wrong"} if name == "api_log_in" else {})
        if name == "push_push":
            said = {"name": one.project, "version": place.version(one.project), "targetindex": one.index}
        return {"json": said, "query_string": {"force": ""}}
    if one.method != "POST":
        return {}
    form = {"csrf_token": csrf, "filename": filename, "version": place.version(one.project), "yanked": "yes"}
    form |= {"user": "stranger", "maintains": "no", "pattern": "acme-nothing", "target": one.index}
    return {"data": form | {"name": f"no {who}", "status": "active", "confirmation": confirmed.get(name, "")}}


def expected(surface: Surface, who: str, one: Asked) -> str:
    """Return how a request is answered: done, login, denied, hidden, or any for what everybody may ask."""
    if surface in {Surface.OPEN, Surface.EVERYWHERE}:
        return "any"
    if surface is Surface.ACCOUNT:
        return "login" if who == "" else "any"
    if surface in {Surface.SERVER, Surface.USER}:
        allowed = {"admin", "stranger"} if surface is Surface.USER else {"admin"}
        return "done" if who in allowed else "login" if who == "" else "denied"
    project = None if surface in {Surface.INDEX, Surface.MANAGED} else one.project
    reads = holds(who, Right.READ, project, one.index)
    reads_some = holds_some(who, Right.READ, one.index)
    if surface is Surface.LIST:
        granted = reads_some
    elif surface is Surface.MANAGED:
        granted = holds_some(who, Right.MANAGE, one.index)
    elif surface is Surface.PROJECT:
        granted = reads
    else:
        granted = (
            (surface is not Surface.TELL or (who != "" and token_allows(who, Right.UPLOAD, project)))
            and holds(who, ACTS[surface], project, one.index)
            and (reads or surface in UNREAD)
        )
    if granted:
        return "done"
    if who == "":
        return "login"
    if surface in UNREAD and not (project and reads_some) and holds_some(who, ACTS[surface], one.index):
        return "denied"  # who may do it to another project knows of the index
    return "denied" if reads and surface is not Surface.PROJECT else "hidden"


def answered(answer: Any, one: Asked) -> str:
    """Return the same of an answer."""
    status, words = ALLOWED_IN_VAIN.get(one.rule.endpoint, (0, ""))
    if answer.status_code == status and words in body(answer):
        return "done"
    if answer.status_code == 401 or (answer.status_code == 302 and "+login" in answer.location):
        return "login"
    if answer.status_code == 404:
        return "hidden"
    return {403: "denied"}.get(answer.status_code, "done" if answer.status_code in DONE else str(answer.status_code))


def names_shown(text: str, one: Asked) -> set[str]:
    """Return which projects an answer names, apart from the one that was asked about."""
    return {name for name in (COVERED, OTHER) if name in text} - ({one.project} if one.rule.arguments else set())


def form_token(client: Any) -> str:
    """Return the token of a form, and let the client keep its cookie."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/+login").text)
    return found.group(1) if found else ""


def body(answer: Any) -> str:
    """Return the body of an answer; the bytes of a file as they come."""
    text: str = answer.get_data().decode("utf-8", "replace")
    return text


def in_other_words(text: str, one: Asked, place: Place) -> str:
    """Return an answer without what it was asked about."""
    for word in (one.path(place), place.address(one.project)[2], one.project, one.index, one.index.partition("/")[2]):
        text = text.replace(word, "…")
    return re.sub(r"[\w.-]{80,}", "…", text)  # the token of a form


def wrong_cells(place: Place, one: Asked, surface: Surface) -> Iterator[str]:
    """Yield what is wrong with the answers to everybody."""
    seen = set()
    for who in ACTORS:
        client = place.client(who)
        csrf = form_token(client) if one.method == "POST" else ""
        answer = one.send(place, client, **sent(place, one, who, csrf))
        cell = f"{one.method} {one.path(place)} by {who or 'nobody'}"
        wanted, found = expected(surface, who, one), answered(answer, one)
        if wanted not in {found, "any"}:
            yield f"{cell}: {answer.status_code}, not {wanted}"
        if answer.status_code >= 500:
            yield f"{cell}: {answer.status_code}"
        readable = {name for name in (COVERED, OTHER) if holds(who, Right.READ, name, one.index)}
        leaked = names_shown(body(answer), one) - readable - {one.project if one.method == "POST" else ""}
        if leaked and (surface is not Surface.EVERYWHERE or one.rule.endpoint == "xmlrpc.default_index"):
            yield f"{cell}: names {leaked}"
        if found == "hidden" and one.is_named:
            yield from unlike_absent(place, one, client, csrf, answer, cell, who)
        if surface is Surface.OPEN:
            seen.add(answer.status_code)
        if found == "done" and surface in {Surface.DELETE, Surface.REMOVE}:
            place.put_back(one.project)
    if len(seen) > 1:
        yield f"{one.method} {one.rule.rule}: {seen} is not the same for everybody"


def unlike_absent(place: Place, one: Asked, client: Any, csrf: str, answer: Any, cell: str, who: str) -> Iterator[str]:
    """Yield when an answer about what is hidden differs from the one about what is not there."""
    knows = holds_some(who, Right.READ, one.index)
    index, project = (one.index, f"{one.project}-nothing") if knows else (NOWHERE, one.project)
    twin = Asked(one.rule, one.method, index, project, one.beside)
    absent = twin.send(place, client, **sent(place, twin, who, csrf))
    told = [(each.status_code, in_other_words(body(each), of, place)) for each, of in ((answer, one), (absent, twin))]
    if told[0] != told[1]:
        yield f"{cell}: {told[0]} is not what is said of {index}/{project}: {told[1]}"


@pytest.fixture(params=INDEXES)
def place(request, peopled_template, tmp_path) -> Iterator[Place]:
    """An installation whose default index is public, authenticated or private: its short URLs mean that one."""
    with at(peopled_template, tmp_path / "data", default_index=request.param) as peopled:
        (peopled.data / "mypi.toml").write_text(f'default_index = "{request.param}"\n')  # for the check afterwards
        peopled.installation.publisher.start()
        yield Place.filled(peopled)


def test_every_route_says_who_may_use_it(peopled):
    assert {rule.endpoint for rule in peopled.app.url_map.iter_rules()} == set(SURFACES)


@pytest.mark.timeout(600)
def test_everybody_is_answered_by_what_they_hold_and_what_one_may_not_know_of_looks_like_nothing(place):
    cells = list(asked(place.peopled.app.url_map.iter_rules(), place.index))
    wrong = [line for one in cells for line in wrong_cells(place, one, SURFACES[one.rule.endpoint])]
    assert not wrong, "\n".join(wrong[:40])
    assert len(cells) * len(ACTORS) > 1500


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("index", INDEXES)
def test_what_lists_and_search_name_is_what_one_may_read(filled, who, index):
    readable = {name for name in (COVERED, OTHER) if holds(who, Right.READ, name, index)}
    client, owner_and_name = filled.client(who), index
    questions: dict[str, Callable[[], Any]] = {
        "the list": lambda: client.get(f"/{owner_and_name}/+simple/"),
        "the page of the index": lambda: client.get(f"/{owner_and_name}/"),
        "the feed of updates": lambda: client.get(f"/{owner_and_name}/+rss/updates.xml"),
        "the feed of projects": lambda: client.get(f"/{owner_and_name}/+rss/packages.xml"),
    }
    for question, ask in questions.items():
        text = ask().text
        assert {name for name in (COVERED, OTHER) if name in text} == readable, question
    found = client.get("/+search", query_string={"q": "zebra"}).text
    assert (f"{index}<" in found) == (COVERED in readable)
    known = {name for name in INDEXES if holds_some(who, Right.READ, name)}
    assert {name for name in INDEXES if f">{name}<" in client.get("/+indexes").text} == known


@pytest.fixture(scope="module")
def filled(peopled_template, tmp_path_factory) -> Iterator[Place]:
    """An installation with both projects in each index, for questions that change nothing."""
    with at(peopled_template, tmp_path_factory.mktemp("matrix") / "data") as peopled:
        yield Place.filled(peopled)
