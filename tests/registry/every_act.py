"""Every act of the registry by name: how to bring about what it acts on, how to call it, and the event it leaves."""

import importlib
import inspect
import io
import pkgutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from mypi import errors, registry
from mypi.database import reading
from mypi.registry import (
    accounts,
    damage,
    deleting,
    documenting,
    files,
    indexing,
    issuing,
    maintaining,
    project_statuses,
    promoting,
    registering,
    reserving,
    testing,
    trusted_publishers,
    trusting,
    uploading,
    users,
    yanking,
)
from mypi.registry.actors import Actor
from mypi.registry.arriving import Voucher
from mypi.registry.events import EventKind
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.standards.digests import Hasher
from mypi.standards.project_status import ProjectStatus
from tests.support import builders
from tests.support.peopled import MAIN, SCRATCH, Peopled
from tests.support.withholding import withhold

ON_A_WHOLE_INDEX = {
    *("indexing.change_index", "indexing.delete_index", "accounts.set_grant"),
    *("reserving.reserve_name", "reserving.release_name"),
}
"""Acts with a right on an index and not on one project."""

STEPS = {"acts.act", "registering.found"}
"""Public functions that are given a registry and an actor and are no acts, but what acts are made of."""


@dataclass(frozen=True)
class Case:
    """One act on the project `name` of an index; `prepare` is done at the shell before."""

    kind: EventKind
    call: Callable[[Peopled, Actor, str, str], Any]
    prepare: Callable[[Peopled, str, str], Any]
    right: Right | None
    """The right that the act asks for; None where only an administrator may."""
    again: bool | type[Exception] = False
    """What the same act answers when it is done again: that nothing changed, or a failure."""
    refusal: type[Exception] = errors.PermissionDenied
    """What whoever is no administrator is told, where only those may."""
    hidden: type[Exception] = errors.NoSuchIndex
    """What whoever may not know of the index is told."""


def filename(name: str) -> str:
    """Return the name of the file that is there."""
    return builders.wheel(name, "1.0")[0]


def nothing(_peopled: Peopled, _index: str, _name: str) -> None:
    """Prepare nothing."""


def a_file(peopled: Peopled, index: str, name: str) -> None:
    """Prepare a project with a file."""
    peopled.upload(builders.wheel(name, "1.0"), by="shell", index=index)


def two_releases(peopled: Peopled, index: str, name: str) -> None:
    """Prepare a project with two releases."""
    a_file(peopled, index, name)
    peopled.upload(builders.wheel(name, "2.0"), by="shell", index=index)


def _upload(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    submission = peopled.submission(builders.wheel(name, "1.0"), name=name)
    return uploading.upload(peopled.registry, actor, peopled.index(index), submission)


def _document(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as packed:
        packed.writestr(zipfile.ZipInfo("index.html"), "<h1>")
    incoming = peopled.installation.storage.receive()
    incoming.write(body.getvalue())
    return documenting.document(peopled.registry, actor, peopled.index(index), name, "1.0", incoming)


def _keep_result(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    return bool(testing.keep_result(peopled.registry, actor, index, "", filename(name), b"{}"))


def _promote(peopled: Peopled, actor: Actor, index: str, name: str) -> Any:
    source, target = peopled.index(SCRATCH), peopled.index(index)
    done = promoting.promote(peopled.registry, actor, name, ["1.0"], source, target)
    return any(one.is_something for one in done)


def _somebody(peopled: Peopled, _index: str, _name: str) -> None:
    accounts.add_user(peopled.registry, peopled.actor("shell"), "somebody", "a long password")


def _in_scratch(peopled: Peopled, _index: str, name: str) -> None:
    a_file(peopled, SCRATCH, name)


def _with(act: Callable[..., Any], *words: Any, **named: Any) -> Callable[[Peopled, Actor, str, str], Any]:
    """Return a call of an act on the index and the project."""

    def call(peopled: Peopled, actor: Actor, index: str, name: str) -> Any:
        more = [word(name) if callable(word) else word for word in words]
        return act(peopled.registry, actor, peopled.index(index), name, *more, **named)

    return call


def _without_index(act: Callable[..., Any], *words: Any, **named: Any) -> Callable[[Peopled, Actor, str, str], Any]:
    return lambda peopled, actor, _index, _name: act(peopled.registry, actor, *words, **named)


def _change_index(peopled: Peopled, actor: Actor, index: str, _name: str) -> bool:
    return indexing.change_index(peopled.registry, actor, peopled.index(index), title="New title")


def _delete_index(peopled: Peopled, actor: Actor, index: str, _name: str) -> None:
    indexing.delete_index(peopled.registry, actor, peopled.index(index))


def _set_grant(peopled: Peopled, actor: Actor, index: str, _name: str) -> bool:
    subject = Subject(SubjectKind.USER, user=users.get("stranger"))
    return accounts.set_grant(peopled.registry, actor, subject, Right.DELETE, peopled.index(index), given=True)


def _mark_damaged(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    return withhold(peopled.registry, actor, peopled.index(index), filename(name))


def _mark_restored(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    with reading():
        row = files.get(peopled.index(index), filename(name))
    hasher = Hasher()
    hasher.update(builders.wheel(name, "1.0")[1])
    return damage.mark_restored(
        peopled.registry, actor, peopled.index(index), filename(name), hasher.digests(), row.sidecars, seen=row.sha256
    )


def _damaged(peopled: Peopled, index: str, name: str) -> None:
    a_file(peopled, index, name)
    _mark_damaged(peopled, peopled.actor("shell"), index, name)


def _yanked(peopled: Peopled, index: str, name: str) -> None:
    a_file(peopled, index, name)
    yanking.set_release_yanked(peopled.registry, peopled.actor("shell"), peopled.index(index), name, "1", yanked=True)


def _failure(name: str) -> type[Exception]:
    from mypi import errors

    found: type[Exception] = getattr(errors, name)
    return found


def _reserve(peopled: Peopled, actor: Actor, index: str, name: str) -> bool:
    with reading():
        holder = Subject(SubjectKind.USER, user=users.get("uploader"))
    return reserving.reserve_name(peopled.registry, actor, peopled.index(index), f"{name}-*", [holder], "the crew")


def _reserved(peopled: Peopled, index: str, name: str) -> None:
    _reserve(peopled, peopled.actor("shell"), index, name)


def _release(peopled: Peopled, actor: Actor, index: str, name: str) -> None:
    reserving.release_name(peopled.registry, actor, peopled.index(index), f"{name}-*")


def _create_token(peopled: Peopled, actor: Actor, _index: str, _name: str) -> None:
    issuing.create_token(peopled.registry, actor, "admin", "ci", rights=[Right.READ])


def _token(peopled: Peopled, index: str, name: str) -> None:
    _create_token(peopled, peopled.actor("shell"), index, name)


def _trust(peopled: Peopled, actor: Actor, index: str, name: str) -> Any:
    identity = trusted_publishers.github("acme/widgets", "release.yml")
    return trusting.trust_publisher(
        peopled.registry, actor, peopled.index(index), name, identity, [Right.READ, Right.UPLOAD]
    )


def _publisher(peopled: Peopled, index: str, name: str) -> None:
    _trust(peopled, peopled.actor("shell"), index, name)


def _distrust(peopled: Peopled, actor: Actor, _index: str, _name: str) -> None:
    trusting.distrust_publisher(peopled.registry, actor, 1)


def _on_token(act: Callable[..., Any]) -> Callable[[Peopled, Actor, str, str], Any]:
    """Return a call of an act on the first token that was made, whether or not it is there still."""

    def call(peopled: Peopled, actor: Actor, _index: str, _name: str) -> Any:
        created = [event for event in peopled.events() if event.kind == EventKind.TOKEN_CREATED]
        return act(peopled.registry, actor, created[0].details["token_id"])

    return call


CASES = {
    "uploading.upload": Case(EventKind.FILE_UPLOADED, _upload, nothing, Right.UPLOAD),
    "registering.register": Case(EventKind.PROJECT_REGISTERED, _with(registering.register), nothing, Right.UPLOAD),
    "yanking.set_release_yanked": Case(
        EventKind.RELEASE_YANKED,
        _with(yanking.set_release_yanked, "1.0", yanked=True, reason="bad"),
        two_releases,
        Right.YANK,
    ),
    "yanking.set_release_yanked back": Case(
        EventKind.RELEASE_UNYANKED, _with(yanking.set_release_yanked, "1.0", yanked=False), _yanked, Right.YANK
    ),
    "yanking.set_file_yanked": Case(
        EventKind.FILE_YANKED, _with(yanking.set_file_yanked, filename, yanked=True, reason="bad"), a_file, Right.YANK
    ),
    "deleting.delete_file": Case(
        EventKind.FILE_DELETED, _with(deleting.delete_file, filename), a_file, Right.DELETE, _failure("NoSuchFile")
    ),
    "deleting.delete_release": Case(
        EventKind.RELEASE_DELETED,
        _with(deleting.delete_release, "1.0"),
        two_releases,
        Right.DELETE,
        _failure("NoSuchRelease"),
    ),
    "deleting.delete_project": Case(
        EventKind.PROJECT_DELETED, _with(deleting.delete_project), a_file, Right.DELETE, _failure("NoSuchProject")
    ),
    "documenting.document": Case(EventKind.RELEASE_DOCUMENTED, _document, a_file, Right.UPLOAD),
    "testing.keep_result": Case(EventKind.FILE_TESTED, _keep_result, a_file, Right.READ, True),
    "promoting.promote": Case(EventKind.RELEASE_PROMOTED, _promote, _in_scratch, Right.UPLOAD),
    "project_statuses.set_status": Case(
        EventKind.PROJECT_STATUS_SET,
        _with(project_statuses.set_status, ProjectStatus.ARCHIVED, "done"),
        a_file,
        Right.MANAGE,
    ),
    "maintaining.set_maintainer": Case(
        EventKind.MAINTAINER_ADDED,
        _with(maintaining.set_maintainer, "stranger", maintains=True),
        a_file,
        Right.MANAGE,
    ),
    "indexing.change_index": Case(EventKind.INDEX_CHANGED, _change_index, nothing, Right.MANAGE),
    "indexing.delete_index": Case(
        EventKind.INDEX_DELETED, _delete_index, nothing, Right.MANAGE, _failure("NoSuchIndex")
    ),
    "accounts.set_grant": Case(EventKind.GRANT_GIVEN, _set_grant, nothing, Right.MANAGE),
    "indexing.create_index": Case(
        EventKind.INDEX_CREATED,
        _without_index(indexing.create_index, "team/new", Visibility.PUBLIC),
        nothing,
        None,
        _failure("AlreadyExists"),
    ),
    "accounts.add_user": Case(
        EventKind.USER_ADDED,
        _without_index(accounts.add_user, "newcomer", "a long password"),
        nothing,
        None,
        _failure("AlreadyExists"),
    ),
    "accounts.describe_user": Case(
        EventKind.USER_DESCRIBED,
        _without_index(accounts.describe_user, "somebody", email="somebody@example.org", title=None),
        _somebody,
        None,
    ),
    "accounts.delete_user": Case(
        EventKind.USER_DELETED,
        _without_index(accounts.delete_user, "somebody"),
        _somebody,
        None,
        _failure("NoSuchUser"),
    ),
    "accounts.set_password": Case(
        EventKind.USER_PASSWORD_SET,
        _without_index(accounts.set_password, "admin", "another long password"),
        nothing,
        None,
        True,
    ),
    "accounts.set_voucher": Case(
        EventKind.USER_VOUCHER_SET,
        _without_index(accounts.set_voucher, "stranger", Voucher.LDAP),
        nothing,
        None,
        True,
    ),
    "accounts.add_group": Case(
        EventKind.GROUP_ADDED,
        _without_index(accounts.add_group, "more"),
        nothing,
        None,
        _failure("AlreadyExists"),
    ),
    "accounts.delete_group": Case(
        EventKind.GROUP_DELETED,
        _without_index(accounts.delete_group, "crew"),
        nothing,
        None,
        _failure("NoSuchGroup"),
    ),
    "accounts.set_membership": Case(
        EventKind.GROUP_JOINED,
        _without_index(accounts.set_membership, "crew", "stranger", member=True),
        nothing,
        None,
    ),
    "issuing.create_token": Case(EventKind.TOKEN_CREATED, _create_token, nothing, None, errors.AlreadyExists),
    "issuing.rotate_token": Case(
        EventKind.TOKEN_ROTATED, _on_token(issuing.rotate_token), _token, None, True, refusal=errors.NoSuchToken
    ),
    "issuing.revoke_token": Case(
        EventKind.TOKEN_REVOKED,
        _on_token(issuing.revoke_token),
        _token,
        None,
        errors.NoSuchToken,
        refusal=errors.NoSuchToken,
    ),
    "trusting.trust_publisher": Case(EventKind.PUBLISHER_TRUSTED, _trust, nothing, Right.MANAGE, True),
    "trusting.distrust_publisher": Case(
        EventKind.PUBLISHER_DISTRUSTED,
        _distrust,
        _publisher,
        Right.MANAGE,
        errors.NoSuchPublisher,
        hidden=errors.NoSuchPublisher,
    ),
    "reserving.reserve_name": Case(EventKind.NAME_RESERVED, _reserve, nothing, Right.MANAGE),
    "reserving.release_name": Case(
        EventKind.NAME_RELEASED, _release, _reserved, Right.MANAGE, errors.NoSuchReservedName
    ),
    "damage.mark_damaged": Case(EventKind.FILE_DAMAGED, _mark_damaged, a_file, None),
    "damage.mark_restored": Case(EventKind.FILE_RESTORED, _mark_restored, _damaged, None),
}


def names_of_acts() -> Iterator[str]:
    """Yield `module.function` for each public function of the registry that is given a registry and an actor."""
    for found in pkgutil.iter_modules(registry.__path__):
        module = importlib.import_module(f"mypi.registry.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            public = function.__module__ == module.__name__ and not name.startswith("_")
            if public and list(inspect.signature(function).parameters)[:2] == ["registry", "actor"]:
                yield f"{found.name}.{name}"


def parameters(names: Iterable[str]) -> list[Any]:
    """Return cases by name as parameters of a test."""
    mark = pytest.mark.leaves_damage("a whole file is marked as damaged")
    return [pytest.param(name, marks=[mark] if name.startswith("damage") else []) for name in sorted(names)]


def called(case: str, peopled: Peopled, actor: Actor, index: str = MAIN, name: str = "foo-a") -> Any:
    """Call the act of a case."""
    return CASES[case].call(peopled, actor, index, name)
