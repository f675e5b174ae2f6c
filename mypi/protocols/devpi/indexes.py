"""What the devpi client does to indexes: `devpi index -c`, `devpi index NAME key=value`, `devpi index --delete`."""

from typing import Any

from flask import Response

from mypi.errors import InvalidValue, NoSuchIndex, UnknownBase
from mypi.http.actor import actor_by_password
from mypi.http.json_body import posted_json
from mypi.parts import parts
from mypi.protocols.devpi import index_words
from mypi.protocols.devpi.answers import answer, done
from mypi.registry import index_settings, indexes, indexing, permissions, users
from mypi.registry.actors import Actor
from mypi.registry.indexes import IndexKind, Visibility
from mypi.registry.permissions import Right

KINDS = {word: IndexKind(kind) for kind, word in index_words.TYPES.items()}


def create(owner: str, name: str) -> Response:
    """Create an index. Raises what `indexing.create_index` does, UnknownSetting, UnknownBase."""
    actor, full_name = actor_by_password(), f"{owner}/{name}"
    asked = index_words.read(posted_json(), {})
    asked.setdefault("volatile", True)
    asked.setdefault("acl_upload", [owner] if users.find(owner) else [])
    if "type" in asked:
        asked["kind"] = _chosen(KINDS, asked.pop("type"), "type of an index")
    seen = asked.pop("visibility", parts().settings.devpi_visibility)
    visibility = _chosen({one.value: one for one in Visibility}, seen, "visibility")
    _act(indexing.create_index, full_name, actor, full_name, visibility, **_meant(asked))
    return _as_it_is(actor, full_name)


def change(owner: str, name: str) -> Response:
    """Change an index. Raises what `indexing.change_index` does, UnknownSetting, UnknownBase."""
    actor, full_name = actor_by_password(), f"{owner}/{name}"
    index = permissions.enter(actor, full_name, Right.MANAGE)
    now = index_words.as_json(index_settings.of_index(actor, full_name))
    asked = index_words.read(posted_json(), now)
    if asked.pop("type", now["type"]) != now["type"]:
        raise InvalidValue(what="type of this index", value="another", right=f"it is '{now['type']}' and stays so")
    if "visibility" in asked:
        known = {one.value: one for one in Visibility}
        asked["visibility"] = _chosen(known, asked["visibility"], "visibility").value
    _act(indexing.change_index, full_name, actor, index, **_meant(asked))
    return _as_it_is(actor, full_name)


def delete(owner: str, name: str) -> Response:
    """Delete an index. Raises what `indexing.delete_index` does."""
    actor, full_name = actor_by_password(), f"{owner}/{name}"
    indexing.delete_index(parts().registry, actor, permissions.enter(actor, full_name, Right.MANAGE))
    return done(f"index {full_name} deleted", 201)


def _meant(asked: dict[str, Any]) -> dict[str, Any]:
    """Return the settings under our own names."""
    meant: dict[str, Any] = {
        key: asked[key] for key in ("volatile", "title", "description", "visibility", "kind") if key in asked
    }
    if asked.get("acl_toxresult_upload", [index_words.ANYONE_LOGGED_IN]) != [index_words.ANYONE_LOGGED_IN]:
        right = f"'{index_words.ANYONE_LOGGED_IN}': results are taken from whoever is logged in and may read the file"
        raise InvalidValue(what="choice for acl_toxresult_upload", value=asked["acl_toxresult_upload"], right=right)
    if "bases" in asked:
        meant["base_names"] = asked["bases"]
    if "acl_upload" in asked:
        meant["uploader_names"] = [index_words.subject(word) for word in asked["acl_upload"]]
    return meant


def _act(act: Any, full_name: str, actor: Actor, *words: Any, **meant: Any) -> None:
    try:
        act(parts().registry, actor, *words, **meant)
    except NoSuchIndex as failure:
        if failure.index in meant.get("base_names", ()) and failure.index != full_name:
            raise UnknownBase(index=failure.index) from failure
        raise


def _chosen(known: dict[str, Any], word: str, what: str) -> Any:
    if word not in known:
        raise InvalidValue(what=what, value=word, right=" or ".join(known))
    return known[word]


def _as_it_is(actor: Actor, full_name: str) -> Response:
    return answer("indexconfig", index_words.as_json(index_settings.of_index(actor, indexes.get(full_name).full_name)))
