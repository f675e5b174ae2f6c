"""Private indexes under Apache: who was found right a moment ago needs no Python, and nobody is a moment too long."""

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from mypi.registry.logins import FREE_GUESSES
from tests.protocols.simple_pages import JSON, PIP
from tests.support import builders
from tests.support.apache import ApacheServer, mypi_under_apache
from tests.support.apache_alone import apache_alone
from tests.system.apache_requests import Answer, ask, form

SECRET = "team/secret"
PROCESSES = 5
QUIET = 5  # seconds in which no process starts: then all have


@dataclass(frozen=True)
class Private:
    """A private index under Apache, and the same host without the application."""

    server: ApacheServer
    alone: ApacheServer
    url: str
    """The path of its one file."""

    def paths(self) -> list[str]:
        """Return each kind of URL of the index."""
        pages = [f"/{SECRET}/+simple/", f"/{SECRET}/+simple/hidden/"]
        return [*pages, self.url, f"{self.url}.metadata", self.url.replace("+f", "packages")]

    def commanded(self, *words: str, stdin: str = "") -> None:
        """Run a command of mypi."""
        done = self.server.mypi(*words, stdin=stdin)
        assert done.returncode == 0, done.stderr

    def user(self, name: str, *, reads: bool = True) -> str:
        """Add a user who reads the index, and return the Authorization header."""
        self.commanded("user", "add", name, "--password-stdin", stdin=f"pass-word-of-{name}")
        if reads:
            self.commanded("grant", "give", f"user:{name}", "read", "--index", SECRET)
        return basic(name, f"pass-word-of-{name}")

    def known(self, name: str, header: str = "") -> str:
        """Return the header of a user, a new one where none is given, whom Apache answers by itself."""
        header = header or self.user(name)
        # One of them may start even later than we waited for.
        for _ in range(PROCESSES + 1):
            assert ask(self.server, "GET", self.url, Authorization=header).status == 200
            if ask(self.alone, "GET", self.url, Authorization=header).status == 200:
                return header
            time.sleep(1)
        raise AssertionError("Apache does not know the header again")


def basic(name: str, password: str) -> str:
    """Return the Authorization header of a user."""
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture(scope="module", params=["", "/mypi"], ids=["at the root", "under a prefix"])
def private(request: pytest.FixtureRequest) -> Iterator[Private]:
    """Yield a private index with a file in it."""
    with mypi_under_apache(request.param) as server:
        assert server.mypi("index", "create", SECRET, "--visibility", "private").returncode == 0
        body = form(builders.wheel("hidden", "1.0"), action="file_upload", name="", version="")
        assert ask(server, "POST", f"/{SECRET}/", body, login=True).status == 200
        page = ask(server, "GET", f"/{SECRET}/+simple/hidden/", login=True, Accept=JSON)
        url = json.loads(page.body)["files"][0]["url"].replace("../..", f"/{SECRET}")
        alone = apache_alone(server)
        _wait_for_starts(server)
        yield Private(server, alone, url)


def _wait_for_starts(server: ApacheServer) -> None:
    # Each process of the application lets everybody go when it starts, on a busy machine long after the first answers.
    key = server.data_directory / "tree/readers/key"
    seen, since = "", time.monotonic()
    while time.monotonic() < since + QUIET:
        if (now := key.read_text()) != seen:
            seen, since = now, time.monotonic()
        time.sleep(0.1)


def said(answer: Answer) -> tuple[int, str, bytes, list[tuple[str, str]]]:
    """Return all of an answer but its date."""
    headers = sorted(header for header in answer.headers.items() if header[0] != "Date")
    return answer.status, answer.reason, answer.body, headers


def test_what_apache_says_is_what_the_application_says_and_private(private):
    header = private.known("equal")
    kinds = [{"Accept": accept, "Accept_Encoding": coding} for accept, coding in product((PIP, "*/*"), ("gzip", ""))]
    kinds += [{"Range": "bytes=5-"}, {"Range": "bytes=999999-"}, {"If_None_Match": '"other"'}]
    for path, method, kind in product(private.paths(), ("GET", "HEAD"), kinds):
        tree = ask(private.server, method, path, Authorization=header, **kind)
        assert tree.headers["Cache-Control"].startswith(("private", "no-store"))
        application = ask(private.server, method, f"{path}?by", Authorization=header, **kind)
        assert said(tree) == said(application), (path, method, kind)
        if "Range" not in kind:
            assert tree.status == 200
            assert said(ask(private.alone, method, path, Authorization=header, **kind)) == said(tree)


def test_who_knows_a_page_is_told_so_alike(private):
    header = private.known("knowing")
    for path in private.paths():
        tag = ask(private.alone, "GET", path, Authorization=header).headers["ETag"] or ""
        told = [ask(private.alone, "GET", path, Authorization=header, If_None_Match=tag)]
        told.append(ask(private.server, "GET", f"{path}?by", Authorization=header, If_None_Match=tag))
        assert said(told[0]) == said(told[1])
        assert told[0].status == 304


def test_nobody_else_is_answered(private):
    private.known("known")
    for header in ("", basic("known", "wrong"), basic("known", "pass-word-of-knowx"), basic("x", "y"), "Bearer x"):
        for path in private.paths():
            sent = {"Authorization": header} if header else {}
            assert ask(private.alone, "GET", path, **sent).status == 404
            assert ask(private.server, "GET", path, **sent).status in {401, 429}


def test_who_guesses_from_elsewhere_is_not_told_what_is_right_while_the_user_reads(private):
    header = private.known("guessed")
    away = "127.0.0.9"
    for turn in range(FREE_GUESSES):
        wrong = basic("guessed", f"wrong-{turn}")
        assert ask(private.server, "GET", private.url, source=away, Authorization=wrong).status == 401
    for path in private.paths():
        assert ask(private.alone, "GET", path, source=away, Authorization=header).status == 404
        assert ask(private.server, "GET", path, source=away, Authorization=header).status == 429
        assert ask(private.alone, "GET", path, Authorization=header).status == 200
        proxied = {"Authorization": header, "X_Forwarded_For": away}
        assert ask(private.alone, "GET", path, **proxied).status == 404


def test_who_may_read_some_projects_is_always_asked(private):
    header = private.user("partly", reads=False)
    private.commanded("grant", "give", "user:partly", "read", "--index", SECRET, "--project", "hid*")
    for path in private.paths():
        assert ask(private.server, "GET", path, Authorization=header).status == 200
        assert ask(private.alone, "GET", path, Authorization=header).status == 404


def test_a_header_for_one_index_opens_no_other(private):
    header = private.known("elsewhere")
    private.commanded("index", "create", "team/other", "--visibility", "private")
    assert ask(private.server, "GET", private.url, Authorization=header).status == 200
    assert ask(private.server, "GET", "/team/other/+simple/", Authorization=header).status == 404
    assert ask(private.alone, "GET", "/team/other/+simple/", Authorization=header).status == 404


TAKEN = {
    "the grant is taken": (["grant", "take", "user:{}", "read", "--index", SECRET], ""),
    "the password is set": (["user", "password", "{}", "--password-stdin"], "something-else-1"),
    "the user is deleted": (["user", "delete", "{}", "--yes"], ""),
}


@pytest.mark.parametrize("what", TAKEN)
def test_the_next_request_after_a_right_was_taken_is_refused(private, what):
    name = what.replace(" ", "-")
    header = private.known(name)
    words, stdin = TAKEN[what]
    private.commanded(*(word.format(name) for word in words), stdin=stdin)
    for path in private.paths():
        assert ask(private.alone, "GET", path, Authorization=header).status == 404
        assert ask(private.server, "GET", path, Authorization=header).status in {401, 404}


def test_an_index_that_is_closed_to_a_reader_is_closed_at_once(private):
    header = private.user("insider", reads=False)
    private.commanded("index", "change", SECRET, "--visibility", "authenticated")
    assert ask(private.server, "GET", private.url, Authorization=header).status == 200
    assert ask(private.alone, "GET", private.url, Authorization=header).status == 200
    private.commanded("index", "change", SECRET, "--visibility", "public")
    assert ask(private.alone, "GET", private.url).status == 200
    private.commanded("index", "change", SECRET, "--visibility", "private")
    for sent in ({}, {"Authorization": header}):
        assert ask(private.alone, "GET", private.url, **sent).status == 404
        assert ask(private.server, "GET", private.url, **sent).status in {401, 404}


def test_while_many_read_a_right_that_was_taken_is_taken_for_all(private):
    for turn in range(3):
        name = f"crowd-{turn}"
        header = private.known(name)
        stop, late, taken = threading.Event(), [], threading.Event()

        def read(header: str = header, stop: threading.Event = stop, late: list[int] = late) -> None:
            while not stop.is_set():
                after = taken.is_set()  # noqa: B023 - of this turn, as the thread ends with it
                status = ask(private.server, "GET", private.url, Authorization=header).status
                if after and status == 200:
                    late.append(status)

        readers = [threading.Thread(target=read) for _ in range(6)]
        for reader in readers:
            reader.start()
        private.commanded("grant", "take", f"user:{name}", "read", "--index", SECRET)
        taken.set()
        for _ in range(20):
            assert ask(private.server, "GET", private.url, Authorization=header).status == 404
        stop.set()
        for reader in readers:
            reader.join()
        assert late == []


def token_of(private, name, *words):
    """Return number and header of a new token of a user."""
    made = private.server.mypi("token", "create", name, "ci", *words)
    assert made.returncode == 0, made.stderr
    number = made.stderr.split()[1]
    return number, f"Bearer {made.stdout.strip()}"


def test_a_token_that_is_revoked_is_refused_by_the_very_next_request(private):
    private.user("bearer")
    number, header = token_of(private, "bearer", "--right", "read", "--index", SECRET)
    private.known("bearer", header)
    private.commanded("token", "revoke", number)
    for path in private.paths():
        assert ask(private.server, "GET", path, Authorization=header).status == 401
        assert ask(private.alone, "GET", path, Authorization=header).status != 200


def test_a_token_that_reads_less_than_the_index_is_not_known_to_apache(private):
    private.user("narrow")
    _, header = token_of(private, "narrow", "--right", "read", "--project", "hid*")
    for _ in range(3):
        assert ask(private.server, "GET", private.url, Authorization=header).status == 200
    assert ask(private.alone, "GET", private.url, Authorization=header).status != 200


def test_a_token_narrowed_to_upload_on_a_prefix_uploads_and_can_nothing_else(private):
    private.commanded("user", "add", "pusher", "--password-stdin", stdin="pass-word-of-pusher")
    private.commanded("grant", "give", "user:pusher", "manage", "--index", SECRET)
    number, header = token_of(private, "pusher", "--right", "upload", "--index", SECRET, "--project", "acme-*")

    def upload(name, version="1.0"):
        body = form(builders.wheel(name, version), action="file_upload", name=name, version=version)
        return ask(private.server, "POST", f"/{SECRET}/", body, Authorization=header).status

    assert upload("acme-new") == 200
    assert upload("other") == 403
    for path in (*private.paths(), f"/{SECRET}/+simple/acme-new/", f"/{SECRET}/acme-new/"):
        assert ask(private.server, "GET", path, Authorization=header).status == 404
    private.commanded("token", "revoke", number)
    assert upload("acme-new", "2.0") == 403
    assert ask(private.server, "GET", private.url, Authorization=header).status == 401
