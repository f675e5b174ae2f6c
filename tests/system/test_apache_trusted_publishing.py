"""Trusted publishing as it is in earnest: uv, https, an issuer, and Apache with mypi under a prefix.

uv asks for the audience by https and at the root of the host, whatever the URL to publish to is.
"""

import json
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import builders
from tests.support.apache import ApacheServer, mypi_under_apache
from tests.support.authority import Authority, authority_in
from tests.support.environments import environment
from tests.support.issuer import SUBJECT, Issuer, running_issuer

TLS = """
    SSLEngine On
    SSLCertificateFile {authority.server_certificate}
    SSLCertificateKeyFile {authority.server_key}
</VirtualHost>"""


@dataclass(frozen=True)
class Secured:
    """mypi by https, the issuer that it believes, and who vouches for its certificate."""

    server: ApacheServer
    issuer: Issuer
    authority: Authority

    @property
    def host(self) -> str:
        """The address of the host, without mypi's prefix."""
        return f"https://localhost:{self.server.apache.port}"

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        """Send a request to the host, and return status and body."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.host + path, data=data, headers=headers)
        context = ssl.create_default_context(cafile=str(self.authority.certificate))
        try:
            with urllib.request.urlopen(request, context=context) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()


@pytest.fixture(scope="module")
def secured() -> Iterator[Secured]:
    """Yield mypi at https://localhost/mypi/, which trusts a program with one project and to read a private index."""
    with running_issuer() as issuer, mypi_under_apache("/mypi", "trusted-publishing") as server:
        authority = authority_in(server.apache.folder)
        settings = f'trusted_issuers = "{issuer.url}"\nbase_url = "https://localhost:{server.apache.port}/mypi/"\n'
        (server.data_directory / "mypi.toml").write_text(settings)
        trusted = ("--issuer", issuer.url, "--claim", f"sub={SUBJECT}")
        for words in (
            ("index", "create", "team/inside", "--visibility", "private"),
            ("publisher", "add", "widgets", *trusted),
            ("publisher", "add", "*", "--index", "team/inside", "--right", "read", *trusted),
        ):
            done = server.mypi(*words)
            assert done.returncode == 0, done.stderr
        server.site.write_text(server.site.read_text().replace("</VirtualHost>", TLS.format(authority=authority)))
        server.apache.run("a2enmod", "--quiet", "ssl")
        server.apache.restart()
        yield Secured(server, issuer, authority)


def publish(secured: Secured, folder: Path, name: str) -> str:
    """Let uv publish a wheel as it does in a workflow of GitHub, and return what it said."""
    filename, content = builders.wheel(name, "1.0")
    (folder / filename).write_bytes(content)
    outcome = environment("uv").run(
        *("uv", "publish", "--trusted-publishing", "always", "--publish-url", f"{secured.host}/mypi/legacy/", filename),
        folder=folder,
        home=folder,
        SSL_CERT_FILE=str(secured.authority.certificate),
        GITHUB_ACTIONS="true",
        ACTIONS_ID_TOKEN_REQUEST_URL=f"{secured.issuer.url}/token?of=the-build",
        ACTIONS_ID_TOKEN_REQUEST_TOKEN="the runner's",
    )
    return f"{outcome.code} {outcome.output}"


def test_uv_publishes_a_project_that_was_not_there_without_any_password(secured, tmp_path):
    said = publish(secured, tmp_path, "widgets")
    assert said.startswith("0 "), said
    status, page = secured.ask("/mypi/simple/widgets/")
    assert status == 200
    assert b"widgets-1.0-py3-none-any.whl" in page
    events = secured.server.mypi("events", "--json").stdout
    assert f"oidc:{SUBJECT}" in events


def test_uv_is_told_why_another_project_is_refused(secured, tmp_path):
    said = publish(secured, tmp_path, "gadgets")
    assert not said.startswith("0 ")
    assert "403" in said


def test_what_clients_ask_for_is_at_the_root_of_the_host(secured):
    assert secured.ask("/_/oidc/audience") == (200, b'{"audience": "localhost"}')
    found = json.loads(secured.ask("/.well-known/pytp?discover=%2Fmypi%2Flegacy%2F", Accept="*/*")[1])
    assert found["audience-endpoint"] == f"{secured.host}/mypi/_/oidc/audience"
    assert secured.ask("/mypi/_/oidc/audience") == (200, b'{"audience": "localhost"}')
    assert secured.ask("/_/elsewhere")[0] == 404


def test_a_build_reads_a_private_index_with_a_token_that_it_asked_for(secured):
    raw = secured.issuer.token(aud="localhost")
    status, body = secured.ask("/_/oidc/mint-token", {"token": raw, "right": "read"})
    assert status == 200, body
    pair = b64encode(f"__token__:{json.loads(body)['token']}".encode()).decode()
    index = "/mypi/team/inside/+simple/"
    assert secured.ask(index, Authorization=f"Basic {pair}")[0] == 200
    assert secured.ask(index)[0] == 401
    assert secured.ask("/_/oidc/mint-token", {"token": raw, "right": "read"})[0] == 422
