"""The embedded server: waitress, set up so that slow clients hold up nobody, and ended so that running requests finish.

One thread of waitress reads and writes all sockets; a request is given to a working thread once it is whole, and what
it answers is buffered, beyond a megabyte on disk. So neither a slow body nor an unread answer takes a thread.
"""

import logging
import resource
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from mypi import clock
from mypi.commands.spooled_body import Channel

CONNECTIONS = 1000  # a quiet one costs a descriptor and some kilobytes
DESCRIPTORS = 4 * CONNECTIONS  # a socket, a spooled body and a spooled answer for each, and files that are read
READ_AT_ONCE = 64 * 1024  # bytes from a socket: with 8 KiB an upload costs a sixth more, with 256 KiB no less
HEADER_BYTES = 32 * 1024  # the longest request line and headers: more than any client sends, and 32 MiB for all
QUIET = 120
"""Seconds without a byte after which a connection is closed, whichever side is silent."""

GRACE = 30
"""Seconds that running requests have to finish when the server is asked to end."""

TRICKLE = 5
"""Seconds without a byte after which, at the end, a body that is still arriving is given up."""


class AddressError(Exception):
    """The address cannot be listened on; the text says why."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. Raises AddressError; OSError with EADDRINUSE when the port is taken."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError) as error:
        raise AddressError(f"'{host}' is no address of this machine: {error}") from error
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(CONNECTIONS)
    except BaseException:
        listener.close()
        raise
    return listener


@dataclass
class EmbeddedServer:
    """A server for a WSGI application on a listening socket, until SIGTERM or SIGINT."""

    application: Any
    listener: socket.socket
    spool: Path
    """The folder for bodies that are arriving."""
    max_body: int
    threads: int
    behind_proxy: bool
    _ends: float | None = field(default=None, init=False)

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until a signal, then finish what is running; a second signal ends at once.

        `ready` is called as soon as requests are answered and a signal ends the server as it should.
        """
        tempfile.tempdir = str(self.spool)
        _allow_descriptors()
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # That requests wait a moment is no news.
        self._server = create_server(self.application, **self._adjustments())
        self._server.channel_class = Channel
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        ready()
        while self._ends is None:
            self._turn()
        self._finish()

    def _adjustments(self) -> dict[str, Any]:
        return {
            "sockets": [self.listener],
            "threads": self.threads,
            "ident": "mypi",
            "expose_tracebacks": False,
            "max_request_body_size": self.max_body,
            "max_request_header_size": HEADER_BYTES,
            "connection_limit": CONNECTIONS,
            "backlog": CONNECTIONS,
            "recv_bytes": READ_AT_ONCE,
            "channel_timeout": QUIET,
            "asyncore_use_poll": True,  # select() knows no descriptor above 1023
            # A working thread never waits for a client to read: what is not read yet lies on disk.
            "outbuf_high_watermark": sys.maxsize,
            # The application itself reads X-Forwarded-* when it is told how many proxies to trust.
            "clear_untrusted_proxy_headers": not self.behind_proxy,
        }

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._ends = time.monotonic() + (GRACE if self._ends is None else 0)
        self._server.pull_trigger()

    def _turn(self) -> None:
        wasyncore.loop(timeout=1, use_poll=True, map=self._server._map, count=1)

    def _finish(self) -> None:
        # The listening socket only: `close` of the server itself would also take what wakes the loop.
        wasyncore.dispatcher.close(self._server)
        while self._is_busy() and self._ends is not None and time.monotonic() < self._ends:
            self._turn()
        self._server.task_dispatcher.shutdown(timeout=1)
        wasyncore.close_all(self._server._map)

    def _is_busy(self) -> bool:
        lately = clock.now().timestamp() - TRICKLE
        busy = False
        for channel in self._server.active_channels.values():
            arriving = channel.request is not None and channel.last_activity > lately
            if arriving or channel.requests or channel.total_outbufs_len:
                busy = True
            else:
                channel.will_close = True
        return busy


def _allow_descriptors() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < DESCRIPTORS:
        most = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
