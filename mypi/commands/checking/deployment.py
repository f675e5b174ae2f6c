"""One address of mypi as a client sees it: single requests, nothing followed, nothing retried."""

import base64
import http.client
import ssl
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 30
"""Seconds for an answer."""

BOUNDARY = "mypi-check"
WRONG_LOGIN = "Basic " + base64.b64encode(b"mypi-check:a wrong password").decode()


class UnreachableError(Exception):
    """Nothing answers at the address, or not in HTTP; the text says why."""


@dataclass(frozen=True)
class Answer:
    """An answer, read to its end."""

    status: int
    reason: str
    headers: Message
    body: bytes

    def header(self, name: str) -> str:
        """Return a header, '' when it is not there."""
        return str(self.headers.get(name, ""))


@dataclass(frozen=True)
class Deployment:
    """A running mypi. `url` has no slash at its end."""

    url: str

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """Send a request below the URL and return the answer. Raises UnreachableError."""
        connection = self._connection()
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"User-Agent": "mypi-check"}
        if body is not None:
            sent["Content-Type"] = f"multipart/form-data; boundary={BOUNDARY}"
        try:
            connection.request(method, urlsplit(self.url).path + path, body=body, headers=sent)
            response = connection.getresponse()
            return Answer(response.status, response.reason, response.headers, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError(f"{method} {self.url}{path}: {_said(error)}") from error
        finally:
            connection.close()

    def announce(self, path: str, length: int) -> int:
        """Announce a body of this length, send nothing of it, and return the status of the first answer.

        That is 100 where the server wants to have it (RFC 9110 §10.1.1). Raises UnreachableError.
        """
        connection = self._connection()
        try:
            connection.putrequest("POST", urlsplit(self.url).path + path)
            connection.putheader("Content-Length", str(length))
            connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
            connection.putheader("Expect", "100-continue")
            connection.endheaders()
            return _status(connection.sock.recv(4096))
        except OSError as error:
            raise UnreachableError(f"POST {self.url}{path}: {_said(error)}") from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        site = urlsplit(self.url)
        if site.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(site.netloc, timeout=PATIENCE, context=context)
        return http.client.HTTPConnection(site.netloc, timeout=PATIENCE)


def form(**fields: str) -> bytes:
    """Return the body of a form of the legacy upload protocol; the field `action` is sent as `:action`."""
    parts: list[Any] = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name.replace("action", ":action")}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def _status(beginning: bytes) -> int:
    words = beginning.split(None, 2)
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") and words[1].isdigit() else 0


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
