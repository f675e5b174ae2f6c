"""How many answers a second a system gives: wrk with eight connections, for some seconds."""

import re
import subprocess

from benchmarks.systems.system import Request

CONNECTIONS = 8
LONGEST = 20.0
"""Seconds for one measurement of a system that takes seconds for one answer."""


class Failed(Exception):
    """Answers that failed while they were timed."""


def rate(request: Request, seconds: float, alone: float) -> float:
    """Return the answers a second. `alone` is what one answer took, so that slow ones are waited for.

    Raises Failed when an answer had a status of 400 or more, or a connection broke.
    """
    duration = min(LONGEST, max(seconds, 3 * alone))
    done = subprocess.run(command(request, CONNECTIONS, duration), capture_output=True, text=True, check=True)
    return parse(done.stdout) or 1 / alone


def command(request: Request, connections: int, seconds: float) -> list[str]:
    """Return how wrk is called to send a request again and again."""
    headers = [word for name, value in request.headers.items() for word in ("-H", f"{name}: {value}")]
    duration = ["-d", f"{max(1, round(seconds))}s", "--timeout", "60s"]
    url = f"http://127.0.0.1:{request.port}{request.path}"
    return ["wrk", "-t", "2", "-c", str(connections), *duration, *headers, url]


def parse(said: str) -> float:
    """Return the rate that wrk printed."""
    if failed := re.search(r"Non-2xx or 3xx responses: (\d+)", said):
        raise Failed(f"{failed[1]} answers failed while they were timed")
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", said)
    if broken and any(int(count) for count in broken.groups()):
        raise Failed(f"connections broke while they were timed: {broken[0]}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not found:
        raise Failed(f"wrk printed no rate: {said}")
    return float(found[1])
