"""An installation with its web application, filled by real acts and looked at through requests."""

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mypi import installation
from mypi.config import Settings
from mypi.installation import Installation
from mypi.registry import accounts, actors, indexes, indexing, uploading, users
from mypi.registry.actors import Actor
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import EVERY_PROJECT, Right, Subject, SubjectKind
from mypi.registry.uploading import Submission
from tests.support import builders

PASSWORD = "a-long-enough-password"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Site:
    """An installation and its application."""

    settings: Settings
    app: Flask

    @contextmanager
    def opened(self) -> Iterator[Installation]:
        """Yield the installation, for an act or a question; its session ends with the block."""
        with installation.opened(self.settings) as parts:
            yield parts

    def browser(self) -> FlaskClient:
        """Return a browser without cookies."""
        return self.app.test_client()

    def get(self, url: str, **options: object) -> TestResponse:
        """Ask for a page as a stranger."""
        return self.browser().get(url, headers={"Accept": "text/html"}, **options)

    def add_index(self, full_name: str, visibility: Visibility) -> None:
        """Create an index."""
        with self.opened() as parts:
            indexing.create_index(parts.registry, actors.at_shell(), full_name, visibility)

    def add_user(self, name: str, *rights: Right, pattern: str = EVERY_PROJECT, index: str = "team/main") -> None:
        """Add a user with `PASSWORD` and rights on the projects of an index that the pattern covers."""
        with self.opened() as parts:
            user = accounts.add_user(parts.registry, actors.at_shell(), name, PASSWORD)
            for right in rights:
                subject = Subject(SubjectKind.USER, user=user)
                where = indexes.get(index)
                accounts.set_grant(parts.registry, actors.at_shell(), subject, right, where, pattern, given=True)

    def upload(self, file: tuple[str, bytes], index: str = "team/main", user: str = "", comment: str = "") -> None:
        """Upload a file, as the shell or as a user."""
        with self.opened() as parts:
            incoming = parts.storage.receive()
            incoming.write(file[1])
            actor = Actor(users.get(user).id, user) if user else actors.at_shell()
            submission = Submission(filename=file[0], incoming=incoming, comment=comment)
            uploading.upload(parts.registry, actor, indexes.get(index), submission)

    def wheel(self, name: str, version: str = "1.0", index: str = "team/main", **fields: object) -> str:
        """Upload a wheel as the shell and return its filename."""
        file = builders.wheel(name, version, **fields)
        self.upload(file, index)
        return file[0]

    def logged_in(self, name: str, password: str = PASSWORD) -> FlaskClient:
        """Return a browser in which somebody has logged in through the form."""
        browser = self.browser()
        answer = post(browser, "/+login", {"name": name, "password": password}, page="/+login")
        assert answer.status_code == 303
        return browser


def post(browser: FlaskClient, url: str, fields: dict[str, str], page: str) -> TestResponse:
    """Send a form with the token that its page holds."""
    return browser.post(url, data=fields | {"csrf_token": token(browser, page)})


def token(browser: FlaskClient, page: str) -> str:
    """Return the token of the forms on a page."""
    found = TOKEN.search(browser.get(page).text)
    assert found, f"no form on {page}"
    return found[1]


def words(answer: TestResponse) -> str:
    """Return what a person reads on a page: its text without marks, on one line."""
    body = answer.text.partition("<body>")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
