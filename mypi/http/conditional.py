"""The one home of ETag, Cache-Control, Vary and the sending of files, with conditional and partial answers (RFC 9110).

The only validator is a strong ETag. There is no Last-Modified: a date has whole seconds, and a page can change twice in
one. Nobody else in mypi writes these headers.

`answer_file` and `answer_bytes` need no more than a request; `send_file` and `send_bytes` are the same within Flask.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from flask import Response
from flask import request as flasks_request
from werkzeug.wrappers import Request

from mypi import errors
from mypi.http.answer import Answer
from mypi.http.byte_range import ByteRange, byte_range
from mypi.http.file_part import BLOCK, FilePart


class Caching(Enum):
    """How long, and where, an answer may be kept; the value is its Cache-Control header."""

    PAGE = "max-age=0"
    """Kept by anyone, asked for anew each time: a page that changes with the next upload."""
    IMMUTABLE = "max-age=365000000, immutable"
    """Never asked for again: a URL with a digest in it always means the same bytes."""
    PRIVATE_PAGE = "private, max-age=0"
    PRIVATE_IMMUTABLE = "private, max-age=365000000, immutable"
    NO_STORE = "no-store"
    """Kept by nobody: failures, and whatever names a user or holds a secret."""

    @property
    def is_private(self) -> bool:
        """Return whether the answer depends on who asks."""
        return self in (Caching.PRIVATE_PAGE, Caching.PRIVATE_IMMUTABLE)


def etag_of(stat: os.stat_result) -> str:
    """Return the strong ETag of a file, exactly as Apache's `FileETag MTime Size` writes it.

    Apache serves the same tree without us: a client that asks now one, now the other must not load a page twice.
    """
    return f'"{stat.st_size:x}-{stat.st_mtime_ns // 1000:x}"'


def set_caching(response: Response, cache: Caching, vary: Sequence[str] = ()) -> Response:
    """Set Cache-Control and Vary on an answer that was made elsewhere, a failure for example, and return it."""
    response.headers["Cache-Control"] = cache.value
    response.vary.update([*vary, "Authorization"] if cache.is_private else vary)
    return response


def etag_from(*facts: object) -> str:
    """Return a strong ETag for what these facts decide to the byte: it is known before anything is rendered."""
    return _digest_tag(repr(facts).encode())


def is_held(etag: str) -> bool:
    """Return whether who sent the request that Flask answers holds the content of this ETag already."""
    return flasks_request.if_none_match.contains_weak(etag.strip('"'))


def send_bytes(
    body: bytes,
    *,
    content_type: str,
    cache: Caching,
    etag: str = "",
    encoding: str | None = None,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what `answer_bytes` does to the request that Flask answers."""
    return answer_bytes(
        flasks_request,
        body,
        content_type=content_type,
        cache=cache,
        etag=etag,
        encoding=encoding,
        vary=vary,
        headers=headers,
    ).response()


def send_file(
    path: Path,
    *,
    content_type: str,
    cache: Caching,
    encoding: str | None = None,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what `answer_file` does to the request that Flask answers. Raises what it raises."""
    return answer_file(
        flasks_request, path, content_type=content_type, cache=cache, encoding=encoding, vary=vary, headers=headers
    ).response()


def answer_bytes(
    request: Request,
    body: bytes,
    *,
    content_type: str,
    cache: Caching,
    etag: str = "",
    encoding: str | None = None,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return an answer with these bytes, or 304 or 412 as the request's conditions have it.

    The ETag is a digest where none is given. `encoding` names the coding that the bytes are already in.
    """
    etag = etag or _digest_tag(body)
    answer = _conditional(request, etag)
    if answer is None:
        answer = _text(request, HTTPStatus.OK, body, content_type)
        if encoding:
            answer.headers["Content-Encoding"] = encoding
    return _finish(answer, etag, cache, vary, headers)


def answer_file(
    request: Request,
    path: Path,
    *,
    content_type: str,
    cache: Caching,
    encoding: str | None = None,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    ranges: bool = True,
) -> Answer:
    """Return the answer to GET or HEAD of this file: 200, 206, 304, 412 or 416, as the request's headers have it.

    `encoding` names the coding that the file's bytes are already in, for example gzip; parts of such a file are not
    sent, as clients mean positions in what they get to see. Nor are they without `ranges`. Raises FileNotFoundError and
    what else `open` raises.
    """
    ranges = ranges and not encoding
    file = path.open("rb")
    body: Iterable[bytes] = []
    try:
        stat = os.fstat(file.fileno())
        etag = etag_of(stat)
        answer = _conditional(request, etag)
        if answer is None:
            answer = _whole_or_part(request, file, stat.st_size, etag, content_type, ranges=ranges)
            if encoding:
                answer.headers["Content-Encoding"] = encoding
            body = answer.body
    finally:
        if isinstance(body, list):
            file.close()  # Otherwise the body has yet to read it; the server closes it after the last byte.
    answer.headers["Accept-Ranges"] = "bytes" if ranges else "none"
    return _finish(answer, etag, cache, vary, headers)


def refuse(request: Request, failure: errors.Failure, *, vary: Sequence[str] = ()) -> Answer:
    """Return the answer that tells of a failure in plain text, as a server of files does: with the bare status."""
    return _finish(_refusal(request, failure), "", Caching.NO_STORE, vary, None)


def _digest_tag(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _conditional(request: Request, etag: str) -> Answer | None:
    """Return the answer that the request's conditions ask for in place of the content, in the order of §13.2.2."""
    tag = etag.strip('"')
    asked = request.headers.get("If-Match")
    if asked is not None and not request.if_match.contains(tag):
        return _refusal(request, errors.PreconditionFailed(asked=asked))
    if "If-None-Match" in request.headers and request.if_none_match.contains_weak(tag):
        return Answer(HTTPStatus.NOT_MODIFIED, {}, [])
    return None


def _whole_or_part(
    request: Request, file: BinaryIO, size: int, etag: str, content_type: str, *, ranges: bool
) -> Answer:
    try:
        part = _wanted_part(request, etag, size) if ranges else None
    except errors.RangeNotSatisfiable as failure:
        answer = _refusal(request, failure)
        answer.headers["Content-Range"] = f"bytes */{size}"
        return answer
    headers = {"Content-Type": content_type}
    if part is None:
        return _with_body(request, file, 0, size, size, Answer(HTTPStatus.OK, headers, []))
    headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return _with_body(request, file, part.first, part.length, size, Answer(HTTPStatus.PARTIAL_CONTENT, headers, []))


def _wanted_part(request: Request, etag: str, size: int) -> ByteRange | None:
    # Of a HEAD no part is sent, and with a validator that is not ours the client holds the beginning of another file.
    if request.method != "GET" or request.headers.get("If-Range", etag).strip() != etag:
        return None
    return byte_range(request.headers.get("Range"), size)


def _with_body(request: Request, file: BinaryIO, first: int, length: int, size: int, answer: Answer) -> Answer:
    answer.headers["Content-Length"] = str(length)
    if request.method != "HEAD":
        file.seek(first)
        if length <= BLOCK:  # Read at once, so that a slow client holds no file open.
            answer.body = [file.read(length)]
        else:
            answer.body = _blocks(request, file, length, to_the_end=first + length == size)
    return answer


def _blocks(request: Request, file: BinaryIO, length: int, *, to_the_end: bool) -> Iterable[bytes]:
    # The server's own wrapper (PEP 3333) sends without a detour through Python, but not every one stops at a length.
    wrapper = request.environ.get("wsgi.file_wrapper")
    if wrapper is not None and to_the_end:
        wrapped: Iterable[bytes] = wrapper(file, BLOCK)
        return wrapped
    return FilePart(file, length)


def _refusal(request: Request, failure: errors.Failure) -> Answer:
    body = f"{failure.message}\n".encode()
    return _text(request, HTTPStatus(failure.kind.value), body, "text/plain; charset=utf-8")


def _text(request: Request, status: HTTPStatus, body: bytes, content_type: str) -> Answer:
    headers = {"Content-Type": content_type, "Content-Length": str(len(body))}
    return Answer(status, headers, [] if request.method == "HEAD" else [body])


def _finish(
    answer: Answer, etag: str, cache: Caching, vary: Sequence[str], headers: Mapping[str, str] | None
) -> Answer:
    answer.headers.update(headers or {})
    refused = answer.status >= HTTPStatus.BAD_REQUEST
    answer.headers["Cache-Control"] = (Caching.NO_STORE if refused else cache).value
    if varies := [*vary, "Authorization"] if cache.is_private else vary:
        answer.headers["Vary"] = ", ".join(varies)
    if not refused:
        answer.headers["ETag"] = etag
    return answer
