"""What `devpi push` does: a release is shown in another index of this server. It uploads to no other server.

The client sends the method PUSH; the same by POST is for where that does not come through.
"""

from typing import Any

from flask import Response

from mypi.errors import InvalidValue, PushOutside, UnknownSetting
from mypi.http.actor import actor_by_password
from mypi.http.json_body import posted_object
from mypi.parts import parts
from mypi.protocols.devpi import addresses
from mypi.protocols.devpi.answers import answer
from mypi.protocols.devpi.index_words import listed
from mypi.registry import permissions, promoting
from mypi.registry.permissions import Right
from mypi.registry.promoting import Promoted
from mypi.standards import names

TEXTS = ("name", "version", "targetindex")
FLAGS = ("no_docs", "only_docs", "register_project")


def push(owner: str, name: str) -> Response:
    """Promote a release. Raises what `promoting.promote` does, PushOutside, UnknownSetting, InvalidValue."""
    body, actor = posted_object(), actor_by_password()
    if "posturl" in body:
        raise PushOutside
    if unknown := {key: value for key, value in body.items() if key not in (*TEXTS, *FLAGS)}:
        raise UnknownSetting(what="push", settings=listed(unknown))
    project, version, target_name = (_text(body, key) for key in TEXTS)
    if "/" not in target_name:
        raise InvalidValue(what="name of an index", value=target_name, right="user/index")
    normalized = names.normalize(project)
    source = permissions.enter(actor, f"{owner}/{name}", Right.READ, normalized)
    target = permissions.enter(actor, target_name, Right.UPLOAD, normalized)
    (done,) = promoting.promote(
        parts().registry,
        actor,
        project,
        [version],
        source,
        target,
        with_files=not body.get("only_docs"),
        with_documentation=not body.get("no_docs"),
    )
    return answer("actionlog", _rows(done, target.full_name))


def _rows(done: Promoted, target: str) -> list[list[Any]]:
    """Return what was done, as the client prints it: a status, a word, and what it is about."""
    rows: list[list[Any]] = [[200, "register", done.project, done.version, "->", target]]
    for file in done.files:
        path = addresses.file(target, file.sha256, file.filename).removeprefix(addresses.root())
        rows.append([200, "store_releasefile", path])
    rows += [[200, "store_toxresult", done.project, done.version, "->", target]] * done.results
    if done.documentation:
        rows.append([200, "store_doczip", done.project, done.version, "->", target])
    return rows


def _text(body: dict[str, Any], key: str) -> str:
    if not isinstance(body.get(key), str) or not body[key]:
        raise InvalidValue(what=f"'{key}' of a push", value=str(body.get(key)), right="text")
    return str(body[key])
