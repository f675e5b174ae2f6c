"""Clients of Apache that send or read slowly wait for themselves only: others are answered meanwhile."""

import base64
import secrets
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest

from tests.support import builders
from tests.support.apache import ApacheServer
from tests.system.apache_requests import BOUNDARY, ask, form, served, upload

BODIES, READERS = 60, 40
BEGINNING = 50_000
"""Bytes that a slow client sends before it stops; Apache waits a second longer for each thousand."""

PATIENCE = 50
"""Seconds for an answer. Without the groups of processes none comes before the slow clients are given up, after 60."""


@contextmanager
def slow_uploads(server: ApacheServer, count: int, *, login: bool) -> Iterator[None]:
    """Hold `count` uploads open that have sent the beginning of a body and nothing more."""
    site = urlsplit(server.url)
    pair = base64.b64encode(f"{server.username}:{server.password}".encode()).decode()
    head = (
        f"POST {site.path}/ HTTP/1.1\r\nHost: {site.netloc}\r\nContent-Length: 500000\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        + (f"Authorization: Basic {pair}\r\n" if login else "")
        + f'\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=":action"\r\n\r\n{"x" * BEGINNING}'
    )
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(_sent(site.hostname, site.port, head))
        yield


@contextmanager
def unread_downloads(server: ApacheServer, path: str, count: int) -> Iterator[None]:
    """Hold `count` downloads open that nobody reads."""
    site = urlsplit(server.url)
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(
                _sent(site.hostname, site.port, f"GET {path} HTTP/1.1\r\nHost: {site.netloc}\r\n\r\n", narrow=True)
            )
        yield


def _sent(host: str | None, port: int | None, text: str, *, narrow: bool = False) -> socket.socket:
    connection = socket.socket()
    if narrow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((host, port))
    connection.sendall(text.encode())
    return connection


def large_file(server: ApacheServer, name: str) -> str:
    """Upload a file that fits into no buffer on its way; return its path."""
    wheel = builders.wheel(name, "1.0", files={"noise.bin": secrets.token_bytes(24 * 1024**2)})
    answer = ask(server, "POST", "/", form(wheel, action="file_upload", name=name, version="1.0"), login=True)
    assert answer.status == 200
    page = ask(server, "GET", f"/simple/{name}/").body.decode()
    return urlsplit(server.url).path + "/packages/" + page.partition("../../packages/")[2].partition("#")[0]


@pytest.mark.parametrize("login", [True, False], ids=["of users", "of nobody"])
def test_slow_bodies_hold_up_neither_readers_nor_other_uploads(apache_server, login):
    name = f"beside-slow-bodies-{int(login)}"
    with slow_uploads(apache_server, BODIES, login=login):
        assert ask(apache_server, "GET", "/simple/", timeout=PATIENCE).status == 200
        assert ask(apache_server, "GET", "/", timeout=PATIENCE).status == 200
        assert upload(apache_server, name, "1.0", timeout=PATIENCE).status == 200
        assert len(served(apache_server, name)) == 1


def test_downloads_that_nobody_reads_hold_up_neither_readers_nor_uploads(apache_server):
    path = large_file(apache_server, "unread")
    with unread_downloads(apache_server, path, READERS):
        assert ask(apache_server, "GET", "/simple/unread/", timeout=PATIENCE).status == 200
        assert upload(apache_server, "beside-the-unread", "1.0", timeout=PATIENCE).status == 200
        assert len(served(apache_server, "beside-the-unread")) == 1
