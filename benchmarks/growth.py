"""What grows with the index: `python -m benchmarks.growth [SMALL LARGE]` compares two numbers of projects.

Each project has ten files. Both servers run at once and are asked in turn, so that a machine that slows down slows
both. Printed are medians in
milliseconds and their ratio; a ratio near 1 means that the size of the index does not matter.
"""

import gzip
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from benchmarks.filling import fill
from benchmarks.scratch import scratch
from benchmarks.serving import Server, form, initialise, running
from tests.support.builders import wheel

ROUNDS = 30
JSON = {"Accept": "application/vnd.pypi.simple.v1+json", "Accept-Encoding": "gzip"}


def get(path: str, headers: dict[str, str]) -> Callable[[Server, int], None]:
    """Return a measurement: one GET, whose answer is read whole and is right."""

    def measure(server: Server, _round: int) -> None:
        connection = server.connect()
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {answer.reason}")
        if answer.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(body)

    return measure


def upload_to(project: str) -> Callable[[Server, int], None]:
    """Return a measurement: the upload of one small wheel to a project, new in each round."""

    def measure(server: Server, number: int) -> None:
        name = project.format(number)
        filename, body = wheel(name, f"{number}.0.1")
        head, tail, content_type = form({":action": "file_upload", "name": name, "version": f"{number}.0.1"}, filename)
        connection = server.connect()
        connection.request("POST", "/", head + body + tail, server.credentials | {"Content-Type": content_type})
        answer = connection.getresponse()
        if answer.status != 200:
            raise SystemExit(f"upload: {answer.status} {answer.reason}")

    return measure


MEASUREMENTS: dict[str, Callable[[Server, int], None]] = {
    "first page for people": get("/", {"Accept": "text/html"}),
    "search": get("/+search?q=project-77", {"Accept": "text/html"}),
    "a project's page for people": get("/package/project-77/", {"Accept": "text/html"}),
    "/simple/ as gzipped JSON": get("/simple/", JSON),
    "/simple/project-77/ as gzipped JSON": get("/simple/project-77/", JSON),
    "upload to an existing project": upload_to("project-7"),
    "upload of a new project": upload_to("another-{}-x"),
}


def main() -> None:
    """Fill two installations, ask both, print the comparison."""
    sizes = [int(argument) for argument in sys.argv[1:3]] or [1_000, 10_000]
    with scratch() as folder, ExitStack() as stack:
        servers = []
        for size in sizes:
            data = folder / str(size)
            begun = time.perf_counter()
            initialise(data)
            fill(data, projects=size, files=10)
            print(f"{size} projects, {size * 10} files: filled in {time.perf_counter() - begun:.0f} s")
            begun = time.perf_counter()
            servers.append(stack.enter_context(running(data)))
            print(f"  started in {time.perf_counter() - begun:.1f} s")
        print(f"{'':40}" + "".join(f"{size:>10}" for size in sizes) + f"{'ratio':>10}")
        for title, measure in MEASUREMENTS.items():
            small, large = compare(measure, servers)
            print(f"{title:40}{small * 1000:10.1f}{large * 1000:10.1f}{large / small:10.2f}")


def compare(measure: Callable[[Server, int], None], servers: list[Server]) -> list[float]:
    """Return the median seconds of a measurement for each server, asked in turn; the first round is not counted."""
    seconds: list[list[float]] = [[] for _ in servers]
    for number in range(ROUNDS + 1):
        for server, taken in zip(servers, seconds, strict=True):
            begun = time.perf_counter()
            measure(server, number)
            taken.append(time.perf_counter() - begun)
    return [statistics.median(taken[1:]) for taken in seconds]


if __name__ == "__main__":
    main()
