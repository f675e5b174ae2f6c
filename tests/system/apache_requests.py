"""Single requests to mypi under Apache, of which a test looks at everything: nothing is followed, nothing is hidden."""

import base64
import http.client
import json
import urllib.request
from urllib.parse import urljoin, urlsplit

from tests.support import builders
from tests.support.apache import ApacheServer

JSON = "application/vnd.pypi.simple.v1+json"
BOUNDARY = "the-boundary"


class Answer:
    """An answer whose body was read."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status, self.reason, self.headers = response.status, response.reason, response.headers
        self.body = response.read()


def ask(
    server: ApacheServer,
    method: str,
    path: str,
    body: object = None,
    *,
    login: bool = False,
    timeout: float = 60,
    source: str = "",
    **headers: str,
) -> Answer:
    """Send one request below the server's URL, without following anything, and return the answer.

    `source` is the address of this machine that it comes from.
    """
    site = urlsplit(server.url)
    connection = http.client.HTTPConnection(site.hostname or "", site.port, timeout=timeout)
    connection.source_address = (source, 0) if source else None
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if login:
        pair = f"{server.username}:{server.password}".encode()
        sent["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    if body is not None:
        sent.setdefault("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    try:
        connection.request(method, site.path + path, body=body, headers=sent)  # type: ignore[arg-type]
        return Answer(connection.getresponse())
    finally:
        connection.close()


def form(content: tuple[str, bytes] | None = None, **fields: str) -> bytes:
    """Return the body of a form; the field `action` is sent as `:action`."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name.replace("action", ":action")}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    body = "".join(parts).encode()
    if content:
        head = f'Content-Disposition: form-data; name="content"; filename="{content[0]}"'
        body += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content[1] + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def upload(
    server: ApacheServer, name: str, version: str, path: str = "/", *, timeout: float = 60, **files: bytes
) -> Answer:
    """Upload a wheel whose files are these."""
    wheel = builders.wheel(name, version, files={f"{module}.py": text for module, text in files.items()})
    body = form(wheel, action="file_upload", name=name, version=version)
    return ask(server, "POST", path, body, login=True, timeout=timeout)


def served(server: ApacheServer, name: str) -> dict[str, bytes]:
    """Return the bytes of each file of a project by its filename, by the links of its page."""
    page_url = f"{server.url}/simple/{name}/"
    with urllib.request.urlopen(urllib.request.Request(page_url, headers={"Accept": JSON})) as response:
        page = json.load(response)
    return {file["filename"]: urllib.request.urlopen(urljoin(page_url, file["url"])).read() for file in page["files"]}
