"""Requests as the devpi client sends them."""

import base64
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.peopled import PASSWORD, Peopled

AGENT = "devpi-client/7.3.0 (py3.11; linux)"


class Client:
    """A devpi client of one user, or of nobody."""

    def __init__(self, peopled: Peopled, name: str = "", password: str = PASSWORD) -> None:
        self._client: FlaskClient = peopled.client()
        self.headers = {"User-Agent": AGENT, "Accept": "application/json", "Content-Type": "application/json"}
        if name:
            proof = base64.b64encode(f"{name}:{password}".encode()).decode()
            self.headers["X-Devpi-Auth"] = proof

    def __call__(self, method: str, url: str, body: Any = None, **headers: str) -> TestResponse:
        """Send a request of JSON."""
        options = {} if body is None else {"json": body}
        return self._client.open(url, method=method, headers=self.headers | headers, **options)

    def result(self, url: str, kind: str) -> Any:
        """Return what is read from a URL, of the kind that the client compares."""
        answer = self("GET", url)
        assert (answer.status_code, answer.content_type) == (200, "application/json"), answer.text
        assert answer.headers["X-DEVPI-API-VERSION"] == "2"
        assert answer.json["type"] == kind
        return answer.json["result"]
