"""HTTP by hand: requests as no library would send them, and their answers read to the end."""

import socket
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.support.installations import ADMINISTRATOR, PASSWORD

PATIENCE = 20
"""Seconds after which a connection that says nothing counts as hung."""

BOUNDARY = "a-line-that-no-file-holds"
LOGIN = "Basic " + b64encode(f"{ADMINISTRATOR}:{PASSWORD}".encode()).decode()


@dataclass
class Answer:
    """What came back: 0 as the status when the connection was closed without a word."""

    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header, or ''."""
        return next((value for given, value in self.headers if given.lower() == name.lower()), "")

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf-8", "replace")


def connected(url: str) -> socket.socket:
    """Return a connection to a server; one that hangs raises TimeoutError."""
    address = urlsplit(url)
    assert address.hostname
    return socket.create_connection((address.hostname, address.port or 80), timeout=PATIENCE)


def send(url: str, data: bytes, *, and_close: bool = False) -> Answer:
    """Send these bytes on a new connection and return the answer; with `and_close` nothing more will come from us."""
    with connected(url) as connection:
        try:
            connection.sendall(data)
            if and_close:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # It has said enough, and answered.
        return received(connection)


def received(connection: socket.socket) -> Answer:
    """Read an answer to its end."""
    with connection.makefile("rb") as stream:
        try:
            line = stream.readline().decode("latin-1").strip()
            if not line:
                return Answer()
            _, status, reason = (*line.split(" ", 2), "", "")[:3]
            answer = Answer(int(status), reason)
            while said := stream.readline().decode("latin-1").strip():
                name, _, value = said.partition(":")
                answer.headers.append((name, value.strip()))
            length = answer.header("Content-Length")
            answer.body = stream.read(int(length)) if length else stream.read()
        except ConnectionResetError:
            return Answer()
        return answer


def request(method: str, target: str | bytes, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return a request whose target is not escaped any further, and which ends the connection."""
    target = target.encode("latin-1") if isinstance(target, str) else target
    given = {"Host": "mypi.test", "Connection": "close"} | (headers or {})
    if body and not {"Content-Length", "Transfer-Encoding"} & set(given):
        given["Content-Length"] = str(len(body))
    lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in given.items())
    return method.encode() + b" " + target + b" HTTP/1.1\r\n" + lines + b"\r\n" + body


def part(name: str, value: bytes, filename: str | None = None) -> bytes:
    """Return one part of a form, with a name and filename that are not escaped."""
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        disposition += f'; filename="{filename}"'
    return f"--{BOUNDARY}\r\n{disposition}\r\n\r\n".encode("utf-8", "surrogateescape") + value + b"\r\n"


def form(*parts: bytes) -> bytes:
    """Return the body of a form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def form_headers(**more: str) -> dict[str, str]:
    """Return the headers of a form that the administrator sends."""
    return {"Authorization": LOGIN, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | more


def upload_form(filename: str, content: bytes, *more: bytes) -> bytes:
    """Return the form that uploads a file."""
    given = [part(":action", b"file_upload"), part("protocol_version", b"1"), *more]
    return form(*given, part("content", content, filename))


def upload(url: str, filename: str, content: bytes, target: str = "/") -> Answer:
    """Upload a file as the administrator."""
    return send(url, request("POST", target, form_headers(), upload_form(filename, content)))


def get(url: str, target: str | bytes, **headers: str) -> Answer:
    """Ask for a target."""
    return send(url, request("GET", target, {name.replace("_", "-"): value for name, value in headers.items()}))
