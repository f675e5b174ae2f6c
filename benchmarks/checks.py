"""Whether an answer is right, before and after it is timed: an answer that is wrong is never a figure."""

import gzip
import hashlib
import html
import http.client
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from benchmarks.systems.system import JSON_TYPE, Kind, Request

HTML_TYPES = {"text/html", "application/vnd.pypi.simple.v1+html"}
_ANCHOR = re.compile(r"<a\b[^>]*\bhref\s*=\s*[\"']([^\"']*)[\"'][^>]*>(.*?)</a>", re.IGNORECASE | re.DOTALL)


class WrongAnswer(Exception):
    """An answer that is not what the question asks for; the text says what is wrong."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    request: Request
    status: int
    headers: dict[str, str]
    """By names in lower case."""
    raw: bytes

    @property
    def body(self) -> bytes:
        """The body without its compression."""
        return gzip.decompress(self.raw) if self.is_gzipped else self.raw

    @property
    def is_gzipped(self) -> bool:
        """Whether the body came compressed."""
        return self.headers.get("content-encoding") == "gzip"

    @property
    def type(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip()


@dataclass(frozen=True)
class Link:
    """A file as a page names it."""

    path: str
    sha256: str
    has_metadata: bool


def fetch(request: Request) -> Answer:
    """Return the answer to a request, asked on a connection of its own. Redirects are not followed."""
    connection = http.client.HTTPConnection("127.0.0.1", request.port, timeout=600)
    try:
        connection.request("GET", request.path, headers=request.headers)
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(request, answer.status, headers, answer.read())
    finally:
        connection.close()


def require_status(answer: Answer, status: int) -> None:
    """Raise WrongAnswer unless the answer has this status."""
    if answer.status != status:
        raise WrongAnswer(f"{answer.status} instead of {status}")


def require_names(answer: Answer, kind: Kind, names: Iterable[str]) -> None:
    """Raise WrongAnswer unless this is a page of the kind that links to exactly these projects or files."""
    require_status(answer, 200)
    found, wanted = named(answer, kind), set(names)
    if found != wanted:
        raise WrongAnswer(f"{len(wanted - found)} of {len(wanted)} names are missing, {len(found - wanted)} too many")


def named(answer: Answer, kind: Kind) -> set[str]:
    """Return the names on a page. Raises WrongAnswer when it is not of the kind that was asked for."""
    if kind is Kind.HTML:
        if answer.type not in HTML_TYPES:
            raise WrongAnswer(f"{answer.type} instead of HTML")
        return {html.unescape(text).strip().rstrip("/") for _, text in _ANCHOR.findall(answer.body.decode())}
    document = _document(answer)
    if "files" in document:
        return {file["filename"] for file in document["files"]}
    return {project["name"] for project in document["projects"]}


def links(answer: Answer, kind: Kind) -> dict[str, Link]:
    """Return the files of a project's page by their names."""
    if kind is not Kind.HTML:
        return {file["filename"]: _json_link(answer, file) for file in _document(answer)["files"]}
    found = {}
    for anchor in re.finditer(_ANCHOR, answer.body.decode()):
        address = urlsplit(urljoin(answer.request.path, html.unescape(anchor[1])))
        sha256 = address.fragment.removeprefix("sha256=")
        found[html.unescape(anchor[2]).strip()] = Link(address.path, sha256, "metadata=" in anchor[0])
    return found


def _document(answer: Answer) -> dict[str, list[dict[str, Any]]]:
    if answer.type != JSON_TYPE:
        raise WrongAnswer(f"no JSON, but {answer.type}")
    document: dict[str, list[dict[str, Any]]] = json.loads(answer.body)
    return document


def _json_link(answer: Answer, file: dict[str, Any]) -> Link:
    path = urlsplit(urljoin(answer.request.path, str(file["url"]))).path
    return Link(
        path, file["hashes"].get("sha256", ""), bool(file.get("core-metadata") or file.get("dist-info-metadata"))
    )


def require_digest(answer: Answer, sha256: str) -> None:
    """Raise WrongAnswer unless the body has this sha256."""
    require_status(answer, 200)
    if hashlib.sha256(answer.body).hexdigest() != sha256:
        raise WrongAnswer("other bytes than were uploaded")


def require_part(answer: Answer, whole: bytes, first: int, last: int) -> None:
    """Raise WrongAnswer unless the answer is these bytes of the whole, and says so."""
    require_status(answer, 206)
    if answer.raw != whole[first : last + 1]:
        raise WrongAnswer("another part than was asked for")
