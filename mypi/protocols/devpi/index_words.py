"""The devpi client's names for what an index is set to, from text and to JSON. Pure words: it decides nothing."""

import re
from collections.abc import Mapping
from typing import Any

from mypi.errors import InvalidValue, UnknownSetting
from mypi.registry.index_settings import IndexSettings
from mypi.registry.permissions import SubjectKind

BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}
LISTS = ("bases", "acl_upload", "acl_toxresult_upload")
TEXTS = ("title", "description", "visibility", "type")
KNOWN = (*LISTS, *TEXTS, "volatile")
READ_ONLY = ("projects", "user", "name")
"""What a configuration holds that was read as JSON and is sent back."""

ANYONE_LOGGED_IN, EVERYONE = ":AUTHENTICATED:", ":ANONYMOUS:"
TYPES = {"hosted": "stage", "mirror": "mirror"}
OPERATION = re.compile(r"(?P<key>[A-Za-z_]+)(?P<how>\+=|-=|=|-)(?P<value>.*)", re.DOTALL)


def as_json(index: IndexSettings, projects: list[str] | None = None) -> dict[str, Any]:
    """Return an index as the client prints it; it joins the members of lists with commas, so that they are text."""
    said: dict[str, Any] = {
        "type": TYPES[index.kind],
        "volatile": index.volatile,
        "bases": list(index.bases),
        "acl_upload": [principal(subject) for subject in index.uploaders],
        "acl_toxresult_upload": [ANYONE_LOGGED_IN],
        "visibility": index.visibility,
    }
    said |= {name: getattr(index, name) for name in ("title", "description") if getattr(index, name)}
    return said | ({} if projects is None else {"projects": projects})


def principal(subject: str) -> str:
    """Return devpi's word for whom a right was given to: a user's name, `:group`, or one of two special ones."""
    kind, _, name = subject.partition(":")
    if kind == SubjectKind.EVERYONE:
        return EVERYONE
    if kind == SubjectKind.AUTHENTICATED:
        return ANYONE_LOGGED_IN
    return f":{name}" if kind == SubjectKind.GROUP else name


def subject(word: str) -> tuple[SubjectKind, str]:
    """Return whom devpi's word means: a kind, and a name where it has one."""
    if word.upper() in {EVERYONE, ANYONE_LOGGED_IN}:
        return (SubjectKind.EVERYONE if word.upper() == EVERYONE else SubjectKind.AUTHENTICATED), ""
    return (SubjectKind.GROUP, word[1:]) if word.startswith(":") else (SubjectKind.USER, word)


def read(body: Any, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that a body asks for, with values of their kinds: an object, or a list of operations.

    `now` is what the operations `+=` and `-=` begin with. Raises UnknownSetting, InvalidValue.
    """
    if isinstance(body, list):
        asked = _operated(body, now)
    elif isinstance(body, dict):
        asked = {key: value for key, value in body.items() if key not in READ_ONLY}
    else:
        raise InvalidValue(what="configuration of an index", value=body, right="an object, or a list of key=value")
    if unknown := {key: value for key, value in asked.items() if key not in KNOWN and value not in ("", [])}:
        raise UnknownSetting(what="indexconfig", settings=listed(unknown))
    return {key: _typed(key, value) for key, value in asked.items() if key in KNOWN}


def _operated(operations: list[Any], now: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    for operation in operations:
        found = OPERATION.fullmatch(operation) if isinstance(operation, str) else None
        if not found:
            raise InvalidValue(what="change of an index", value=operation, right="key=value, key+=value or key-=value")
        key, how, value = found["key"], found["how"], found["value"]
        before = asked.get(key, now.get(key, []))
        if how == "=":
            asked[key] = value
        elif key in LISTS and value:
            listed = [word for word in _words(before) if how == "+=" or word not in _words(value)]
            asked[key] = listed + [word for word in _words(value) if how == "+=" and word not in listed]
        else:
            asked[key] = value if how == "+=" else ""
    return asked


def _typed(key: str, value: Any) -> Any:
    if key in LISTS:
        return _words(value)
    if key == "volatile":
        if (known := BOOLEANS.get(str(value).lower())) is None:
            raise InvalidValue(what="value of volatile", value=value, right="True or False")
        return known
    if not isinstance(value, str):
        raise InvalidValue(what=f"value of {key}", value=value, right="text")
    return value


def listed(settings: Mapping[str, Any]) -> str:
    """Return settings as one line."""
    return ", ".join(f"{key}={value}" for key, value in sorted(settings.items()))


def _words(value: Any) -> list[str]:
    listed = value if isinstance(value, list) else str(value or "").split(",")
    return [str(word).strip() for word in listed if str(word).strip()]
