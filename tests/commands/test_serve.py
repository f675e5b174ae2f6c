"""`mypi serve`, the real process: how it starts, what it prints, who it lets wait, how it ends."""

import configparser
import json
import random
import re
import socket
import urllib.error
import urllib.request
from base64 import b64encode
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from mypi import passwords, schema
from mypi.commands.init import initialize
from mypi.installation import opened
from mypi.registry import events, users
from mypi.schema import SCHEMA
from tests.support import builders
from tests.support.installations import ADMINISTRATOR, PASSWORD, RunningServer, running_server

BOUNDARY = "a-line-that-no-file-holds"
LOGIN = "Basic " + b64encode(f"{ADMINISTRATOR}:{PASSWORD}".encode()).decode()


def upload_request(host: str, filename: str, content: bytes) -> tuple[bytes, bytes]:
    """Return head and body of the request that uploads a file."""
    fields = {":action": "file_upload", "protocol_version": "1"}
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n\r\n'.encode()
    body += content + f"\r\n--{BOUNDARY}--\r\n".encode()
    head = (
        f"POST /legacy/ HTTP/1.1\r\nHost: {host}\r\nAuthorization: {LOGIN}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode(), body


def connected(server: RunningServer) -> socket.socket:
    """Return a connection to the server."""
    address = urlsplit(server.url)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port))


def status_of(connection: socket.socket) -> int:
    """Return the status of the answer that arrives."""
    with connection.makefile("rb") as stream:
        return int(stream.readline().split()[1])


def upload(server: RunningServer, filename: str, content: bytes) -> None:
    """Upload a file that the server takes."""
    head, body = upload_request(urlsplit(server.url).netloc, filename, content)
    with connected(server) as connection:
        connection.sendall(head + body)
        assert status_of(connection) == 200


def get(url: str) -> bytes:
    """Return what the server answers with 200."""
    with urllib.request.urlopen(url) as answer:
        body: bytes = answer.read()
        return body


def test_a_first_start_prints_a_pypirc_that_a_client_can_use(settings):
    with running_server(settings, "--first-start") as server:
        pypirc = configparser.RawConfigParser()
        pypirc.read_string(server.said[server.said.index("[distutils]") : server.said.index("To publish:")])
        section = dict(pypirc.items("local"))
        assert pypirc.get("distutils", "index-servers").split() == ["local"]
        assert section["repository"] == f"{server.url}/"
        with opened(settings):
            user = users.get(section["username"])
            assert passwords.matches(user.password_hash, section["password"])
        assert f"pip install --index-url {server.url}/simple/ " in server.said
        assert f"uv pip install --index-url {server.url}/simple/ " in server.said
        assert get(f"{server.url}/")


def test_a_second_start_finds_its_data_and_shows_no_password(settings):
    with running_server(settings, "--first-start") as server:
        password = re.search(r"^password: (\S+)$", server.said, re.MULTILINE)
        assert password
        assert server.stop() == 0
    with opened(settings):
        before = events.newest().serial
    with running_server(settings, "--first-start") as server:
        assert password[1] not in server.said
        assert "password: (as it was shown at the first start)" in server.said
        assert "index-servers =\n    local\n" in server.said
        assert get(f"{server.url}/simple/")
    with opened(settings):
        assert events.newest().serial == before


def test_without_first_start_it_makes_nothing_where_nothing_is(mypi, settings):
    answered = mypi("serve", "--port", "0")
    assert answered.code == 1
    assert answered.err == (
        f"mypi: there is no installation in {settings.data_directory}: run 'mypi init' first, or say --data-directory\n"
    )
    assert not settings.data_directory.exists()


@pytest.mark.parametrize("options", [(), ("--first-start",)])
def test_an_older_schema_is_refused_and_left_as_it_is(mypi, settings, options):
    initialize(settings)
    schema.downgrade(settings.sqlalchemy_url, SCHEMA - 1)
    answered = mypi("serve", "--port", "0", *options)
    assert (answered.code, answered.out) == (1, "")
    assert "run" in answered.err
    assert "'mypi upgrade'" in answered.err
    assert schema.state(settings.sqlalchemy_url).found == SCHEMA - 1


def test_the_next_free_port_is_taken_and_said_when_8080_is_not_free(settings):
    with ExitStack() as stack:
        try:
            stack.enter_context(socket.create_server(("127.0.0.1", 8080)))
        except OSError:
            assert socket.create_connection(("127.0.0.1", 8080)).close() is None  # somebody else has it: as good
        initialize(settings)
        from_default = stack.enter_context(running_server(settings, "--first-start", port=None))
        port = urlsplit(from_default.url).port
        assert port
        assert 8080 < port < 8180
        assert f"port 8080 is taken, using {port} instead" in from_default.said
        assert get(f"{from_default.url}/simple/")


def test_a_port_that_was_asked_for_is_not_exchanged_for_another(mypi, settings):
    initialize(settings)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answered = mypi("serve", "--port", str(port))
    assert (answered.code, answered.out) == (1, "")
    assert answered.err == f"mypi: port {port} on 127.0.0.1 is taken: choose another with --port\n"


def test_the_server_says_its_name_and_no_version(settings):
    with running_server(settings) as server, urllib.request.urlopen(f"{server.url}/simple/") as answer:
        assert answer.headers["Server"] == "mypi"


def test_a_body_larger_than_the_largest_file_is_refused_before_it_is_sent(settings):
    with running_server(settings) as server, connected(server) as connection:
        head = f"POST /legacy/ HTTP/1.1\r\nHost: x\r\nContent-Length: {2 * settings.max_file_size}\r\n\r\n"
        connection.sendall(head.encode())
        assert status_of(connection) == 413


def test_an_upload_that_is_under_way_when_the_server_ends_is_finished(settings):
    content = builders.sdist("sampleproject", "1.0")[1]
    with running_server(settings) as server, connected(server) as connection, connected(server) as idle:
        head, body = upload_request("x", "sampleproject-1.0.tar.gz", content)
        connection.sendall(head + body[:100])
        idle.sendall(b"GET /simple/ HTTP/1.1\r\nHost: x\r\n\r\n")
        assert status_of(idle) == 200
        server.process.terminate()
        while idle.recv(65536):
            pass  # The end has begun when the connection without a request is closed.
        with pytest.raises(ConnectionRefusedError):
            connected(server)
        connection.sendall(body[100:])
        assert status_of(connection) == 200
        assert server.process.wait() == 0
    with opened(settings):
        assert events.newest().filename == "sampleproject-1.0.tar.gz"


def test_slow_clients_hold_up_nobody_and_fill_no_memory(settings):
    data = random.Random(0).randbytes(20 * 1024**2)
    content = builders.sdist("large", "1.0", files={"large.bin": data})[1]
    with running_server(settings) as server, ExitStack() as clients:
        upload(server, "large-1.0.tar.gz", content)
        page = json.loads(get(f"{server.url}/simple/large/?format=application/vnd.pypi.simple.v1+json"))
        path = urlsplit(urljoin(f"{server.url}/simple/large/", page["files"][0]["url"])).path
        asked = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        head, body = upload_request("x", "slow-1.0.tar.gz", content)
        said = [head + body[: 1024**2]] * 60 + [head[:40]] * 40 + [asked] * 40
        for words in said:
            connection = clients.enter_context(closing(connected(server)))
            connection.sendall(words)
        for _ in range(20):
            assert get(f"{server.url}/simple/large/")
        assert get(f"{server.url}{path}") == content
        upload(server, "quick-1.0.tar.gz", builders.sdist("quick", "1.0")[1])
        assert peak_memory(server) < 300 * 1024**2


def peak_memory(server: RunningServer) -> int:
    """Return the most bytes that the server held in memory."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


@pytest.mark.parametrize("framing", ["Content-Length: 2147483648", "Transfer-Encoding: chunked"])
def test_of_a_large_body_nothing_is_taken_from_nobody(settings, framing):
    with running_server(settings) as server, connected(server) as connection:
        head = f"POST /legacy/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n{framing}\r\n\r\n"
        connection.sendall(head.encode())
        with connection.makefile("rb") as stream:
            answer = stream.read().decode()
        assert answer.startswith("HTTP/1.1 401 give a user name and a password to upload here\r\n")
        assert 'www-authenticate: basic realm="pypi"\r\n' in answer.lower()
        assert list((settings.data_directory / "incoming").iterdir()) == []
