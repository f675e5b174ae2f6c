"""The cells of the permission matrix: who asks, where, by which route; and how a route is turned into a request."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mypi.registry import issuing
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right
from tests.support import builders
from tests.support.peopled import HOLDERS, VISIBILITY, Peopled, basic

COVERED, OTHER = "foo-zebra", "quokka"
"""Two projects that are in each index: one that the pattern of `patterned` covers, and one that it does not."""
NOWHERE = "team/nowhere"
VERSION = "1.0"

USERS = ("", "stranger", *HOLDERS, "patterned", "member", "admin")
TOKENS: dict[str, tuple[str, set[Right], str, str]] = {
    "manager's token to read": ("manager", {Right.READ}, "*", "*"),
    "manager's token to upload foo-*": ("manager", {Right.UPLOAD}, "*", "foo-*"),
    "manager's token to manage quokka": ("manager", {Right.MANAGE}, "*", OTHER),
    "admin's token for elsewhere": ("admin", set(Right), "team/elsewhere", "*"),
    "stranger's token for everything": ("stranger", set(Right), "*", "*"),
}
"""Whose token it is, and its rights, index and projects."""
ACTORS = (*USERS, *TOKENS)


def holds(who: str, right: Right, project: str | None, index: str) -> bool:
    """Return whether somebody holds a right on a project, or with None on a whole index, as the tables above say it."""
    reads_anyway = right is Right.READ and VISIBILITY[index] is Visibility.PUBLIC
    if who not in TOKENS:
        return reads_anyway or _user_holds(who, right, project, index)
    user, *_ = TOKENS[who]
    return reads_anyway or (token_allows(who, right, project) and _user_holds(user, right, project, index))


def token_allows(who: str, right: Right, project: str | None) -> bool:
    """Return whether the token that somebody comes with allows a right on a project of these indexes; none forbids."""
    if who not in TOKENS:
        return True
    _, rights, index_pattern, pattern = TOKENS[who]
    covered = pattern == "*" or (project is not None and project.startswith(pattern.rstrip("*")))
    return bool(rights & {right, Right.MANAGE}) and index_pattern == "*" and covered


def _user_holds(user: str, right: Right, project: str | None, index: str) -> bool:
    if user in {"manager", "admin"} or HOLDERS.get(user) is right:
        return True
    if user == "patterned" and project == COVERED and right in {Right.READ, Right.UPLOAD, Right.YANK}:
        return True
    if right is Right.READ:
        return user == "member" or (VISIBILITY[index] is Visibility.AUTHENTICATED and user != "")
    return False


def holds_some(who: str, right: Right, index: str) -> bool:
    """Return whether somebody holds a right on one of the projects."""
    return any(holds(who, right, project, index) for project in (COVERED, OTHER))


@dataclass
class Place:
    """An installation whose default index is the one that is asked about."""

    peopled: Peopled
    index: str
    secrets: dict[str, str]

    @classmethod
    def filled(cls, peopled: Peopled) -> "Place":
        """Put both projects into each index, and make the tokens."""
        for index in VISIBILITY:
            for name in (COVERED, OTHER):
                peopled.upload(builders.wheel(name, VERSION), by="shell", index=index)
        secrets = {}
        for who, (user, rights, index_pattern, pattern) in TOKENS.items():
            _, secrets[who] = issuing.create_token(
                peopled.registry,
                peopled.actor("shell"),
                user,
                who,
                rights=rights,
                index_pattern=index_pattern,
                project_patterns=[pattern],
                lifetime=timedelta(days=1),
            )
        return cls(peopled, peopled.settings.default_index, secrets)

    def client(self, who: str) -> FlaskClient:
        """Return a client of somebody, who brings what proves it with each request, and the cookie of a form."""
        client = self.peopled.client(who if who in USERS else "")
        if who in TOKENS:
            client.environ_base["HTTP_AUTHORIZATION"] = basic("__token__", self.secrets[who])
        return client

    def address(self, project: str) -> tuple[str, str, str]:
        """Return the digits and the name of the project's file, as they stand in URLs."""
        page = self.peopled.page(project, self.index)
        if not page or not page["files"]:
            return "000", "0000000000000", f"{builders.escaped(project)}-{VERSION}-py3-none-any.whl"
        *_, digits3, digits13, filename = page["files"][0]["url"].split("/")
        return digits3, digits13, filename

    def version(self, project: str) -> str:
        """Return the version of the project's only release."""
        return self.address(project)[2].split("-")[1]

    def put_back(self, project: str) -> None:
        """Upload the project anew when it was deleted: under a version that was not there before."""
        page = self.peopled.page(project, self.index)
        if not page or not page["files"]:
            built = builders.wheel(project, f"{VERSION}.{self.peopled.serial()}")
            self.peopled.upload(built, by="shell", index=self.index)


@dataclass(frozen=True)
class Asked:
    """A request by a route: about a project of an index."""

    rule: Rule
    method: str
    index: str
    project: str
    beside: str = ""
    """What is asked for beside the file."""

    @property
    def is_named(self) -> bool:
        """Whether the index stands in the URL."""
        return "name" in self.rule.arguments

    def path(self, place: Place) -> str:
        """Return the URL."""
        owner, _, name = self.index.partition("/")
        digits3, digits13, filename = place.address(self.project)
        if not self.is_named:  # a user: nobody, where they would be deleted
            owner = "bystander" if self.method == "DELETE" else "stranger"
        words = {
            "owner": owner,
            "name": name,
            "project": self.project,
            "version": place.version(self.project),
            "digits3": digits3,
            "digits13": digits13,
            "filename": filename + self.beside,
            "number": "17",
        }
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: words.get(match.group(1), "mypi.css"), self.rule.rule)

    def send(self, place: Place, client: FlaskClient, **sent: Any) -> TestResponse:
        """Send the request, with what a form or a query needs, and return its answer."""
        method, _, way = self.method.partition(" ")
        accept = {"AS JSON": "application/json", "OF JSON": "application/json"}.get(way, "text/html,*/*")
        if way == "BY AN INSTALLER":
            accept = "application/vnd.pypi.simple.v1+json"
        return client.open(self.path(place), method=method, headers={"Accept": accept}, **sent)


def asked(rules: Iterable[Rule], index: str) -> Iterator[Asked]:
    """Yield the requests by each route about each project; one where the route is about none."""
    for rule in rules:
        about = (COVERED, OTHER) if {"project", "digits3"} & rule.arguments else (COVERED,)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            for project in about:
                yield Asked(rule, method, index, project)
                if "digits3" in rule.arguments and method == "GET":
                    yield Asked(rule, method, index, project, ".metadata")
