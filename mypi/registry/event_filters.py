"""Which events somebody wants to see: filters, and how they are written in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from mypi.errors import InvalidValue
from mypi.registry.events import Event, EventKind
from mypi.standards import names

FAMILIES = tuple(dict.fromkeys(kind.value.partition(".")[0] for kind in EventKind))
"""The first words of the kinds: `file` means every kind that begins with `file.`."""

_event: Any = Event  # its columns; SQLAlchemy 1.4 brings no types


@dataclass(frozen=True)
class Filter:
    """Which events are wanted. What is empty holds nothing back."""

    index: str = ""
    project: str = ""
    """However it is spelt."""
    actor: str = ""
    kind: str = ""
    """A kind, or its first word for the whole family."""
    since: datetime | None = None
    until: datetime | None = None
    """Events before this moment."""

    def conditions(self) -> list[Any]:
        """Return what a row fulfils. Raises InvalidProjectName, InvalidValue."""
        found: list[Any] = [_event.index_name == self.index.lower()] if self.index else []
        if self.project:
            found.append(_event.project == names.normalize(self.project))
        if self.actor:
            found.append(_event.actor == self.actor)
        if self.kind:
            found.append(_event.kind.in_(_kinds(self.kind)))
        if self.since:
            found.append(_event.time >= self.since)
        if self.until:
            found.append(_event.time < self.until)
        return found


def filter_of(asked: Mapping[str, str | None]) -> Filter:
    """Return the filter that somebody wrote in words, by the names of its fields. Raises InvalidValue."""
    said = {name: (text or "").strip() for name, text in asked.items()}
    since, until = _moment(said.pop("since", "")), _moment(said.pop("until", ""), ends=True)
    return Filter(**said, since=since, until=until)


def _moment(text: str, *, ends: bool = False) -> datetime | None:
    """Return a moment as somebody wrote it, in UTC: of a day its beginning or, as `ends` says, its end."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(text)
        whole_day = timedelta(days=1) if ends and len(text) <= len("2026-01-31") else timedelta(0)
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC) + whole_day
    except (ValueError, OverflowError) as error:
        right = "2026-01-31, or 2026-01-31T12:00; a time is in UTC unless it names its zone"
        raise InvalidValue(what="time", value=text, right=right) from error


def _kinds(asked: str) -> list[str]:
    found = [kind.value for kind in EventKind if asked in (kind.value, kind.value.partition(".")[0])]
    if not found:
        right = f"{', '.join(FAMILIES)}, or a kind of them, such as {EventKind.FILE_UPLOADED.value}"
        raise InvalidValue(what="kind of event", value=asked, right=right)
    return found
