"""Processes that a system consists of: started on the loopback interface, waited for, weighed, and ended."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 120.0
"""Seconds that a server may take to answer for the first time."""


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None, folder: Path | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    """Yield a process in a group of its own, all of which ends with the block. What it says goes into the log."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd=folder,
            env=os.environ | (environment or {}),
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    for sent in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            process.wait(timeout=20)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def wait_for(port: int, path: str, log: Callable[[], str]) -> float:
    """Return the seconds until `path` is answered by 200. Raises RuntimeError with the log when it never is."""
    begun = time.perf_counter()
    while time.perf_counter() - begun < PATIENCE:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            connection.request("GET", path, headers={"Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                return time.perf_counter() - begun
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.01)
    raise RuntimeError(f"no answer from port {port}: {log()}")


def memory(pid: int) -> int:
    """Return the bytes that a process and its descendants hold; what several share counts once (PSS)."""
    return sum(_proportional(member) for member in [pid, *descendants(pid)])


def descendants(pid: int) -> list[int]:
    """Return the processes below a process."""
    parents: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(words[1]), []).append(int(status.parent.name))
    found, below = [], [pid]
    while below:
        children = parents.get(below.pop(), [])
        found += children
        below += children
    return found


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
