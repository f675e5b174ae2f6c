"""mypi under Apache, as `apache/mypi.conf` sets it up: what a server in front could get wrong, it gets right."""

import base64
import http.client
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support import builders
from tests.support.apache import ApacheServer, mypi_under_apache
from tests.system.apache_requests import ask, form, served, upload


@pytest.fixture(scope="module")
def prefixed() -> Iterator[ApacheServer]:
    """Yield mypi under the prefix /mypi."""
    with mypi_under_apache("/mypi") as server:
        yield server


def test_what_is_uploaded_is_served_with_the_same_bytes(apache_server):
    assert upload(apache_server, "under-apache", "1.0", a=b"1").status == 200
    filename, data = builders.wheel("under-apache", "1.0", files={"a.py": b"1"})
    assert served(apache_server, "under-apache") == {filename: data}


def test_the_reason_of_a_refusal_stands_in_the_status_line(apache_server):
    upload(apache_server, "taken", "1.0", a=b"1")
    answer = upload(apache_server, "taken", "1.0", a=b"2")
    assert answer.status == 409
    assert answer.reason.startswith("File already exists: 'taken-1.0-py3-none-any.whl'")


def test_a_chunked_body_is_read_to_its_end(apache_server):
    wheel = builders.wheel("in-chunks", "1.0")
    body = form(wheel, action="file_upload", name="in-chunks", version="1.0")
    pieces = [body[start : start + 1000] for start in range(0, len(body), 1000)]
    assert ask(apache_server, "POST", "/", iter(pieces), login=True).status == 200
    assert served(apache_server, "in-chunks") == dict([wheel])


def test_a_password_reaches_the_application(apache_server):
    body = form(action="verify", name="anything")
    assert ask(apache_server, "POST", "/", body).status == 200
    assert ask(apache_server, "POST", "/", body, Authorization="Basic bm9ib2R5Ondyb25n").status == 403


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_a_page_that_is_known_is_answered_by_304(apache_server, accepted):
    first = ask(apache_server, "GET", "/simple/", Accept_Encoding=accepted)
    again = ask(
        apache_server, "GET", "/simple/", Accept_Encoding=accepted, If_None_Match=first.headers["ETag"] or "none"
    )
    assert first.headers.get("Content-Encoding", "identity") == accepted
    assert (again.status, again.headers["ETag"]) == (304, first.headers["ETag"])


def test_nothing_between_compresses(apache_server):
    answer = ask(apache_server, "GET", "/simple/not-there/", Accept_Encoding="gzip, br")
    assert answer.status == 404
    assert answer.headers["Content-Encoding"] is None
    assert answer.body == b"there is no project 'not-there' in the index 'team/main'\n"


@pytest.mark.parametrize("path", ["secret_key", "mypi.sqlite", "mypi.toml", "tree/public/team/main/simple/index.html"])
def test_the_data_directory_is_not_served(apache_server, path):
    assert ask(apache_server, "GET", f"/{path}").status == 404


@pytest.mark.parametrize("path", ["/simple/%2Fetc%2Fpasswd", "/packages/%2e%2e%2f%2e%2e/secret_key", "/%2F"])
def test_an_encoded_slash_is_part_of_no_name(apache_server, path):
    assert ask(apache_server, "GET", path).status == 404


def test_a_request_is_not_echoed(apache_server):
    answer = ask(apache_server, "TRACE", "/", Secret="of-the-client")
    assert answer.status == 405
    assert b"of-the-client" not in answer.body


def test_no_answer_tells_the_version_of_the_server(apache_server):
    for path in ("/", "/simple/", "/nothing", "/%2F"):
        assert ask(apache_server, "GET", path).headers["Server"] == "Apache"


def test_an_upload_of_the_largest_file_is_let_through(apache_server):
    largest = 8 * 1024**3 + 64 * 1024**2
    site = urlsplit(apache_server.url)
    connection = http.client.HTTPConnection(site.hostname or "", site.port, timeout=60)
    connection.putrequest("POST", "/")
    for header in (("Content-Length", str(largest)), ("Expect", "100-continue")):
        connection.putheader(*header)
    connection.endheaders()
    first_line = connection.sock.recv(12)
    connection.close()
    assert first_line in {b"HTTP/1.1 100", b"HTTP/1.1 401"}


def test_processes_that_die_are_replaced(apache_server):
    for pid in _daemons(apache_server):
        os.kill(pid, signal.SIGKILL)
    assert ask(apache_server, "GET", "/simple/").status == 200
    assert upload(apache_server, "after-a-crash", "1.0").status == 200


def _daemons(server: ApacheServer) -> list[int]:
    parent = (server.apache.folder / "run" / "apache2.pid").read_text().strip()
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    found = [int(pid) for pid in children if b"(wsgi:mypi-" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(found) == 5
    return found


@pytest.mark.parametrize("path", ["", "/", "/legacy", "/legacy/", "/pypi", "/pypi/", "/team/main", "/team/main/"])
def test_an_upload_under_a_prefix_is_served_in_place(prefixed, path):
    name = f"posted-to-{len(path)}{path.replace('/', '-')}-x"
    assert upload(prefixed, name, "1.0", path).status == 200
    assert len(served(prefixed, name)) == 1


def test_whoever_looks_at_the_bare_prefix_is_sent_to_its_slash(prefixed):
    answer = ask(prefixed, "GET", "", Host="evil.example")
    assert (answer.status, answer.headers["Location"]) == (301, "mypi/")


def test_links_of_a_page_under_a_prefix_stay_below_it(prefixed):
    upload(prefixed, "linked", "1.0")
    answer = ask(prefixed, "GET", "/package/linked/")
    assert answer.status == 200
    assert b'="/' not in answer.body


def test_the_logs_hold_no_fault_and_no_password(apache_server, prefixed):
    for server in (apache_server, prefixed):
        log = server.apache.log
        assert "Traceback" not in log
        assert server.password not in log
        access = (server.apache.folder / "log" / "mypi-access.log").read_text()
        assert server.password not in access
        assert base64.b64encode(f"{server.username}:{server.password}".encode()).decode() not in access
