"""Uploads by several clients at once. What a system acknowledged must be on its page, with the bytes that were sent.

While they upload, somebody looks at their pages again and again: each must be whole, and name what was acknowledged
before it was asked for.
"""

import hashlib
import http.client
import random
import threading
import time
from dataclasses import dataclass, field

from benchmarks import checks
from benchmarks.checks import WrongAnswer
from benchmarks.serving import form
from benchmarks.systems.system import Kind, Running, basic
from tests.support.builders import wheel

LOOK_EVERY = 0.05  # seconds
SETTLED = 5.0
"""Seconds after which a page must have what was acknowledged; one that has it later has lost it."""


@dataclass(frozen=True)
class Ready:
    """An upload that is made and not sent yet."""

    filename: str
    sha256: str
    body: bytes
    content_type: str


@dataclass
class Client:
    """Somebody who uploads one wheel after the other into a project of their own."""

    project: str
    ready: list[Ready]
    acknowledged: dict[str, str] = field(default_factory=dict)
    """Filenames and their sha256."""
    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def run(self, running: Running, until: float) -> None:
        """Upload until the clock says so, on one connection, as twine does."""
        assert running.upload is not None
        given = running.upload
        headers = {"Authorization": basic(given.username, given.password)} if given.username else {}
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=120)
        for one in self.ready:
            if (begun := time.perf_counter()) > until:
                break
            try:
                connection.request("POST", given.path, one.body, headers | {"Content-Type": one.content_type})
                answer = connection.getresponse()
                said = answer.read()
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self.refused.append(repr(error))
                continue
            if answer.status == 200:
                self.acknowledged[one.filename] = one.sha256
                self.seconds.append(time.perf_counter() - begun)
            else:
                self.refused.append(f"{answer.status} {said[:100]!r}")
        connection.close()


@dataclass
class Watch:
    """Looks at the pages while they change."""

    late: int = 0
    """Pages that lacked what had been acknowledged before they were asked for."""
    broken: list[str] = field(default_factory=list)
    seen: int = 0

    def run(self, running: Running, clients: list[Client], end: threading.Event) -> None:
        """Look at one page after the other until the event."""
        turn = random.Random(1)
        while not end.wait(LOOK_EVERY):
            client = turn.choice(clients)
            if before := set(client.acknowledged):
                self._look(running, client.project, before)

    def _look(self, running: Running, project: str, before: set[str]) -> None:
        try:
            names = set(_links(running, project))
        except (WrongAnswer, OSError, ValueError, http.client.HTTPException) as error:
            self.broken.append(str(error))
            return
        self.seen += 1
        self.late += not before <= names


@dataclass(frozen=True)
class Outcome:
    """What became of some seconds of uploads."""

    rate: float
    """Acknowledged a second."""
    seconds: list[float]
    """What each acknowledged one took, client by client."""
    remarks: list[str]


def prepared(tag: str, clients: int, each: int, first: int = 0) -> list[Client]:
    """Return clients with so many uploads each, for projects that are named after the tag."""
    made = []
    for number in range(clients):
        project = f"upload-{tag}-{number}"
        made.append(Client(project, [_ready(project, f"{version}.0") for version in range(first, first + each)]))
    return made


def _ready(project: str, version: str) -> Ready:
    filename, content = wheel(project, version, summary=f"Number {version}", requires_python=">=3.8")
    sha256 = hashlib.sha256(content).hexdigest()
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.1",
        "name": project,
        "version": version,
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "summary": f"Number {version}",
        "requires_python": ">=3.8",
        "sha256_digest": sha256,
    }
    head, tail, content_type = form(fields, filename)
    return Ready(filename, sha256, head + content + tail, content_type)


def upload(running: Running, clients: list[Client], seconds: float) -> Outcome:
    """Let the clients upload for some seconds, then look for all that was acknowledged. Raises WrongAnswer."""
    end, watch, until = threading.Event(), Watch(), time.perf_counter() + seconds
    # Daemons: a run that is interrupted ends, though their server answers no more.
    watcher = threading.Thread(target=watch.run, args=(running, clients, end), daemon=True)
    uploaders = [threading.Thread(target=client.run, args=(running, until), daemon=True) for client in clients]
    watcher.start()
    begun = time.perf_counter()
    for thread in uploaders:
        thread.start()
    for thread in uploaders:
        thread.join()
    elapsed = time.perf_counter() - begun
    end.set()
    watcher.join()
    count = sum(len(client.acknowledged) for client in clients)
    refused = [reason for client in clients for reason in client.refused]
    if not count:
        raise WrongAnswer(f"nothing was acknowledged: {refused[:1]}")
    gone = sum(lost(running, client) for client in clients)
    remarks = _remarks(count, refused, gone, watch)
    return Outcome(count / elapsed, [one for client in clients for one in client.seconds], remarks)


def lost(running: Running, client: Client) -> int:
    """Return how many of the acknowledged files are not on the page, or not there with the bytes that were sent."""
    ends = time.perf_counter() + SETTLED
    while True:
        links = _links(running, client.project) if client.acknowledged else {}
        missing = set(client.acknowledged) - set(links)
        if not missing or time.perf_counter() > ends:
            break
        time.sleep(0.2)
    wrong = 0
    for filename, sha256 in client.acknowledged.items():
        if filename in links:
            try:
                checks.require_digest(checks.fetch(running.get(links[filename].path)), sha256)
                wrong += links[filename].sha256 not in ("", sha256)
            except WrongAnswer:
                wrong += 1
    return len(missing) + wrong


def _links(running: Running, project: str) -> dict[str, checks.Link]:
    answer = checks.fetch(running.page(project, Kind.JSON))
    checks.require_status(answer, 200)
    return checks.links(answer, Kind.HTML if answer.type in checks.HTML_TYPES else Kind.JSON)


def _remarks(count: int, refused: list[str], gone: int, watch: Watch) -> list[str]:
    said = []
    if refused:
        said.append(f"{len(refused)} of {count + len(refused)} failed, the first with {refused[0]}")
    if gone:
        said.append(f"{gone} of {count} acknowledged files were lost or wrong")
    if watch.broken:
        said.append(f"{len(watch.broken)} broken pages, the first: {watch.broken[0]}")
    if watch.late:
        said.append(f"{watch.late} of {watch.seen} pages lacked a file that had been acknowledged before")
    return said
