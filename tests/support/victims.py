"""What a process does that will be killed, starved or examined: uploads, and a look at everything that must hold.

Each function returns the work itself, with the application made already, so that a tracer sees the work alone.
"""

import hashlib
import io
import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin

from flask.testing import FlaskClient

from benchmarks.filling import fill
from mypi import config
from mypi.app import create_app
from mypi.installation import opened
from mypi.publishing import tree, verification
from mypi.registry import deleting, indexes, yanking
from mypi.registry.actors import at_shell
from mypi.standards.names import normalize
from tests.support.installations import ADMINISTRATOR, PASSWORD

Built = tuple[str, bytes]
Change = tuple[str, str, str]
"""Delete, yank or undo; project; filename."""
BASIC = (ADMINISTRATOR, PASSWORD)
JSON = "application/vnd.pypi.simple.v1+json"


@dataclass(frozen=True)
class Answer:
    """What an upload was told."""

    status: int
    text: str
    retry_after: str = ""


@dataclass
class Found:
    """What there is in an installation: the bytes of each file by name, and everything that is not as it must be."""

    files: dict[str, bytes] = field(default_factory=dict)
    yanked: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def uploading(data: Path, *several: Built) -> Callable[[], list[Answer]]:
    """Upload files in turn and return the answers."""
    client = _client(data)
    return lambda: [_upload(client, built) for built in several]


def filling(data: Path, projects: int, files: int) -> Callable[[], None]:
    """Make an installation with so many projects that have so many files each."""
    return lambda: fill(data, projects=projects, files=files)


def starting(data: Path) -> Callable[[], None]:
    """Do what a process does first."""

    def start() -> None:
        _client(data)

    return start


def examining(data: Path, *retried: Built) -> Callable[[], Found]:
    """Start again on this data, look at everything; then upload files that may be there and look once more."""

    def examine() -> Found:
        client = _client(data)
        found = look(client)
        found.wrong += disagreements(data)
        for built in retried:
            answer = _upload(client, built)
            if answer.status != 200:
                found.wrong.append(f"{built[0]} again: {answer.status} {answer.text}")
        if retried:
            again = look(client)
            found.wrong += [*again.wrong, *disagreements(data)]
            found.wrong += [f"{name}: not there when uploaded again" for name, _ in retried if name not in again.files]
        return found

    return examine


def looking(data: Path) -> Callable[[], Found]:
    """Start again on this data and read every page and file."""
    return lambda: look(_client(data))


def disagreements(data: Path) -> list[str]:
    """Return what `mypi verify` says of this installation."""
    with opened(config.load(environ={}, data_directory=data)) as parts:
        return [f"{one.where}: {one.says}" for one in verification.differences(parts.publisher, patience=0)]


def look(client: FlaskClient) -> Found:
    """Read every page and every file that a page names, as installers would, in each representation."""
    found = Found()
    for project in _get(client, "/simple/", found, JSON).json["projects"]:
        _look_at_project(client, normalize(project["name"]), found)
    return found


def changing(data: Path, acknowledged: Path, sync_every: int, *changes: Change) -> Callable[[], None]:
    """Change files of the default index in turn; note each in `acknowledged` when it is done.

    The mark of the tree moves after so many events.
    """
    tree.SYNC_EVERY = sync_every
    notes = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def change() -> None:
        with opened(config.load(environ={}, data_directory=data)) as parts:
            for what, project, filename in changes:
                on = (parts.registry, at_shell(), indexes.get(parts.settings.default_index), project, filename)
                if what == "delete":
                    deleting.delete_file(*on)
                else:
                    yanking.set_file_yanked(*on, yanked=what == "yank")
                os.write(notes, f"{what} {filename}\n".encode())

    return change


def _look_at_project(client: FlaskClient, name: str, found: Found) -> None:
    url = f"/simple/{name}/"
    page = _get(client, url, found, JSON).json
    if page is None:
        return
    html = _get(client, url, found, "text/html").text
    links = [unquote(link).partition("#")[0] for link in re.findall(r'<a href="([^"]+)"', html)]
    if links != [unquote(file["url"]) for file in page["files"]]:
        found.wrong.append(f"{url}: its HTML names {links}, its JSON {page['files']}")
    if html != _get(client, url, found, "text/html", gzipped=True):
        found.wrong.append(f"{url}: the gzip twin differs")
    for file in page["files"]:
        place = urljoin(url, file["url"])
        body = _get(client, place, found).data
        found.files[file["filename"]] = body
        found.yanked.update({file["filename"]} if file["yanked"] else ())
        if hashlib.sha256(body).hexdigest() != file["hashes"]["sha256"] or len(body) != file["size"]:
            found.wrong.append(f"{place}: its bytes are not those that the page promises")
        if promised := file.get("core-metadata"):
            metadata = _get(client, f"{place}.metadata", found).data
            if hashlib.sha256(metadata).hexdigest() != promised["sha256"]:
                found.wrong.append(f"{place}.metadata: not the bytes that the page promises")


def _get(client: FlaskClient, url: str, found: Found, accept: str = "*/*", *, gzipped: bool = False) -> Any:
    headers = {"Accept": accept} | ({"Accept-Encoding": "gzip"} if gzipped else {})
    response = client.get(url, headers=headers)
    if response.status_code != 200:
        found.wrong.append(f"{url} is answered {response.status}")
    if gzipped:
        import gzip

        return gzip.decompress(response.data).decode()
    return response


def _upload(client: FlaskClient, built: Built) -> Answer:
    filename, body = built
    form = {":action": "file_upload", "protocol_version": "1", "content": (io.BytesIO(body), filename)}
    response = client.post("/", data=form, auth=BASIC)
    return Answer(response.status_code, response.text.strip(), response.headers.get("Retry-After", ""))


def _client(data: Path) -> FlaskClient:
    app = create_app(config.load(environ={}, data_directory=data))
    return app.test_client()


def crowding(data: Path, acknowledged: Path, sync_every: int, *crowd: list[Built]) -> Callable[[], list[Answer]]:
    """Upload in several threads at once; note each file in `acknowledged` when it was answered with 200.

    The mark of the tree moves after so many events.
    """
    tree.SYNC_EVERY = sync_every
    app = create_app(config.load(environ={}, data_directory=data))

    def upload_all(several: list[Built]) -> list[Answer]:
        client, answers = app.test_client(), []
        for built in several:
            answers.append(_upload(client, built))
            if answers[-1].status == 200:
                os.write(notes, f"{built[0]}\n".encode())
        return answers

    notes = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def crowd_in() -> list[Answer]:
        with ThreadPoolExecutor(len(crowd)) as threads:
            return [answer for answers in threads.map(upload_all, crowd) for answer in answers]

    return crowd_in
