"""An installation that people live in: four indexes, and an actor for each right. Made once, copied for each test.

`team/main` is public and the default, `team/inside` is for whoever is logged in, `team/secret` is private, and files of
`team/scratch` may be replaced. The names of the people say what they hold, on each index and nothing else; `patterned`
holds three rights on projects named foo-something, `member` reads as one of the group `crew`.
"""

import base64
import io
import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from mypi import config
from mypi import installation as assembly
from mypi.app import create_app
from mypi.commands.init import initialize
from mypi.config import Settings
from mypi.database import db, reading, writing
from mypi.installation import Installation
from mypi.registry import actors, events, groups, indexes, indexing, permissions, tokens, uploading, users
from mypi.registry.actors import Actor
from mypi.registry.events import Event
from mypi.registry.indexes import Index, Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.scopes import Purpose
from mypi.registry.uploading import Submission
from tests.support.pages import page_file

PASSWORD = "correct-horse-battery"
MAIN, INSIDE, SECRET, SCRATCH = "team/main", "team/inside", "team/secret", "team/scratch"
VISIBILITY = {
    MAIN: Visibility.PUBLIC,
    INSIDE: Visibility.AUTHENTICATED,
    SECRET: Visibility.PRIVATE,
    SCRATCH: Visibility.PUBLIC,
}
HOLDERS = {
    "reader": Right.READ,
    "uploader": Right.UPLOAD,
    "yanker": Right.YANK,
    "deleter": Right.DELETE,
    "manager": Right.MANAGE,
}
PATTERN = "foo-*"
Built = tuple[str, bytes]


@dataclass
class Peopled:
    """The installation, and short ways to use it as somebody."""

    settings: Settings
    installation: Installation
    _stack: ExitStack
    _app: Flask | None = None

    @property
    def registry(self) -> Any:
        """What acts are given."""
        return self.installation.registry

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data_directory

    def actor(self, name: str) -> Actor:
        """Return the actor of this name; '' is nobody, 'shell' the administrator at the shell."""
        if not name:
            return actors.nobody("192.0.2.1", "test")
        if name == "shell":
            return actors.at_shell()
        with reading():
            user = users.get(name)
            return Actor(user_id=user.id, name=user.name, address="192.0.2.1", client="test")

    def bearer(self, name: str, purpose: Purpose = Purpose.PERSONAL, **scope: Any) -> Actor:
        """Return this actor with a new token; a publisher's is nobody's, of this name."""
        given = {"rights": list(Right)} | scope
        with writing():
            user = None if purpose is Purpose.PUBLISHER else users.get(name)
            _, secret = tokens.add(name="ci", user=user, purpose=purpose, created_by=name, **given)
        with reading():
            found = tokens.bearer(secret)
            assert found
            return Actor(found.user_id, found.name, "192.0.2.1", "test", token=found.scope)

    def index(self, full_name: str = MAIN) -> Index:
        """Return an index."""
        return indexes.get(full_name)

    def submission(self, built: Built, **form: Any) -> Submission:
        """Return what the upload act is given for a file that was received."""
        filename, body = built
        incoming = self.installation.storage.receive()
        incoming.write(body)
        return Submission(filename=filename, incoming=incoming, **form)

    def upload(self, built: Built, by: str = "admin", index: str = MAIN, **form: Any) -> bool:
        """Upload a file by the act."""
        return uploading.upload(self.registry, self.actor(by), self.index(index), self.submission(built, **form))

    def page(self, project: str, index: str = MAIN) -> dict[str, Any] | None:
        """Return a project's page as the published tree has it, or None."""
        with reading():
            folder = self.installation.tree.index(self.index(index)).project_folder(project)
        return json.loads(page_file(folder, "json").read_text()) if folder.exists() else None

    def listed(self, index: str = MAIN) -> list[str]:
        """Return the names in the list of projects as the published tree has it."""
        with reading():
            folder = self.installation.tree.index(self.index(index)).list_folder
        return [project["name"] for project in json.loads(page_file(folder, "json").read_text())["projects"]]

    def rows(self, model: Any, *conditions: Any) -> list[Any]:
        """Return the rows of a table as plain values, in the order of their keys."""
        columns = list(model.__table__.columns)
        with reading():
            wanted = select(*columns).where(*conditions).order_by(*model.__table__.primary_key.columns)
            return list(db.session.execute(wanted))

    def events(self) -> list[Any]:
        """Return all events as plain values."""
        return self.rows(Event)

    def serial(self) -> int:
        """Return the serial of the newest event."""
        with reading():
            newest = events.newest()
            return newest.serial if newest else 0

    def litter(self) -> list[str]:
        """Return what uploads left half-way: receptions, and files that were never renamed."""
        incoming = [file.name for file in (self.data / "incoming").glob("*")]
        return incoming + [str(file) for file in self.data.rglob(".new-*")]

    def blobs(self) -> set[str]:
        """Return the digests of all blobs."""
        return {sha256 for sha256, _, _ in self.installation.storage.blobs()}

    @property
    def app(self) -> Flask:
        """The web application of the same installation."""
        if self._app is None:
            self._app = create_app(self.settings)
            self._stack.callback(dispose, self._app)
        return self._app

    def client(self, name: str = "", password: str = PASSWORD) -> FlaskClient:
        """Return a client of the web application that sends this user's password with each request."""
        client = self.app.test_client()
        if name:
            client.environ_base["HTTP_AUTHORIZATION"] = basic(name, password)
        return client


def basic(name: str, password: str = PASSWORD) -> str:
    """Return the value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def form(built: Built, **fields: Any) -> dict[str, Any]:
    """Return the form of an upload for the test client."""
    filename, body = built
    return {":action": "file_upload", "protocol_version": "1", "content": (io.BytesIO(body), filename), **fields}


def dispose(app: Flask) -> None:
    """Close the connections of an application."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def peopled_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the data directory that `peopled` copies."""
    directory = tmp_path_factory.mktemp("peopled") / "data"
    settings = config.load(environ={}, data_directory=directory)
    initialize(settings, "admin", PASSWORD)
    with assembly.opened(settings) as parts:
        settle(parts)
        db.session.remove()
        db.engine.dispose()
    return directory


def settle(parts: Installation) -> None:
    """Make the indexes by their acts, and the people in one transaction: forty acts would take ten seconds."""
    for full_name, visibility in VISIBILITY.items():
        if full_name != MAIN:
            indexing.create_index(
                parts.registry, actors.at_shell(), full_name, visibility, volatile=full_name == SCRATCH
            )
    with writing():
        crew = groups.add("crew")
        people = {name: users.add(name, PASSWORD) for name in ("stranger", *HOLDERS, "patterned", "member")}
        groups.join(crew, people["member"])
        for full_name in VISIBILITY:
            index = indexes.get(full_name)
            for name, right in HOLDERS.items():
                permissions.give(Subject(SubjectKind.USER, user=people[name]), right, index)
            for right in (Right.READ, Right.UPLOAD, Right.YANK):
                permissions.give(Subject(SubjectKind.USER, user=people["patterned"]), right, index, PATTERN)
            permissions.give(Subject(SubjectKind.GROUP, group=crew), Right.READ, index)


@pytest.fixture
def peopled(peopled_template: Path, tmp_path: Path) -> Iterator[Peopled]:
    """Yield an installation that people live in, in whose context acts and questions can be called."""
    with at(peopled_template, tmp_path / "data") as made:
        yield made


@contextmanager
def at(template: Path, directory: Path, **changes: Any) -> Iterator[Peopled]:
    """Yield an installation copied from the template, with other settings where a test wants them."""
    shutil.copytree(template, directory, symlinks=True)
    settings = config.load(environ={}, data_directory=directory, **changes)
    with assembly.opened(settings) as parts, ExitStack() as stack:
        stack.callback(db.engine.dispose)
        stack.callback(db.session.remove)
        yield Peopled(settings, parts, stack)
