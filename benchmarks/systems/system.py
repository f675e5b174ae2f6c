"""What every system under comparison answers: how it is filled, how it runs, and where one asks it for what."""

import base64
import re
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems import process

JSON_TYPE = "application/vnd.pypi.simple.v1+json"


class Kind(Enum):
    """How a page is asked for: the Accept and Accept-Encoding that a client sends."""

    HTML = ("text/html", "identity")
    JSON = (JSON_TYPE, "identity")
    JSON_GZIP = (JSON_TYPE, "gzip")


@dataclass(frozen=True)
class Request:
    """A GET."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)

    def with_headers(self, **more: str) -> "Request":
        """Return the same request with these headers as well; an underscore stands for a hyphen."""
        given = {name.replace("_", "-"): value for name, value in more.items()}
        return Request(self.port, self.path, self.headers | given)


@dataclass(frozen=True)
class UploadTo:
    """Where a file is uploaded to, and as whom: no name where nobody is asked for one."""

    path: str
    username: str = ""
    password: str = ""


def basic(username: str, password: str) -> str:
    """Return the value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def negotiated(port: int, path: str, kind: Kind) -> Request:
    """Return the request for a page at its URL, in the representation that the client names."""
    accept, encoding = kind.value
    return Request(port, path, {"Accept": accept, "Accept-Encoding": encoding})


@dataclass(frozen=True)
class Running:
    """A system that answers."""

    port: int
    pid: int
    simple: str
    """The path of its list of projects, with a slash at the end."""
    seconds: float
    """From its start to its first answer."""
    upload: UploadTo | None = None
    private: "Private | None" = None
    data: Path | None = None
    """Where it really keeps its data, if that is not where it was told."""
    page_request: Callable[[int, str, Kind], Request] = negotiated
    headers: dict[str, str] = field(default_factory=dict)
    """What is sent with every request."""

    def page(self, project: str | None, kind: Kind) -> Request:
        """Return the request for a project's page, or for the list of projects."""
        asked = self.page_request(self.port, self.simple + (f"{project}/" if project else ""), kind)
        return asked.with_headers(**self.headers)

    def get(self, path: str, **headers: str) -> Request:
        """Return the request for a path; an underscore in the name of a header stands for a hyphen."""
        return Request(self.port, path).with_headers(**self.headers, **headers)

    def as_private(self) -> "Running | None":
        """Return the private index of the same system, asked by whoever may read it; None where there is none."""
        if self.private is None:
            return None
        credentials = basic(self.private.username, self.private.password)
        return replace(self, simple=self.private.simple, headers={"Authorization": credentials})

    @property
    def url(self) -> str:
        """What a client is told as its index."""
        return f"http://127.0.0.1:{self.port}{self.simple}"

    @property
    def memory(self) -> int:
        """The bytes that its processes hold."""
        return process.memory(self.pid)


@dataclass(frozen=True)
class Private:
    """An index of the same system that asks who one is, with the corpus' project of twenty files."""

    simple: str
    username: str
    password: str


class System(ABC):
    """A system. Its instance holds where its environment and the data that it was filled with are kept."""

    name: str
    requirements: tuple[str, ...] = ()
    """What is installed into its own virtual environment."""
    remark: str = ""
    """What a reader of the table should know of how it runs."""

    def __init__(self, home: Path) -> None:
        """Remember the folder for all that is kept between runs."""
        self.home = home

    @property
    def slug(self) -> str:
        """Its name as a folder."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower())

    @property
    def bin(self) -> Path:
        """The programs of its virtual environment."""
        return self.home / "venvs" / self.slug / "bin"

    def filled(self, corpus: Corpus) -> Path:
        """Return a folder with its data for this corpus; it is loaded once and kept."""
        folder = self.home / "loaded" / f"{self.slug}-{corpus.name}"
        marker = folder.with_name(f"{folder.name}.complete")
        if not marker.exists() or marker.read_text() != self.stamp:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.load(corpus, folder)
            marker.write_text(self.stamp)
        return folder

    @property
    def stamp(self) -> str:
        """What must not have changed for kept data to be used again."""
        return repr(self.requirements)

    @abstractmethod
    def load(self, corpus: Corpus, data: Path) -> None:
        """Put all files of the corpus into an empty folder, in the way in which it keeps its data."""

    @abstractmethod
    def running(self, data: Path) -> AbstractContextManager[Running]:
        """Run it on this data, a copy of what `filled` returned, until the block ends."""


def copied(data: Path, to: Path) -> Path:
    """Copy data with the hard links inside it, and return the copy."""
    subprocess.run(["cp", "-a", data, to], check=True)
    return to
