"""Processes of their own that are ready at once: forked from one that has the program loaded, told when to begin.

Between `Forked(…)` and `go` a tracer can be attached; whatever happens to the process happens to nobody else.
"""

import multiprocessing
import os
import pickle
import socket
import struct
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

Work = Callable[[], Any]

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["mypi.app", "tests.support.victims"])


class Ended(Exception):  # noqa: N818 - what a killed process does, no mistake of anybody
    """The process ended before it gave its result; `code` is its exit code, negative for a signal."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"it ended with {code}")
        self.code = code


class Forked:
    """A process that has called `prepare(*args)` and does the work that came of it when it is told to."""

    def __init__(self, prepare: Callable[..., Work], *args: Any) -> None:
        self._connection, theirs = _context.Pipe()
        self._process = _context.Process(target=_live, args=(theirs, prepare, args), daemon=True)
        self._process.start()
        theirs.close()
        self._receive()

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def go(self) -> None:
        """Let it begin."""
        self._connection.send("go")

    def result(self) -> Any:
        """Wait for what the work returned. Raises Ended, and RuntimeError with what the work raised."""
        try:
            outcome, value = self._receive()
        finally:
            self._process.join()
            self._connection.close()
        if outcome == "raised":
            raise RuntimeError(value)
        return value

    def _receive(self) -> Any:
        try:
            return self._connection.recv()
        except (EOFError, ConnectionResetError):
            self._process.join()
            raise Ended(self._process.exitcode) from None


def call(prepare: Callable[..., Work], *args: Any) -> Any:
    """Return what the work of a process of its own returned. Raises Ended, RuntimeError."""
    forked = Forked(prepare, *args)
    forked.go()
    return forked.result()


def _live(connection: Connection, prepare: Callable[..., Work], args: tuple[Any, ...]) -> None:
    try:
        work = prepare(*args)
        connection.send(("ready", None))
        connection.recv()
        _tell(connection, work())
    except Exception as error:
        connection.send(("raised", f"{type(error).__name__}: {error}"))
        raise


def _tell(connection: Connection, result: Any) -> None:
    """Send the result as the connection would, but by a call that is not counted among the writes of the work."""
    message = pickle.dumps(("done", result))
    with socket.socket(fileno=os.dup(connection.fileno())) as stream:
        stream.sendall(struct.pack("!i", len(message)) + message)
