"""Feeds: what is new in an index and in a project, at PyPI's paths for the default index, and below each index as RSS;
and what happened in an index, as Atom.

Specifications: the RSS board's "RSS 2.0"; RFC 4287.
"""

from flask import Blueprint, Response

from mypi.errors import InvalidProjectName
from mypi.http.addresses import address_of
from mypi.http.conditional import Caching, send_bytes
from mypi.http.owners import index_name
from mypi.http.reader import reader
from mypi.http.redirects import moved_permanently
from mypi.parts import parts
from mypi.registry import journal, news
from mypi.registry.actors import Actor
from mypi.registry.journal import Change
from mypi.registry.news import News, Novelty
from mypi.standards import atom, names, rss
from mypi.standards.atom import AtomEntry, AtomFeed
from mypi.standards.rss import Feed, FeedItem

blueprint = Blueprint("feeds", __name__)
XML = "text/xml; charset=utf-8"


@blueprint.get("/rss/updates.xml")
@blueprint.get("/<owner:owner>/<name>/+rss/updates.xml")
def updates(owner: str | None = None, name: str | None = None) -> Response:
    """Answer the newest releases of an index."""
    full_name, actor, cache = _asked(owner, name)
    found = news.newest_releases(actor, full_name)
    title = f"Newest releases in {found.index}"
    return _answer(Feed(title, _index_page(found.index), title, _releases(found)), cache)


@blueprint.get("/rss/packages.xml")
@blueprint.get("/<owner:owner>/<name>/+rss/packages.xml")
def projects(owner: str | None = None, name: str | None = None) -> Response:
    """Answer the newest projects of an index."""
    full_name, actor, cache = _asked(owner, name)
    found = news.newest_projects(actor, full_name)
    title = f"Newest projects in {found.index}"
    items = tuple(_item(found.index, one, f"{one.display_name} added to {found.index}", "") for one in found.items)
    return _answer(Feed(title, _index_page(found.index), title, items), cache)


@blueprint.get("/rss/project/<project>/releases.xml")
@blueprint.get("/<owner:owner>/<name>/+rss/project/<project>/releases.xml")
def releases(project: str, owner: str | None = None, name: str | None = None) -> Response:
    """Answer the newest releases of a project; another spelling of its name is redirected."""
    if elsewhere := _normalized_path(project):
        return moved_permanently(elsewhere)
    full_name, actor, cache = _asked(owner, name)
    found = news.releases_of(actor, full_name, project)
    title = f"Releases of {found.project} in {found.index}"
    return _answer(Feed(title, _project_page(found.index, project), title, _releases(found)), cache)


@blueprint.get("/<owner:owner>/<name>/+events.atom")
def changes(owner: str, name: str) -> Response:
    """Answer what happened of late in an index to what the reader may read."""
    full_name, actor, cache = _asked(owner, name)
    found = journal.newest(actor, full_name)
    within = dict(zip(("owner", "name"), found.index.split("/"), strict=True))
    address = address_of(parts().settings.base_url, "feeds.changes", **within)
    entries = tuple(_entry(found.index, address, one) for one in found.items)
    title = f"Changes in {found.index}"
    feed = AtomFeed(address, title, found.index, _index_page(found.index), found.changed_at, entries)
    return send_bytes(atom.document(feed), content_type=atom.CONTENT_TYPE, cache=cache)


def _entry(index: str, address: str, one: Change) -> AtomEntry:
    link = _project_page(index, one.project) if one.is_there else _index_page(index)
    title = f"{' '.join(filter(None, (one.project, one.version)))}: {', '.join(one.actions)}"
    return AtomEntry(f"{address}#{one.serial}", title, link, one.time)


def _asked(owner: str | None, name: str | None) -> tuple[str, Actor, Caching]:
    """Return the index that a URL means, who asks, and how long the answer may be kept."""
    full_name = index_name(owner, name, parts().settings.default_index)
    return full_name, *reader(is_public=parts().tree.public(full_name) is not None)


def _answer(feed: Feed, cache: Caching) -> Response:
    return send_bytes(rss.document(feed), content_type=XML, cache=cache)


def _releases(found: News) -> tuple[FeedItem, ...]:
    return tuple(_item(found.index, one, f"{one.display_name} {one.version}", one.version) for one in found.items)


def _item(index: str, one: Novelty, title: str, version: str) -> FeedItem:
    link = _project_page(index, one.normalized_name, version)
    return FeedItem(title, link, one.summary, one.author_email, one.time)


def _index_page(index: str) -> str:
    return address_of(parts().settings.base_url, "browse.index", **_within(index))


def _project_page(index: str, project: str, version: str = "") -> str:
    wanted = {"version": version} if version else {}
    return address_of(parts().settings.base_url, "project.show", project=project, **_within(index), **wanted)


def _within(index: str) -> dict[str, str]:
    owner, _, name = index.partition("/")
    return {} if index == parts().settings.default_index else {"owner": owner, "name": name}


def _normalized_path(project: str) -> str:
    """Return the relative path to the same feed under the normalized name, or nothing when it is asked for by it."""
    try:
        normalized = names.normalize(project)
    except InvalidProjectName:
        return ""  # Whether there is such a project is not for everyone to know.
    return "" if normalized == project else f"../{normalized}/releases.xml"
