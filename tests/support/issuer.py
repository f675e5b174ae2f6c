"""A real issuer of identity tokens on 127.0.0.1: keys of its own, discovery, and what it signs."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

AUDIENCE = "packages.example"
SUBJECT = "repo:acme/widgets:environment:release"
BUILD = {"sub": SUBJECT, "repository": "acme/widgets", "run_id": 7}


@dataclass
class Issuer:
    """The issuer. What it answers can be changed while it runs."""

    url: str
    keys: dict[str, Any] = field(default_factory=dict)
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    calls_itself: str | None = None
    moved_to: str = ""
    asked: list[str] = field(default_factory=list)

    def new_key(self, algorithm: str = "RS256") -> str:
        """Make a key, publish it, and return its id."""
        key_id = f"{algorithm}-{secrets.token_hex(4)}"
        self.keys[key_id] = (
            rsa.generate_private_key(65537, 2048) if algorithm == "RS256" else ec.generate_private_key(ec.SECP256R1())
        )
        return key_id

    def token(self, key_id: str = "", *, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Return a signed token; a claim that is None is left out."""
        key_id = key_id or next(iter(self.keys))
        now = int(time.time())
        said = {"iss": self.url, "aud": AUDIENCE, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)} | BUILD
        said = {name: value for name, value in (said | claims).items() if value is not None}
        return jwt.encode(said, self.keys[key_id], key_id.partition("-")[0], headers={"kid": key_id} | (header or {}))

    def forged(self, algorithm: str, key_id: str, **claims: Any) -> str:
        """Return a token that is signed with the public key as if it were a secret, or not at all (`none`)."""
        _, payload, _ = self.token(key_id, **claims).split(".")
        head = f"{_unpadded(json.dumps({'alg': algorithm, 'kid': key_id}).encode())}.{payload}"
        public = self.keys[key_id].public_key()
        secret = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        signature = hmac.digest(secret, head.encode(), hashlib.sha256) if algorithm == "HS256" else b""
        return f"{head}.{_unpadded(signature)}"

    def answer(self, path: str) -> tuple[int, dict[str, Any]]:
        """Return what it answers at a path."""
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            about = {"issuer": self.calls_itself or self.url, "jwks_uri": f"{self.url}/keys"}
            return 200, about | {"id_token_signing_alg_values_supported": list(self.algorithms)}
        if path == "/keys":
            return 200, {"keys": [_published(key_id, key) for key_id, key in self.keys.items()]}
        if path.startswith("/token?"):  # what a runner of GitHub is given for its build
            return 200, {"value": self.token(aud=parse_qs(urlsplit(path).query)["audience"][0])}
        return 404, {}


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _published(key_id: str, key: Any) -> dict[str, Any]:
    algorithm = RSAAlgorithm if key_id.startswith("RS256") else ECAlgorithm
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": key_id, "use": "sig"}


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """Run an issuer with one RSA key until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, said = issuer.answer(self.path)
            if issuer.moved_to:
                self.send_response(302)
                self.send_header("Location", issuer.moved_to)
                self.end_headers()
                return
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}")
        issuer.new_key()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    """Yield an issuer."""
    with running_issuer() as running:
        yield running
