"""The methods of XML-RPC, in the words and shapes of PyPI: each asks one question and shapes its answer.

Of a project that is not there, or that the actor may not read, there is nothing to tell: the answer is empty.
"""

from collections.abc import Mapping, Sequence

from mypi.errors import InvalidProjectName, NoReleases, NoSuchProject, NoSuchRelease
from mypi.protocols.xmlrpc import release_words
from mypi.protocols.xmlrpc.parameters import (
    CLASSIFIERS,
    OPERATOR,
    PROJECT,
    SERIAL,
    SHOW_HIDDEN,
    USER,
    VERSION,
    WORDS,
    Method,
)
from mypi.registry import journal, project_lists, project_people, project_search, project_view, release_facts
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right
from mypi.standards.project_json import DescribedProject

NOTHING_TO_TELL = (InvalidProjectName, NoReleases, NoSuchProject, NoSuchRelease)
ROLES = {Right.MANAGE: "Owner", Right.UPLOAD: "Maintainer"}


def _changelog_last_serial(actor: Actor, full_name: str) -> int:
    return journal.last_serial(actor, full_name)


def _changelog_since_serial(actor: Actor, full_name: str, serial: int) -> list[list[object]]:
    return [
        [entry.project, entry.version or None, int(entry.time.timestamp()), entry.action, entry.serial]
        for entry in journal.since(actor, full_name, serial)
    ]


def _list_packages_with_serial(actor: Actor, full_name: str) -> dict[str, int]:
    return {project.normalized_name: project.serial for project in project_lists.readable(actor, full_name)}


def _list_packages(actor: Actor, full_name: str) -> list[str]:
    return [project.display_name for project in project_lists.readable(actor, full_name)]


def _user_packages(actor: Actor, full_name: str, user: str) -> list[list[str]]:
    return [[ROLES[right], project] for right, project in project_people.of_user(actor, full_name, user)]


def _package_roles(actor: Actor, full_name: str, project: str) -> list[list[str]]:
    try:
        return [[ROLES[right], user] for right, user in project_people.of_project(actor, full_name, project)]
    except NOTHING_TO_TELL:
        return []


def _browse(actor: Actor, full_name: str, classifiers: Sequence[str]) -> list[list[str]]:
    return [list(pair) for pair in project_search.classified(actor, full_name, classifiers)]


def _search(
    actor: Actor, full_name: str, words: Mapping[str, str | list[str]], operator: str = "and"
) -> list[dict[str, str]]:
    asked = {field: [some] if isinstance(some, str) else some for field, some in words.items()}
    found = project_search.search(actor, full_name, asked, every=operator == "and")
    return [
        {"name": project.display_name, "summary": project.summary, "version": project.newest_version}
        for project in found
    ]


def _package_releases(actor: Actor, full_name: str, project: str, _show_hidden: bool = False) -> list[str]:
    try:
        return [release.version for release in project_view.project_page(actor, full_name, project).releases]
    except NOTHING_TO_TELL:
        return []


def _release_data(actor: Actor, full_name: str, project: str, version: str) -> dict[str, object]:
    described = _described(actor, full_name, project, version)
    return release_words.data(described, full_name) if described else {}


def _release_urls(actor: Actor, full_name: str, project: str, version: str) -> list[dict[str, object]]:
    described = _described(actor, full_name, project, version)
    return [release_words.url(file, full_name) for file in described.files] if described else []


def _described(actor: Actor, full_name: str, project: str, version: str) -> DescribedProject | None:
    if not version:  # which would mean the newest one elsewhere
        return None
    try:
        return release_facts.describe(actor, full_name, project, version, unless=lambda _standing: False)[1]
    except NOTHING_TO_TELL:
        return None


METHODS = {
    "changelog_last_serial": Method(_changelog_last_serial),
    "changelog_since_serial": Method(_changelog_since_serial, (SERIAL,)),
    "list_packages_with_serial": Method(_list_packages_with_serial),
    "list_packages": Method(_list_packages),
    "search": Method(_search, (WORDS, OPERATOR)),
    "browse": Method(_browse, (CLASSIFIERS,)),
    "user_packages": Method(_user_packages, (USER,)),
    "package_roles": Method(_package_roles, (PROJECT,)),
    "package_releases": Method(_package_releases, (PROJECT, SHOW_HIDDEN)),
    "release_data": Method(_release_data, (PROJECT, VERSION)),
    "release_urls": Method(_release_urls, (PROJECT, VERSION)),
}
