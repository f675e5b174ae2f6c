"""strace, attached to a process: it writes down what the process asks of the disk, and lets chosen requests fail.

SQLite writes from C, so that nothing inside Python sees all of it; at the boundary to the system everything passes.
"""

import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.requirements import need

CHANGES = ("write", "pwrite64", "mkdir", "rename", "link", "unlink")
"""The steps by which an act changes what others see on the disk."""

SYNCS = ("fsync", "fdatasync")
"""The steps by which it waits until that is durable."""


@contextmanager
def traced(pid: int, log: Path, *options: str) -> Iterator[None]:
    """Trace a process and its threads until the block ends; return when nothing that it does escapes."""
    need(shutil.which("strace"), "strace is not installed")
    command = ["strace", "-f", "-qq", "-o", str(log), *options, "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:
        try:
            _wait_until_attached(pid, tracer)
            yield
        finally:
            tracer.terminate()


def _wait_until_attached(pid: int, tracer: subprocess.Popen[str]) -> None:
    while "TracerPid:\t0\n" in Path(f"/proc/{pid}/status").read_text():
        if tracer.poll() is not None:
            assert tracer.stderr is not None
            need(condition=False, reason=f"strace may not attach here: {tracer.stderr.read()}")
        time.sleep(0.002)


def steps(log: Path) -> Counter[str]:
    """Return how often each step was taken by the one process of a log."""
    return Counter(line.split(maxsplit=1)[1].partition("(")[0] for line in log.read_text("latin-1").splitlines())
