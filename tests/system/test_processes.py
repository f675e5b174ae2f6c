"""Several processes on one data directory: rights, sessions and the brake on guessing are the same in all, at once."""

import re
import urllib.error
import urllib.parse
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from mypi import config, passwords
from mypi.commands.init import initialize
from mypi.config import Settings
from mypi.errors import WrongPassword
from mypi.installation import opened
from mypi.registry import logins
from tests.support import builders
from tests.support.installations import PASSWORD, CommandLine, running_server
from tests.support.raw_http import Answer, form, form_headers, get, part, request, send, upload, upload_form

PRIVATE = "team/private"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the data that both servers share."""
    return config.load(environ={}, data_directory=tmp_path_factory.mktemp("processes") / "data")


@pytest.fixture(scope="module")
def servers(settings: Settings) -> Iterator[list[str]]:
    """Yield the addresses of two servers on one data directory, with a private index."""
    with ExitStack() as stack:
        urls = [stack.enter_context(running_server(settings)).url for _ in range(2)]
        done(settings, "index", "create", PRIVATE, "--visibility", "private")
        assert upload(urls[0], *builders.wheel("secret", "1.0"), target=f"/{PRIVATE}/").status == 200
        yield urls


def done(settings: Settings, *words: str, stdin: str = "") -> None:
    """Run a command that succeeds."""
    answered = CommandLine(settings)(*words, stdin=stdin)
    assert answered.code == 0, answered.err


def add_user(settings: Settings, name: str) -> None:
    """Add a user who has the password of all."""
    done(settings, "user", "add", name, "--password-stdin", stdin=PASSWORD)


def basic(name: str, password: str = PASSWORD) -> str:
    """Return the header that names a user."""
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def read(url: str, name: str, password: str = PASSWORD) -> int:
    """Return the status with which a user is answered who reads the private index."""
    return get(url, f"/{PRIVATE}/+simple/secret/", Authorization=basic(name, password)).status


def may_upload(url: str, name: str) -> bool:
    """Return whether a user may upload; what they send is refused anyway, for it is no archive."""
    headers = form_headers() | {"Authorization": basic(name)}
    answer = send(url, request("POST", "/", headers, upload_form("any-1.0.tar.gz", b"no archive")))
    return answer.status == 400


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        (("group", "join", "crew", "{}"), ("group", "leave", "crew", "{}")),
        (
            ("grant", "give", "user:{}", "read", "--index", PRIVATE),
            ("grant", "take", "user:{}", "read", "--index", PRIVATE),
        ),
        (("grant", "give", "user:{}", "manage", "--every-index"), ("user", "delete", "{}", "--yes")),
    ],
    ids=["a group", "a grant", "a user"],
)
def test_who_loses_a_right_loses_it_with_the_next_request_to_any_process(
    servers: list[str], settings: Settings, given: tuple[str, ...], taken: tuple[str, ...]
) -> None:
    name = "loses-a-" + given[0] + str(len(taken))
    add_user(settings, name)
    if given[0] == "group":
        done(settings, "group", "add", "crew")
        done(settings, "grant", "give", "group:crew", "read", "--index", PRIVATE)
    assert [read(url, name) for url in servers] == [404, 404]
    done(settings, *[word.format(name) for word in given])
    assert [read(url, name) for url in servers] == [200, 200]
    done(settings, *[word.format(name) for word in taken])
    assert {read(url, name) for url in servers} <= {401, 404}


def test_a_right_to_upload_that_is_taken_is_gone_in_every_process(servers: list[str], settings: Settings) -> None:
    add_user(settings, "uploader")
    done(settings, "grant", "give", "user:uploader", "upload", "--index", "team/main")
    assert [may_upload(url, "uploader") for url in servers] == [True, True]
    done(settings, "grant", "take", "user:uploader", "upload", "--index", "team/main")
    assert [may_upload(url, "uploader") for url in servers] == [False, False]


def test_an_old_password_opens_nothing_in_any_process_after_it_was_changed(
    servers: list[str], settings: Settings
) -> None:
    add_user(settings, "changes")
    done(settings, "grant", "give", "user:changes", "read", "--index", PRIVATE)
    assert [read(url, "changes") for url in servers] == [200, 200]
    done(settings, "user", "password", "changes", "--password-stdin", stdin="another-long-password")
    assert [read(url, "changes") for url in servers] == [401, 401]
    assert [read(url, "changes", "another-long-password") for url in servers] == [200, 200]


def test_an_index_that_becomes_private_is_so_in_every_process(servers: list[str], settings: Settings) -> None:
    done(settings, "index", "create", "team/turns", "--visibility", "public")
    built = builders.wheel("turned", "1.0")
    assert upload(servers[0], *built, target="/team/turns/").status == 200
    page = get(servers[1], "/team/turns/+simple/turned/")
    found = re.search(r'href="\.\./\.\./([^"#]+)', page.text)
    assert found
    file = f"/team/turns/{found[1]}"
    assert [get(url, file).status for url in servers] == [200, 200]
    done(settings, "index", "change", "team/turns", "--visibility", "private")
    for target in ("/team/turns/+simple/turned/", "/team/turns/+simple/", file, f"{file}.metadata"):
        assert [get(url, target).status for url in servers] == [401, 401], target


class Browser:
    """A browser with its cookies, which it sends to both servers."""

    def __init__(self) -> None:
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def open(self, url: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Load a page, or send a form, and return status and text of what is shown then."""
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        try:
            with self._opener.open(url, data) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def send(self, url: str, page: str, **fields: str) -> tuple[int, str]:
        """Send a form with the token that a page gave."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.open(page)[1])
        return self.open(url, fields | ({"csrf_token": found[1]} if found else {}))

    def log_in(self, url: str, name: str, password: str = PASSWORD) -> tuple[int, str]:
        """Log in."""
        return self.send(f"{url}/+login", f"{url}/+login", name=name, password=password)

    def is_logged_in(self, url: str) -> bool:
        """Return whether a server knows who this is."""
        return self.open(f"{url}/+account/password")[1].count('name="present"') == 1


def test_a_session_holds_in_every_process_until_it_ends_in_one(servers: list[str], settings: Settings) -> None:
    add_user(settings, "browses")
    browser = Browser()
    browser.log_in(servers[0], "browses")
    assert [browser.is_logged_in(url) for url in servers] == [True, True]
    kept = [(cookie.name, cookie.value) for cookie in browser.cookies]
    browser.send(f"{servers[1]}/+logout", f"{servers[1]}/+account/password")
    assert [browser.is_logged_in(url) for url in servers] == [False, False]
    stolen = "; ".join(f"{name}={value}" for name, value in kept)
    for url in servers:
        assert "present" not in get(url, "/+account/password", Cookie=stolen).text


def test_a_new_password_ends_every_session_but_that_in_which_it_was_set(servers: list[str], settings: Settings) -> None:
    add_user(settings, "resets")
    here, elsewhere = Browser(), Browser()
    here.log_in(servers[0], "resets")
    elsewhere.log_in(servers[1], "resets")
    page = f"{servers[0]}/+account/password"
    here.send(page, page, present=PASSWORD, new="a-newer-password", again="a-newer-password")
    assert [elsewhere.is_logged_in(url) for url in servers] == [False, False]
    assert [here.is_logged_in(url) for url in servers] == [True, True]
    done(settings, "user", "delete", "resets", "--yes")
    assert [here.is_logged_in(url) for url in servers] == [False, False]


def guess(url: str, name: str, password: str) -> Answer:
    """Try a password."""
    return get(url, f"/{PRIVATE}/+simple/secret/", Authorization=basic(name, password))


@pytest.mark.parametrize("name", ["guessed", "nobody-of-this-name"])
def test_guesses_are_slowed_down_over_all_processes_and_the_same_for_unknown_names(
    servers: list[str], settings: Settings, name: str
) -> None:
    if name == "guessed":
        add_user(settings, name)
    answers = [guess(servers[number % 2], name, f"wrong-{number}") for number in range(8)]
    assert [answer.status for answer in answers[:5]] == [401] * 5
    assert 429 in {answer.status for answer in answers[5:]}
    braked = next(answer for answer in answers if answer.status == 429)
    assert 0 < int(braked.header("Retry-After")) <= 15 * 60
    # The right password of somebody else, and this one from a form, are not the way around it.
    assert [get(url, "/simple/").status for url in servers] == [200, 200]
    page = form(part("name", name.encode()), part("password", b"wrong"))
    assert send(servers[0], request("POST", "/+login", form_headers(), page)).status in {400, 403, 429}


def test_an_unknown_name_costs_exactly_the_work_of_a_wrong_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    compare = passwords.check_password_hash

    def counted(stored: str, password: str) -> bool:
        compared.append(stored.partition("$")[0])
        return compare(stored, password)

    monkeypatch.setattr(passwords, "check_password_hash", counted)
    own = config.load(environ={}, data_directory=tmp_path / "data")
    initialize(own, "admin", PASSWORD)
    with opened(own):
        for name in ("admin", "nobody-of-this-name", "a\u0000b", "x" * 10_000):
            with pytest.raises(WrongPassword):
                logins.check_password(name, "wrong", "192.0.2.1")
    assert compared == [compared[0]] * 4
