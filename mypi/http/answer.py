"""An answer before any framework has it: what `conditional` decides. It becomes Flask's Response, or goes out as it is.

What installers ask for most is answered before Flask; it says the same from here as from there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse


@dataclass(slots=True)
class Answer:
    """Status, headers and body. A body that is no list reads a file, and whoever sends it closes it."""

    status: HTTPStatus
    headers: dict[str, str]
    body: Iterable[bytes]

    @property
    def status_line(self) -> str:
        """The status as it stands in the first line of the answer."""
        return f"{self.status.value} {self.status.phrase}"

    def response(self) -> Response:
        """Return it as what a view returns. Raises ValueError for a header that no answer can hold."""
        in_blocks = not isinstance(self.body, list)
        try:
            return Response(self.body, self.status_line, self.headers, direct_passthrough=in_blocks)
        except ValueError:
            if close := getattr(self.body, "close", None):
                close()
            raise

    def start(self, start_response: "StartResponse") -> Iterable[bytes]:
        """Send status and headers, and return the body: what a WSGI application does (PEP 3333)."""
        start_response(self.status_line, list(self.headers.items()))
        return self.body
