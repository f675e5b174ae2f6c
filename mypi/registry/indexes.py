"""Indexes: a named list of projects, `<owner>/<name>`, and who may see it."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, Column, Integer, String, Text, UniqueConstraint, bindparam, select, text

from mypi import clock
from mypi.database import Model, UTCDateTime, db
from mypi.errors import AlreadyExists, InvalidValue, NoSuchIndex
from mypi.standards.simple_api import one_line

PART = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")
LONGEST_TITLE = 200  # characters: a line on a page
TAKEN_OWNERS = frozenset({"simple", "legacy", "pypi", "package", "packages", "download"}) | frozenset(
    {"conda", "integrity", "rss", "t", "rpc2", "stats", "api", "static", "admin", "_", ".well-known"}
)
"""First parts of URLs that mean something else (docs/urls.rst)."""


class Visibility(StrEnum):
    """Who may read an index without a grant."""

    PUBLIC = "public"
    AUTHENTICATED = "authenticated"
    PRIVATE = "private"


class IndexKind(StrEnum):
    """Where the files of an index come from."""

    HOSTED = "hosted"
    """Uploads to this server."""
    MIRROR = "mirror"
    """An upstream, which none has yet."""


class Index(Model):
    """A named list of projects. Canonical, but for `bases_serial`."""

    __tablename__ = "indexes"
    __table_args__ = (UniqueConstraint("owner", "name"),)

    id: int = Column(Integer, primary_key=True)
    owner: str = Column(String(64), nullable=False)
    name: str = Column(String(64), nullable=False)
    visibility: str = Column(String(16), nullable=False)
    volatile: bool = Column(Boolean, nullable=False)
    title: str = Column(String(LONGEST_TITLE), nullable=False)
    description: str = Column(Text, nullable=False)
    created_at: datetime = Column(UTCDateTime, nullable=False)
    kind: str = Column(String(16), nullable=False, server_default=IndexKind.HOSTED.value)
    # Events about an index of this name with a lower serial are about one that was deleted.
    created_serial: int = Column(Integer, nullable=False, server_default=text("0"))
    # The event that last changed which indexes it shows, 0 where it never showed but its own files.
    bases_serial: int = Column(Integer, nullable=False, server_default=text("0"))

    @property
    def full_name(self) -> str:
        """The name as written: `owner/name`."""
        return f"{self.owner}/{self.name}"

    @property
    def is_public(self) -> bool:
        """Whether everyone may read all of it."""
        return self.visibility == Visibility.PUBLIC

    @property
    def is_mirror(self) -> bool:
        """Whether its files come from elsewhere."""
        return self.kind == IndexKind.MIRROR


_NAMED = select(Index).where(Index.owner == bindparam("owner"), Index.name == bindparam("name"))


def checked_name(full_name: str) -> tuple[str, str]:
    """Return owner and name in lower case. Raises InvalidValue."""
    owner, slash, name = full_name.lower().partition("/")
    if not (slash and PART.fullmatch(owner) and PART.fullmatch(name)) or owner in TAKEN_OWNERS:
        right = "owner/name, each of 1–64 ASCII letters, digits, '.', '-', '_'; some owners are words of mypi's URLs"
        raise InvalidValue(what="name of an index", value=full_name, right=right)
    return owner, name


def checked_title(title: str) -> str:
    """Return the title of an index as one line. Raises InvalidValue."""
    line = one_line(title)
    if len(line) > LONGEST_TITLE:
        raise InvalidValue(what="title", value=title, right=f"at most {LONGEST_TITLE} characters")
    return line


def find(full_name: str) -> Index | None:
    """Return the index of this name, or None. It does not ask who may know of it: `permissions` does."""
    owner, _, name = full_name.lower().partition("/")
    if not (PART.fullmatch(owner) and PART.fullmatch(name)):
        return None  # PostgreSQL refuses to be asked about some characters that a URL may hold.
    index: Index | None = db.session.scalar(_NAMED, {"owner": owner, "name": name})
    return index


def get(full_name: str) -> Index:
    """Return the index of this name. Raises NoSuchIndex."""
    if index := find(full_name):
        return index
    raise NoSuchIndex(index=full_name)


def of_owner(owner: str) -> list[Index]:
    """Return the indexes that begin with an owner's name, in order."""
    return list(db.session.scalars(select(Index).where(Index.owner == owner.lower()).order_by(Index.name)))


def named(names: Sequence[str]) -> list[Index]:
    """Return the indexes of these names that there are."""
    if len(names) > 1:
        return [index for index in everything() if index.full_name in set(names)]
    return [index for name in names if (index := find(name))]


def everything() -> list[Index]:
    """Return all indexes by name."""
    return list(db.session.scalars(select(Index).order_by(Index.owner, Index.name)))


def add(
    full_name: str,
    visibility: Visibility,
    *,
    volatile: bool = False,
    title: str = "",
    kind: IndexKind = IndexKind.HOSTED,
) -> Index:
    """Add an index within an act. Raises InvalidValue, AlreadyExists."""
    owner, name = checked_name(full_name)
    if find(full_name):
        raise AlreadyExists(what="index", name=full_name)
    index = Index(
        owner=owner,
        name=name,
        visibility=visibility.value,
        volatile=volatile,
        title=checked_title(title),
        description="",
        created_at=clock.now(),
        kind=kind.value,
        created_serial=0,
        bases_serial=0,
    )
    db.session.add(index)
    db.session.flush()
    return index
