"""REMOTE_USER: whom the web server has found. Never a header, which any client can send.

What the server tells is in the environment of a request under this very name; headers are there as `HTTP_` and theirs.
"""

import re
from dataclasses import dataclass

from flask import Request

from mypi.registry.arriving import Arrival, Arrivals, Voucher
from mypi.registry.users import User

VARIABLE = "REMOTE_USER"
BETWEEN_GROUPS = re.compile(r"[,;]")


@dataclass(frozen=True)
class RemoteUser:
    """What the settings say of REMOTE_USER."""

    arrivals: Arrivals
    suffix: str = ""
    """What the web server puts behind each name, such as `@ACME.EXAMPLE`."""
    groups_variable: str = ""

    def user_of(self, request: Request) -> User | None:
        """Return whom the web server has found, or None when it found nobody.

        Raises NoAccount, DatabaseBusy, DiskFull.
        """
        said = str(request.environ.get(VARIABLE, "")).strip()
        if not said:
            return None
        name = said[: -len(self.suffix)] if self.suffix and said.lower().endswith(self.suffix.lower()) else said
        address, client = request.remote_addr or "", request.headers.get("User-Agent", "")
        return self.arrivals.user_of(Arrival(name, self._groups(request), Voucher.WEB_SERVER, address, client))

    def _groups(self, request: Request) -> frozenset[str] | None:
        if not self.groups_variable:
            return None
        said = str(request.environ.get(self.groups_variable, ""))
        return frozenset(name.strip() for name in BETWEEN_GROUPS.split(said) if name.strip())


def is_from_a_page(request: Request) -> bool:
    """Return whether a browser sends this for a page, ours or another's: programs that upload send neither header."""
    return "Origin" in request.headers or "Sec-Fetch-Site" in request.headers
