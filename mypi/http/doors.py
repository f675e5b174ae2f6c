"""By which ways besides a password of mypi one may come in, as the settings say. `app` puts them together."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from mypi.http.remote_user import RemoteUser

EXTENSION = "mypi.doors"


@dataclass(frozen=True)
class Doors:
    """The ways that are open; None for one that is not."""

    remote_user: RemoteUser | None = None


def doors() -> Doors:
    """Return the ways that the application of this request has open."""
    return cast("Doors", current_app.extensions[EXTENSION])
