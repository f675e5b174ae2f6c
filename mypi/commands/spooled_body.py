"""Bodies that arrive on a full disk: read to their end and thrown away, so that the client hears why it was in vain.

Without this waitress closes the connection in the middle of the upload, and uploaders report a broken network.
"""

from contextlib import suppress
from typing import Any

from waitress.buffers import OverflowableBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.utilities import Error

from mypi.errors import DiskFull, Failure, LoginRequired
from mypi.storage.durable import room

ANONYMOUS_BODY = 1024**2
"""Bytes of a body that is taken from nobody: what is larger would fill the disk before anyone is asked who sends it."""


class RefusedBody(Error):  # type: ignore[misc]  # noqa: N818 - waitress brings no types, and its answers are errors
    """The answer to a body that is not taken."""

    def __init__(self, failure: Failure, header: tuple[str, str]) -> None:
        super().__init__(failure.message)
        self._failure, self._header = failure, header

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:  # noqa: ARG002 - its interface
        """Return status, headers and body of the answer."""
        headers = [("Content-Type", "text/plain; charset=utf-8"), self._header]
        return f"{self._failure.kind.value} {self._failure.message}", headers, f"{self._failure.message}\n".encode()


class SpooledBody(OverflowableBuffer):  # type: ignore[misc]
    """A body that is kept in memory while it is small, then on disk, and nowhere once the disk was full."""

    has_room = True

    def append(self, data: bytes) -> None:
        """Take more bytes."""
        self._unless_full(lambda: OverflowableBuffer.append(self, data))

    def settle(self) -> None:
        """Bring what the system has not been given yet to the disk."""
        self._unless_full(lambda: self.getfile().flush())

    def _unless_full(self, work: Any) -> None:
        if not self.has_room:
            return
        try:
            with room():
                work()
        except DiskFull:
            self.has_room = False
            with suppress(OSError):  # To close it is to write the last bytes once more.
                self.close()
            self.buf, self.strbuf = None, b""


class RequestParser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request whose body is spooled."""

    error: Any

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header, and prepare for the body."""
        super().parse_header(header_plus)
        if self.body_rcv is not None:
            self.body_rcv.buf = SpooledBody(self.adj.inbuf_overflow)
        large = self.chunked or self.content_length > ANONYMOUS_BODY
        if large and "AUTHORIZATION" not in self.headers:
            asked = ("WWW-Authenticate", f'Basic realm="{LoginRequired.realm}"')
            self.error = RefusedBody(LoginRequired(right="upload"), asked)
            self.completed = True

    def received(self, data: bytes) -> int:
        """Take more bytes of the request, and return how many of them belong to it."""
        consumed: int = super().received(data)
        if self.completed and self.body_rcv is not None and not self.error:
            self.body_rcv.buf.settle()
            if not self.body_rcv.buf.has_room:
                self.error = RefusedBody(DiskFull(), ("Retry-After", str(DiskFull.retry_after)))
        return consumed


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection whose bodies are spooled."""

    parser_class = RequestParser
