"""Who is admitted to a restricted index by a file, and which acts end that."""

import base64
import hashlib
import os
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mypi import clock
from mypi.errors import DatabaseBusy
from mypi.publishing import readers
from mypi.publishing.readers import Readers
from mypi.registry import accounts, events, indexing, users, yanking
from mypi.registry.events import Event, EventKind
from mypi.registry.indexes import Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, PASSWORD, SECRET, Peopled


def header(name: str, password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def sender(name: str) -> str:
    """Return what is admitted of a request that the test's client sends."""
    return f"127.0.0.1  {header(name)}"


def admitted(peopled: Peopled, index: str = SECRET) -> list[Path]:
    folder = peopled.data / "tree/readers" / index / "simple"
    return sorted(folder.iterdir()) if folder.exists() else []


def ask(peopled: Peopled, path: str, **headers: str) -> int:
    return int(peopled.client().get(path, headers=headers).status_code)


@pytest.fixture
def filled(peopled: Peopled) -> Peopled:
    for index in (MAIN, SECRET, INSIDE):
        peopled.upload(builders.wheel("foo-bar", "1.0"), index=index)
    return peopled


def file_path(peopled: Peopled) -> str:
    url: str = peopled.page("foo-bar", SECRET)["files"][0]["url"]
    return url.replace("../..", f"/{SECRET}")


@pytest.mark.parametrize("page", ["", "foo-bar/", "file"])
def test_who_may_read_all_of_it_is_admitted_by_the_header_that_was_sent(filled, page):
    path = file_path(filled) if page == "file" else f"/{SECRET}/+simple/{page}"
    assert ask(filled, path, Authorization=header("reader")) == 200
    (file,) = admitted(filled)
    key = (filled.data / "tree/readers/key").read_text()
    hours = {readers.digest(key, hour, sender("reader")) for hour in hours_around_now()}
    assert file.name in hours
    assert file.stat().st_size == 0
    assert ask(filled, path, Authorization=header("reader")) == 200
    assert admitted(filled) == [file]


def test_each_address_and_what_proxies_say_of_it_is_admitted_for_itself(filled):
    path = f"/{SECRET}/+simple/"
    seen = {"127.0.0.1 "}
    for said in ("192.0.2.7", "spoofed, 192.0.2.8"):
        assert ask(filled, path, Authorization=header("reader"), **{"X-Forwarded-For": said}) == 200
        seen.add(f"127.0.0.1 {said}")
    away = filled.client().get(path, headers={"Authorization": header("reader")}, environ_base={"REMOTE_ADDR": "::1"})
    assert away.status_code == 200
    seen.add("::1 ")
    assert ask(filled, path, Authorization=header("reader")) == 200
    key, (hour,) = filled.installation.readers.key(), hours_around_now()
    expected = {readers.digest(key, hour, f"{address} {header('reader')}") for address in seen}
    assert {file.name for file in admitted(filled)} == expected


def hours_around_now() -> list[str]:
    from mypi import clock

    return [clock.local_hour()]


def test_the_digest_is_the_one_that_apache_computes():
    expected = hashlib.sha1(b"key" + b"2026112112" + b"Basic \xe4").hexdigest()
    assert readers.digest("key", "2026112112", "Basic \xe4") == expected


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        (f"/{SECRET}/+simple/foo-bar/", {"Authorization": header("patterned")}),
        (f"/{SECRET}/+simple/", {"Authorization": header("patterned")}),
        (f"/{SECRET}/+simple/", {"Authorization": header("nobody-here")}),
        (f"/{SECRET}/+simple/", {"Authorization": header("reader", "wrong")}),
        (f"/{SECRET}/+simple/", {"Authorization": header("uploader")}),
        (f"/{SECRET}/+simple/", {"Authorization": "Negotiate x"}),
        (f"/{SECRET}/+simple/", {}),
        (f"/{MAIN}/+simple/?x", {"Authorization": header("reader")}),
    ],
)
def test_nobody_else_is(filled, path, sent):
    ask(filled, path, **sent)
    assert not any(admitted(filled, index) for index in (SECRET, MAIN, INSIDE))


def test_whoever_is_logged_in_is_admitted_where_that_is_enough(filled):
    assert ask(filled, f"/{INSIDE}/+simple/", Authorization=header("patterned")) == 200
    assert len(admitted(filled, INSIDE)) == 1


def test_a_session_admits_nobody(filled):
    client = filled.client()
    page = client.get("/+login").text
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    client.post("/+login", data={"name": "reader", "password": PASSWORD, "csrf_token": token})
    assert client.get(f"/{SECRET}/+simple/", headers={"Authorization": "Negotiate x"}).status_code == 200
    assert admitted(filled) == []


def taken(peopled: Peopled) -> None:
    shell, user = peopled.actor("shell"), users.get("reader")
    subject = Subject(SubjectKind.USER, user=user)
    accounts.set_grant(peopled.registry, shell, subject, Right.READ, peopled.index(SECRET), "*", given=False)


ACTS: dict[str, Callable[[Peopled, Any], object]] = {
    "a grant is taken": lambda on, shell: taken(on),
    "a password is set": lambda on, shell: accounts.set_password(on.registry, shell, "reader", "another-horse-battery"),
    "a user is deleted": lambda on, shell: accounts.delete_user(on.registry, shell, "reader"),
    "a group is left": lambda on, shell: accounts.set_membership(on.registry, shell, "crew", "member", member=False),
    "a group is deleted": lambda on, shell: accounts.delete_group(on.registry, shell, "crew"),
    "an index is closed": lambda on, shell: indexing.change_index(
        on.registry, shell, on.index(INSIDE), visibility=Visibility.PRIVATE
    ),
}


@pytest.mark.parametrize("what", ACTS)
def test_an_act_that_takes_a_right_away_lets_everybody_go_before_it_ends(filled, what):
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("member")) == 200
    before = (filled.data / "tree/readers/key").read_text()
    ACTS[what](filled, filled.actor("shell"))
    assert admitted(filled) == []
    assert (filled.data / "tree/readers/key").read_text() != before


def test_uploads_and_yanks_let_nobody_go(filled):
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200
    before = admitted(filled)
    filled.upload(builders.wheel("foo-bar", "2.0"), index=SECRET)
    yanking.set_release_yanked(
        filled.registry, filled.actor("shell"), filled.index(SECRET), "foo-bar", "1.0", yanked=True, reason=""
    )
    assert admitted(filled) == before


def test_every_kind_of_event_is_feared_but_those_of_projects_releases_and_files_and_what_gives_only():
    harmless = {kind.value for kind in EventKind if not readers.takes_rights(kind.value)}
    assert {kind.partition(".")[0] for kind in harmless} == {"project", "release", "file", "name", "token"}
    assert {kind for kind in harmless if kind.startswith("token")} == {"token.created"}
    assert readers.takes_rights("something.new")


def test_a_start_and_a_rebuild_let_everybody_go(filled):
    publisher = filled.installation.publisher
    for begin in (publisher.start, lambda: (publisher.tree.paths.mark.unlink(), publisher.rebuild())):
        assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200
        assert admitted(filled)
        begin()
        assert admitted(filled) == []


def test_a_right_that_is_taken_while_pages_cannot_be_shown_is_taken(filled, monkeypatch):
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200
    publisher = filled.installation.publisher

    def busy(*_: object) -> None:
        raise DatabaseBusy

    monkeypatch.setattr(publisher, "_render_newest", busy)
    with pytest.raises(DatabaseBusy):
        publisher.catch_up(filled.serial())
    assert admitted(filled) == []


def test_who_asked_before_a_right_was_taken_is_not_admitted_by_being_slow(filled):
    admitting = filled.installation.readers
    key = admitting.key()
    taken(filled)
    admitting.admit(key, SECRET, sender("reader"))
    (file,) = admitted(filled)
    now = admitting.key()
    assert file.name not in {readers.digest(now, hour, sender("reader")) for hour in hours_around_now()}


def test_the_key_is_for_the_account_and_its_group(filled):
    status = (filled.data / "tree/readers/key").stat()
    assert stat.S_IMODE(status.st_mode) & 0o007 == 0


def test_the_group_need_not_list_who_is_admitted(filled):
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200
    (file,) = admitted(filled)
    assert stat.S_IMODE(file.parent.stat().st_mode) & 0o067 == 0


def test_a_right_that_is_taken_while_a_tree_begins_anew_is_taken(filled, monkeypatch):
    publisher = filled.installation.publisher
    publisher.tree.paths.mark.unlink()
    newest = events.newest

    def slow() -> Event | None:
        # Somebody is admitted once more before the newest event is read, which takes the right.
        filled.installation.readers.admit(filled.installation.readers.key(), SECRET, sender("reader"))
        return newest()

    monkeypatch.setattr(events, "newest", slow)
    publisher.rebuild()
    assert admitted(filled) == []


def test_where_nothing_can_be_written_nobody_is_admitted(filled, monkeypatch):
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    filled.installation.readers.forget_all()
    assert not (filled.data / "tree/readers/key").exists()
    assert ask(filled, f"/{SECRET}/+simple/", Authorization=header("reader")) == 200
    assert admitted(filled) == []


def test_what_is_outdated_goes_and_there_is_an_end_to_what_is_kept(filled, monkeypatch):
    admitting: Readers = filled.installation.readers
    key = admitting.key()
    admitting.admit(key, SECRET, "first")
    (first,) = admitted(filled)
    os.utime(first, (0, 0))
    admitting.admit(key, SECRET, "second")
    assert first not in admitted(filled)
    monkeypatch.setattr(readers, "MOST_ADMITTED", 2)
    for word in ("third", "fourth"):
        admitting.admit(key, SECRET, word)
    assert len(admitted(filled)) == 2


@pytest.mark.parametrize(("hours", "admitted"), [(1.9, 0), (2.1, 1), (None, 1)])
def test_what_ends_before_the_file_means_nothing_is_not_admitted(filled, hours, admitted):
    readers, paths = filled.installation.readers, filled.installation.publisher.tree.paths
    until = clock.now() + timedelta(hours=hours) if hours else None
    readers.admit(readers.key(), SECRET, "192.0.2.1 Bearer x", until)
    folder = paths.readers(SECRET)
    assert len(list(folder.iterdir()) if folder.exists() else []) == admitted
