"""How pages and files of the published tree are answered: representation, type, validators. Asks for no permission."""

from pathlib import Path

from werkzeug.wrappers import Request

from mypi.http.answer import Answer
from mypi.http.conditional import Caching, answer_file
from mypi.publishing import reading
from mypi.standards import negotiation, provenance, sidecars
from mypi.standards.negotiation import Representation
from mypi.standards.sidecars import Sidecar

VARY = ("Accept", "Accept-Encoding")
CONTENT_TYPES = {
    None: "application/octet-stream",
    Sidecar.METADATA: "text/plain; charset=utf-8",
    Sidecar.PROVENANCE: provenance.CONTENT_TYPE,
    Sidecar.SIGNATURE: "application/pgp-signature",  # RFC 3156
}


def representation(request: Request) -> Representation:
    """Return the representation that the client wants of a page. Raises NotAcceptable."""
    wanted = request.args.get("format") if request.query_string else None
    return negotiation.choose(request.headers.get("Accept"), wanted)


def page(request: Request, folder: Path, wanted: Representation, cache: Caching) -> Answer:
    """Return the answer with the page in a folder. Raises FileNotFoundError, OSError."""
    gzipped = negotiation.accepts_gzip(request.headers.get("Accept-Encoding"))
    current = reading.page(folder, wanted, gzipped=gzipped)
    while True:
        try:
            return answer_file(
                request,
                current.place,
                content_type=wanted.value,
                cache=cache,
                encoding="gzip" if gzipped else None,
                vary=VARY,
                headers={"X-PyPI-Last-Serial": current.serial},
                ranges=False,
            )
        except FileNotFoundError:  # a newer one took its place in this moment, or it is damaged
            outdated, current = current, reading.page(folder, wanted, gzipped=gzipped)
            if current == outdated:
                raise


def file(request: Request, place: Path, *, public: bool) -> Answer:
    """Return the answer with a distribution file or with what is beside it. Raises FileNotFoundError, OSError."""
    _, sidecar = sidecars.split(place.name)
    # Provenance and signature are about the file and not in it: a file that comes back may have others.
    if sidecar in (Sidecar.PROVENANCE, Sidecar.SIGNATURE):
        cache = Caching.PAGE if public else Caching.PRIVATE_PAGE
    else:
        cache = Caching.IMMUTABLE if public else Caching.PRIVATE_IMMUTABLE
    return answer_file(request, place, content_type=CONTENT_TYPES[sidecar], cache=cache)
