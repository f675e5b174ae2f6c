"""The questions of which each is a line of the table: how it is asked of a system, and what a right answer is."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from benchmarks import checks
from benchmarks.checks import Answer, WrongAnswer
from benchmarks.corpus import BIG, MANY, TWENTY, Corpus
from benchmarks.systems.system import Kind, Request, Running

PART = (1000, 1999)


class NotOffered(Exception):
    """A system does not do this at all; the text says what is missing."""


@dataclass(frozen=True)
class Question:
    """A request whose answer was right."""

    request: Request
    seconds: float
    """What one answer took."""
    note: str = ""


Ask = Callable[[Running, Corpus], Question]


@dataclass(frozen=True)
class Cell:
    """A line of the table."""

    title: str
    ask: Ask
    in_quick: bool = True
    """Whether it is among the few that `make benchmark-quick` measures."""


def _asked(request: Request, check: Callable[[Answer], None], note: Callable[[Answer], str] = lambda _: "") -> Question:
    check(checks.fetch(request))  # once more, for what is made by the first reader
    begun = time.perf_counter()
    answer = checks.fetch(request)
    seconds = time.perf_counter() - begun
    check(answer)
    return Question(request, seconds, note(answer))


def page(project: str | None, kind: Kind) -> Ask:
    """Return how a project's page is asked for, or the list of projects, and that it names exactly what it should."""

    def ask(running: Running, corpus: Corpus) -> Question:
        names = [one.filename for one in corpus.of(project)] if project else corpus.projects
        check = lambda answer: checks.require_names(answer, kind, names)  # noqa: E731
        return _asked(running.page(project, kind), check, lambda answer: _compression(answer, kind))

    return ask


def _compression(answer: Answer, kind: Kind) -> str:
    return "not compressed" if kind is Kind.JSON_GZIP and not answer.is_gzipped else ""


def _not_modified(project: str) -> Ask:
    def ask(running: Running, _corpus: Corpus) -> Question:
        request = running.page(project, Kind.JSON_GZIP)
        headers = checks.fetch(request).headers
        if "etag" in headers:
            request = request.with_headers(If_None_Match=headers["etag"])
        elif "last-modified" in headers:
            request = request.with_headers(If_Modified_Since=headers["last-modified"])
        else:
            raise NotOffered("neither ETag nor Last-Modified")
        return _asked(request, lambda answer: checks.require_status(answer, 304))

    return ask


def _link(running: Running, corpus: Corpus, project: str) -> checks.Link:
    filename = corpus.of(project)[0].filename
    for kind in (Kind.JSON, Kind.HTML):
        answer = checks.fetch(running.page(project, kind))
        try:
            return checks.links(answer, kind)[filename]
        except (WrongAnswer, KeyError):
            continue
    raise WrongAnswer(f"no link to {filename}")


def _file(project: str) -> Ask:
    def ask(running: Running, corpus: Corpus) -> Question:
        request = running.get(_link(running, corpus, project).path, Accept_Encoding="identity")
        sha256 = corpus.of(project)[0].sha256
        return _asked(request, lambda answer: checks.require_digest(answer, sha256))

    return ask


def _part(running: Running, corpus: Corpus) -> Question:
    first, last = PART
    whole = corpus.path(corpus.of(BIG)[0]).read_bytes()
    request = running.get(_link(running, corpus, BIG).path, Range=f"bytes={first}-{last}")
    if checks.fetch(request).status == 200:
        raise NotOffered("sends the whole file")
    return _asked(request, lambda answer: checks.require_part(answer, whole, first, last))


def _metadata(running: Running, corpus: Corpus) -> Question:
    link = _link(running, corpus, TWENTY)
    if not link.has_metadata:
        raise NotOffered("names no metadata file")
    request = running.get(f"{link.path}.metadata", Accept_Encoding="identity")
    sha256 = corpus.of(TWENTY)[0].metadata_sha256
    return _asked(request, lambda answer: checks.require_digest(answer, sha256))


def _private(what: Ask) -> Ask:
    def ask(running: Running, corpus: Corpus) -> Question:
        private = running.as_private()
        if private is None:
            raise NotOffered("measured of mypi only")
        unknown = replace(private, headers={}).page(TWENTY, Kind.JSON)
        if checks.fetch(unknown).status not in (401, 404):
            raise WrongAnswer("the private index answers to nobody")
        return what(private, corpus)

    return ask


def _kinds(title: str, project: str | None, *quick: Kind) -> list[Cell]:
    names = {Kind.HTML: "HTML", Kind.JSON: "JSON", Kind.JSON_GZIP: "JSON, gzip"}
    return [Cell(f"{title}, {name}", page(project, kind), kind in quick) for kind, name in names.items()]


READS = [
    *_kinds("list of projects", None, Kind.JSON_GZIP),
    *_kinds("page of 20 files", TWENTY, *Kind),
    Cell("page of 20 files, 304", _not_modified(TWENTY)),
    *_kinds("page of many files", MANY, Kind.JSON_GZIP),
    Cell("page of many files, 304", _not_modified(MANY)),
    Cell("small file", _file(TWENTY)),
    Cell("file of 50 MB", _file(BIG)),
    Cell("1 kB of it by Range", _part, in_quick=False),
    Cell("metadata file", _metadata, in_quick=False),
    Cell("private page of 20 files, JSON", _private(page(TWENTY, Kind.JSON))),
    Cell("private page of 20 files, JSON, gzip", _private(page(TWENTY, Kind.JSON_GZIP)), in_quick=False),
    Cell("private small file", _private(_file(TWENTY))),
]
