"""The one home of ETag, Cache-Control, Vary and the sending of files, with conditional and partial answers (RFC 9110).

The only validator is a strong ETag. There is no Last-Modified: a date has whole seconds, and a page can change twice in
one. Nobody else in mypi writes these headers.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO

from flask import Response, request

from mypi import errors
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


def send_bytes(
    body: bytes,
    *,
    content_type: str,
    cache: Caching,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an answer with these bytes, or 304 or 412 as the request's conditions have it; the ETag is a digest."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = _conditional(etag) or Response(body, content_type=content_type)
    return _finish(response, etag, cache, vary, headers)


def send_file(
    path: Path,
    *,
    content_type: str,
    cache: Caching,
    encoding: str | None = None,
    vary: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the answer to GET or HEAD of this file: 200, 206, 304, 412 or 416, as the request's headers have it.

    `encoding` names the coding that the file's bytes are already in, for example gzip; parts of such a file are not
    sent, as clients mean positions in what they get to see. Raises `FileNotFoundError` and what else `open` raises.
    """
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        stat = os.fstat(file.fileno())
        etag = etag_of(stat)
        response = _conditional(etag)
        if response is None:
            response = _whole_or_part(file, stat.st_size, etag, content_type, encoding)
        response.headers["Accept-Ranges"] = "none" if encoding else "bytes"
        _finish(response, etag, cache, vary, headers)
        if not response.is_sequence:
            stack.pop_all()  # The body has yet to read the file; the server closes it after the last byte.
    return response


def _conditional(etag: str) -> Response | None:
    """Return the answer that the request's conditions ask for in place of the content, in the order of §13.2.2."""
    tag = etag.strip('"')
    if "If-Match" in request.headers and not request.if_match.contains(tag):
        return _refusal(errors.PreconditionFailed(asked=request.headers["If-Match"]))
    if request.if_none_match.contains_weak(tag):
        return Response(status=HTTPStatus.NOT_MODIFIED)
    return None


def _whole_or_part(file: BinaryIO, size: int, etag: str, content_type: str, encoding: str | None) -> Response:
    try:
        part = None if encoding else _wanted_part(etag, size)
    except errors.RangeNotSatisfiable as failure:
        response = _refusal(failure)
        response.headers["Content-Range"] = f"bytes */{size}"
        return response
    if part is None:
        response = _with_body(file, 0, size, size)
    else:
        response = _with_body(file, part.first, part.length, size)
        response.status_code = HTTPStatus.PARTIAL_CONTENT
        response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    response.headers["Content-Type"] = content_type
    if encoding:
        response.headers["Content-Encoding"] = encoding
    return response


def _wanted_part(etag: str, size: int) -> ByteRange | None:
    # Of a HEAD no part is sent, and with a validator that is not ours the client holds the beginning of another file.
    if request.method != "GET" or request.headers.get("If-Range", etag).strip() != etag:
        return None
    return byte_range(request.headers.get("Range"), size)


def _with_body(file: BinaryIO, first: int, length: int, size: int) -> Response:
    if request.method == "HEAD":
        response = Response()
    elif length <= BLOCK:  # Read at once, so that a slow client holds no file open.
        file.seek(first)
        response = Response(file.read(length))
    else:
        file.seek(first)
        response = Response(_blocks(file, length, to_the_end=first + length == size), direct_passthrough=True)
    response.content_length = length
    return response


def _blocks(file: BinaryIO, length: int, *, to_the_end: bool) -> Iterable[bytes]:
    # The server's own wrapper (PEP 3333) sends without a detour through Python, but not every one stops at a length.
    wrapper = request.environ.get("wsgi.file_wrapper")
    if wrapper is not None and to_the_end:
        wrapped: Iterable[bytes] = wrapper(file, BLOCK)
        return wrapped
    return FilePart(file, length)


def _refusal(failure: errors.Failure) -> Response:
    return Response(failure.message + "\n", status=failure.kind.value, content_type="text/plain; charset=utf-8")


def _finish(
    response: Response, etag: str, cache: Caching, vary: Sequence[str], headers: Mapping[str, str] | None
) -> Response:
    response.headers.update(headers or {})
    set_caching(response, cache, vary)
    if response.status_code < HTTPStatus.BAD_REQUEST:
        response.headers["ETag"] = etag
    else:
        response.headers["Cache-Control"] = Caching.NO_STORE.value
    return response
