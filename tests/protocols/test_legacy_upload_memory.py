"""A file of any size streams to the disk: what an upload costs in memory does not grow with it."""

import io
import tracemalloc
import zipfile

from tests.protocols.raw_bodies import crlf, post_stream
from tests.support import builders
from tests.support.peopled import basic

SIZE = 32 * 1024**2  # bytes: many times what may be held at once
MOST = 8 * 1024**2


class Once(io.RawIOBase):
    """A body that is read once, in small pieces."""

    def __init__(self, body: bytes) -> None:
        self._body, self._at = memoryview(body), 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        piece = self._body[self._at : self._at + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def test_a_large_file_costs_little_memory(peopled):
    content = {"foo/large.bin": bytes(range(256)) * (SIZE // 256)}
    built = builders.wheel("foo", "1.0", files=content, compression=zipfile.ZIP_STORED)
    body, content_type = crlf([(":action", "file_upload")], [("content", built, "")])
    app = peopled.app
    tracemalloc.start()
    try:
        answer = post_stream(app, Once(body), content_type, len(body), basic("uploader"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.status_code == 200
    assert peak < MOST
    assert peopled.page("foo")["files"][0]["size"] == len(built[1])
