"""The first part of a URL when it is the owner of an index, and not a word that means something else; and which index.

Without it whatever no protocol answers, such as `/simple/x/y/`, would be taken for a page of an index, and a program
that asks for it be led to the form to log in.
"""

import re

from werkzeug.routing import BaseConverter

from mypi.registry.indexes import TAKEN_OWNERS


class OwnerConverter(BaseConverter):
    """The owner of an index, in a rule as `<owner:owner>`."""

    regex = rf"(?!\+|(?:{'|'.join(map(re.escape, sorted(TAKEN_OWNERS)))})(?:/|\Z))[^/]+"
    part_isolating = True
    """It ends before the next slash. By the slash in the pattern Werkzeug guesses otherwise, and redirects uploads."""


class NameConverter(BaseConverter):
    """A part of a URL that is a name, in a rule as `<named:name>`: what begins with a plus sign means something else.

    For rules beside which there are others that take the same URL by another method: there words win over names.
    """

    regex = r"(?!\+)[^/]+"
    part_isolating = True


def index_name(owner: str | None, name: str | None, default_index: str) -> str:
    """Return the index that a URL means: one by name, or the default index."""
    return f"{owner}/{name}" if owner else default_index
