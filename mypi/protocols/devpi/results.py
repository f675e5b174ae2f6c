"""What `devpi test` tells of a file, and `devpi list --toxresults` reads: JSON, kept and answered as it came."""

from flask import Response

from mypi.errors import UnreadableBody
from mypi.http.actor import actor_by_password
from mypi.http.conditional import Caching, send_bytes
from mypi.http.json_body import read_body
from mypi.parts import parts
from mypi.protocols.devpi import addresses
from mypi.protocols.devpi.answers import answer
from mypi.registry import testing
from mypi.registry.testing import LARGEST_RESULT


def keep(owner: str, name: str, digits3: str, digits13: str, filename: str) -> Response:
    """Keep the result of tests that were run on a file. Raises what `testing.keep_result` does, UnreadableBody."""
    full_name = f"{owner}/{name}"
    body = read_body(LARGEST_RESULT)
    if not body.lstrip().startswith(b"{"):
        raise UnreadableBody(expected="a JSON object", reason="it is another value")
    actor = actor_by_password()
    sha256 = testing.keep_result(parts().registry, actor, full_name, digits3 + digits13, filename, body)
    return answer("toxresultpath", addresses.result(full_name, filename, sha256))


def show(owner: str, name: str, filename: str, sha256: str) -> Response:
    """Answer one result to whoever may read the file. Raises LoginRequired, NoSuchIndex, NoSuchFile."""
    full_name = f"{owner}/{name}"
    body = testing.result(parts().registry.storage, actor_by_password(), full_name, filename, sha256)
    return send_bytes(body, content_type="application/json", cache=Caching.PRIVATE_IMMUTABLE)
