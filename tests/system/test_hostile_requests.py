"""Requests as no client means them: a reason comes back, nothing else happens, and nobody else notices."""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mypi import config
from tests.support import builders
from tests.support.installations import PASSWORD, RunningServer, running_server
from tests.support.raw_http import (
    BOUNDARY,
    Answer,
    form,
    form_headers,
    get,
    part,
    request,
    send,
    upload,
    upload_form,
)

WHEEL = builders.wheel("one", "1.0")


@dataclass(frozen=True)
class Besieged:
    """The server that is attacked, and its data."""

    server: RunningServer
    data: Path

    @property
    def url(self) -> str:
        """Its address."""
        return self.server.url


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """Yield a server with one file; at the end it still answers, its log tells no secret, and nothing lies about."""
    data = tmp_path_factory.mktemp("besieged") / "data"
    with running_server(config.load(environ={}, data_directory=data)) as server:
        assert upload(server.url, *WHEEL).status == 200
        yield Besieged(server, data)
        assert WHEEL[0] in get(server.url, "/simple/one/").text
        assert list((data / "incoming").iterdir()) == []
    log = server.log.read_text()
    assert PASSWORD not in log
    assert b64encode(PASSWORD.encode()).decode().strip("=")[:16] not in log
    assert "Traceback" not in log, log
    for line in log.splitlines():
        assert re.match(r"\d{4}-\d\d-\d\d ", line), line


def is_refused(answer: Answer) -> bool:
    """Return whether the answer is the client's fault, and says what it is in one line."""
    told = answer.text.strip() if answer.header("Content-Type").startswith("text/plain") else "a page"
    return 400 <= answer.status < 500 and bool(answer.reason) and bool(told) and "Traceback" not in answer.text


ROUTES = (
    *("/simple/{}/", "/simple/{}", "/package/{}/", "/package/{}", "/package/one/{}/", "/download/one/{}"),
    *("/download/{}/x.whl", "/{}/main/+simple/one/", "/team/{}/+simple/one/", "/team/main/+simple/{}/"),
    *("/packages/{}/0123456789abc/x.whl", "/packages/abc/{}/x.whl", "/packages/abc/0123456789abc/{}"),
    *("/team/main/+f/abc/0123456789abc/{}", "/+static/{}", "/{}", "/{}/", "/{}/simple/", "/team/{}"),
    *("/simple/?{}", "/?q={}", "/?page={}", "/?sort={}", "/simple/one/?format={}", "/+login?next={}", "/legacy/{}"),
)
WORDS = (
    *("..", ".", "%2e%2e", "%2e%2e%2f%2e%2e%2fsecret_key", "..%2f..%2f..%2fmypi.sqlite", "%252e%252e%252f", "..;"),
    *("%00", "one%00", "%ff", "%c0%af", "%c0%ae%c0%ae%c0%af", "%ed%a0%80", "%zz", "%", "%u0041", "\\..\\", "%5c..%5c"),
    *("%0d%0aX-Injected:%20yes", "one%0d%0a%0d%0a<script>", "%0aSet-Cookie:a=b", "%e2%80%a8", "%e2%80%ae"),
    *("%2f%2fevil.example%2f..", "//evil.example/", "http://evil.example/", "<script>alert(1)</script>", "'\";--"),
    *("a" * 300, "a" * 3000, "one%20", "%20", "~root", ".git", ".new-0123456789abcdef", "K%C4%B1", "\xff\xfe"),
)


@pytest.mark.parametrize("route", ROUTES)
def test_a_path_of_hostile_words_is_no_file_no_failure_and_no_way_to_another_host(
    besieged: Besieged, route: str
) -> None:
    wrong = []
    for word in WORDS:
        target = route.format(word).encode("latin-1")
        answer = get(besieged.url, target, Host="evil.example", Accept="text/html")
        ordinary = answer.status in {200, 301, 302, 303, 308}
        if not (ordinary or is_refused(answer)):
            wrong.append((target, answer.status, answer.reason))
        if re.match(r"[a-z+.-]+:|//|/\\", answer.header("Location")):
            wrong.append((target, "Location", answer.header("Location")))
        if {name.lower() for name, _ in answer.headers} & {"x-injected"} or "a=b" in answer.header("Set-Cookie"):
            wrong.append((target, "headers", answer.headers))
        is_page = answer.header("Content-Type").startswith("text/html")
        if is_page and re.search(r"<script>|(href|src|action)=\"?(https?:)?//evil", answer.text):
            wrong.append((target, "text", answer.text))
        if b"SQLite format" in answer.body or (besieged.data / "secret_key").read_bytes() in answer.body:
            wrong.append((target, "a file of ours"))
    assert wrong == []


@pytest.mark.parametrize(
    "header", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Outside-Url"]
)
def test_nobody_is_believed_about_the_address_of_this_server(besieged: Besieged, header: str) -> None:
    for target in ("/", "/package/one/", "/package/one", "/simple/one/", "/download/one/" + WHEEL[0], "/team/main"):
        honest = get(besieged.url, target)
        lied = send(besieged.url, request("GET", target, {header: "evil.example"}))
        assert (lied.status, lied.header("Location"), lied.body) == (
            honest.status,
            honest.header("Location"),
            honest.body,
        )


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a body in chunks."""
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + end


FORM = upload_form(*WHEEL)
DASHED = b"--" + BOUNDARY.encode() + b"\r\n"
BODIES: dict[str, tuple[dict[str, str], bytes]] = {
    "shorter than its length": ({"Content-Length": str(len(FORM) - 10)}, FORM),
    "a negative length": ({"Content-Length": "-5"}, FORM),
    "a length in words": ({"Content-Length": "many"}, FORM),
    "a length with a sign": ({"Content-Length": f"+{len(FORM)}"}, FORM),
    "two lengths": ({"Content-Length": f"{len(FORM)}\r\nContent-Length: 5"}, FORM),
    "a length beyond numbers": ({"Content-Length": "9" * 30}, FORM),
    "a length beyond the largest file": ({"Content-Length": str(16 * 1024**3)}, FORM),
    "a chunk of no size": ({"Transfer-Encoding": "chunked"}, b"zz\r\n" + FORM),
    "a chunk of negative size": ({"Transfer-Encoding": "chunked"}, b"-1\r\n" + FORM),
    "a chunk without its end": ({"Transfer-Encoding": "chunked"}, b"5\r\n" + FORM),
    "no boundary": ({"Content-Type": "multipart/form-data"}, FORM),
    "a boundary that nothing has": ({"Content-Type": "multipart/form-data; boundary=" + "b" * 5000}, FORM),
    "no type": ({"Content-Type": ""}, FORM),
    "another type": ({"Content-Type": "application/json"}, b"{}"),
    "a coding": ({"Content-Encoding": "gzip"}, FORM),
    "no end": ({}, FORM[:-10]),
    "no parts": ({}, b"hello"),
    "nothing": ({"Content-Length": "0"}, b""),
    "a flood of CR": ({}, DASHED + b"\r" * 300_000),
    "a flood of boundaries": ({}, DASHED * 50_000),
    "a flood of headers in a part": ({}, DASHED + b"A: b\r\n" * 100_000 + b"\r\nx"),
    "a part header without colon": ({}, DASHED + b"abc\r\n\r\nx\r\n" + DASHED),
    "30,000 parts": ({}, form(*[part(f"f{number}", b"x") for number in range(30_000)])),
    "50 files": ({}, form(*[part(f"f{number}", b"x", "a.whl") for number in range(50)])),
    "a field of 80 MB": ({}, form(part(":action", b"x" * 80 * 1024**2))),
    "a field with a giant name": ({}, form(part("n" * 70_000, b"x"))),
    "a NUL in a name": ({}, upload_form(*WHEEL, part("name", b"a\0b"))),
    "a name that is not UTF-8": ({}, upload_form(*WHEEL, part("name", b"\xff\xfe"))),
    "two files of one name": ({}, upload_form(*WHEEL, part("content", WHEEL[1], WHEEL[0]))),
    "two names": ({}, upload_form(*WHEEL, part("name", b"one"), part("name", b"two"))),
    "a file that is no file": ({}, form(part(":action", b"file_upload"), part("content", WHEEL[1]))),
    "a digest that is none": ({}, upload_form(*WHEEL, part("sha256_digest", b"\xff" * 64))),
}


@pytest.mark.parametrize("body", BODIES)
def test_a_broken_body_is_refused_with_a_reason_and_leaves_nothing(besieged: Besieged, body: str) -> None:
    headers, content = BODIES[body]
    answer = send(besieged.url, request("POST", "/", form_headers() | headers, content), and_close=True)
    assert is_refused(answer), answer
    assert list((besieged.data / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Length": str(len(FORM) + 100)}, FORM),
        ({"Transfer-Encoding": "chunked"}, chunked(FORM, end=b"")),
        ({"Transfer-Encoding": "chunked"}, b"fffffffffff\r\n" + FORM),
    ],
    ids=["less than its length", "chunks without an end", "a chunk that never ends"],
)
def test_a_body_whose_sender_goes_away_changes_nothing(
    besieged: Besieged, headers: dict[str, str], body: bytes
) -> None:
    new = body.replace(b"one-1.0", b"one-1.1")
    answer = send(besieged.url, request("POST", "/", form_headers() | headers, new), and_close=True)
    assert answer.status == 0 or is_refused(answer)
    assert "one-1.1" not in get(besieged.url, "/simple/one/").text


def test_a_body_in_chunks_is_taken_like_any_other(besieged: Besieged) -> None:
    filename, content = builders.wheel("chunked", "1.0")
    whole = upload_form(filename, content)
    headers = form_headers() | {"Transfer-Encoding": "chunked"}
    answer = send(besieged.url, request("POST", "/", headers, chunked(whole[:100], whole[100:])))
    assert answer.status == 200
    assert filename in get(besieged.url, "/simple/chunked/").text


FILENAMES = (
    *("../../../etc/passwd", "..\\..\\x.whl", "/etc/one-1.0-py3-none-any.whl", "one-1.0-py3-none-any.whl/..", ""),
    *("one-1.0-py3-none-any.whl\0.tar.gz", "a%0d%0ab.whl", "<script>.whl", "é-1.0-py3-none-any.whl", "x" * 3000),
    *(".whl", ".htaccess", "one-1.0-py3-none-any.WHL", "one-1.0-py3-none-any.whl.metadata", "CON.whl", "one-1.0.html"),
    *("K-1.0-py3-none-any.whl", "one-1.0-py3-none-any.whl ", f"one-{'9' * 100_000}.tar.gz", "index.html", "-.whl"),
    *("one-1.0-py3-none-any.whl\r\nX-Injected: yes", "one-1.0-py3-none-any.whl\none", "\udcff.whl", "\u2028.whl"),
)


@pytest.mark.parametrize("filename", FILENAMES, ids=range(len(FILENAMES)))
def test_a_hostile_filename_is_refused_and_comes_back_harmless(besieged: Besieged, filename: str) -> None:
    answer = upload(besieged.url, filename, WHEEL[1])
    assert is_refused(answer)
    assert answer.header("Content-Type") == "text/plain; charset=utf-8"
    assert answer.header("X-Injected") == ""
    assert len(answer.text.splitlines()) == 1


CREDENTIALS = {
    "nothing": "Basic",
    "no base64": "Basic !!!!",
    "bytes that are no letters": "Basic \xff\xfe",
    "not UTF-8": "Basic " + b64encode(b"adm\xffin:\xfe\xff").decode(),
    "a NUL": "Basic " + b64encode(b"admin:a\0b").decode(),
    "a NUL in the name": "Basic " + b64encode(b"a\0dmin:abcdefgh").decode(),
    "a line break in the name": "Basic " + b64encode(b"evil\r\n2026-11-20 name:abcdefgh").decode(),
    "no colon": "Basic " + b64encode(b"admin").decode(),
    "a password of 15 kB": "Basic " + b64encode(b"admin:" + b"x" * 15_000).decode(),
    "a name of 15 kB": "Basic " + b64encode(b"u" * 15_000 + b":x").decode(),
    "a name that is no ASCII": "Basic " + b64encode("ädmin\u2028\U0001f4a9:x".encode()).decode(),
    "another scheme": "Bearer abc",
    "a scheme of nobody": "\x7f",
}


@pytest.mark.parametrize("credentials", CREDENTIALS)
def test_broken_credentials_are_refused_like_wrong_ones(besieged: Besieged, credentials: str) -> None:
    headers = form_headers() | {"Authorization": CREDENTIALS[credentials]}
    answer = send(besieged.url, request("POST", "/", headers, FORM))
    assert answer.status in {400, 401, 403}
    assert is_refused(answer)


@pytest.mark.parametrize(
    "data",
    [
        request("GET", "/simple/", {"X": "y" * 100_000}),
        request("GET", "/simple/", {f"X{number}": "y" for number in range(20_000)}),
        request("GET", "/simple/" + "a" * 100_000),
        request("GET", "/simple/\0"),
        request("GET", "/", {"Host": "<script>"}).replace(b"Host:", b"Host :"),
        request("get", "/"),
        request("G E T", "/"),
        request("", "/"),
        request("PROPFIND", "/simple/"),
        request("X" * 200, "/package/one/"),
        request("DELETE", "/package/one/"),
        request("PUT", "/packages/abc/0123456789abc/x.whl"),
        request("TRACE", "/"),
        request("CONNECT", "evil.example:443"),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ids=lambda data: data[:16].decode(),
)
def test_what_is_hardly_http_is_refused(besieged: Besieged, data: bytes) -> None:
    assert is_refused(send(besieged.url, data, and_close=True))


@pytest.mark.parametrize(
    "data", [b"GET /simple/\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500, b"\r\n" * 4]
)
def test_what_is_no_http_is_closed_when_its_sender_closes(besieged: Besieged, data: bytes) -> None:
    assert send(besieged.url, data, and_close=True).status in {0, 400}


def test_a_client_that_calls_itself_a_line_of_the_log_is_none(besieged: Besieged) -> None:
    lines = len(besieged.server.log.read_text().splitlines())
    for hostile in ("x\x0b2026-11-20 forged", "x\x85forged", "x\r2026-11-20 forged", "x\r\n 2026-11-20 forged"):
        headers = form_headers() | {"User-Agent": hostile, "Cookie": f"mypi_session={hostile}"}
        assert send(besieged.url, request("POST", "/", headers, FORM)).status in {200, 400}
    assert len(besieged.server.log.read_text().splitlines()) == lines
