"""How a route finds the parts that `app` put together. Nothing is made here."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from mypi.config import Settings
from mypi.publishing.readers import Readers
from mypi.publishing.reading import PublishedTree
from mypi.registry.acts import Registry
from mypi.registry.minting import Verifier

EXTENSION = "mypi"


@dataclass(frozen=True)
class Parts:
    """What routes work with."""

    registry: Registry
    settings: Settings
    tree: PublishedTree
    readers: Readers
    verifier: Verifier | None = None
    """Of identity tokens; None where no issuer is believed."""


def parts() -> Parts:
    """Return the parts of the application that answers this request."""
    return cast("Parts", current_app.extensions[EXTENSION])
