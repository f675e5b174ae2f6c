"""The files that every system under comparison holds: made once, the same bytes always, kept in a folder."""

import hashlib
import json
import random
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.builders import metadata, wheel

TWENTY, MANY, BIG, GRAPH = "twenty-files", "many-files", "big-file", "graph-{}"
GRAPH_PROJECTS = 60
BIG_BYTES = 50 * 1024**2
DESCRIPTION = "A package\n=========\n\nIt does *something*.\n" * 5


@dataclass(frozen=True)
class Size:
    """How large a corpus is. Beside these projects it always has those of the constants above."""

    name: str
    projects: int
    files: int
    """Of each project."""
    many: int
    """Files of the project that has many."""
    graph_versions: int = 10
    others: bool = True
    """Whether the projects of the constants above are in it."""


FULL = Size("full", 1_000, 10, 5_000)
QUICK = Size("quick", 100, 5, 1_000, graph_versions=3)
THOUSAND = Size("thousand", 1_000, 1, 0, others=False)
TEN_THOUSAND = Size("ten-thousand", 10_000, 1, 0, others=False)


@dataclass(frozen=True)
class Distribution:
    """One wheel of the corpus."""

    project: str
    version: str
    filename: str
    size: int
    sha256: str
    metadata_sha256: str


@dataclass(frozen=True)
class Corpus:
    """The wheels of one size and the folder that holds them."""

    name: str
    folder: Path
    distributions: tuple[Distribution, ...]

    def of(self, project: str) -> list[Distribution]:
        """Return the files of a project."""
        return [one for one in self.distributions if one.project == project]

    @property
    def projects(self) -> list[str]:
        """The names of all projects, each once, in the order in which they were made."""
        return list(dict.fromkeys(one.project for one in self.distributions))

    def path(self, distribution: Distribution) -> Path:
        """Return where a file lies."""
        return self.folder / "files" / distribution.filename

    def core_metadata(self, distribution: Distribution) -> bytes:
        """Return the METADATA of a wheel."""
        with zipfile.ZipFile(self.path(distribution)) as archive:
            member = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
            return archive.read(member)


def made(folder: Path, size: Size) -> Corpus:
    """Return the corpus of this size, made in the folder unless it is there."""
    place = folder / size.name
    listing = place / "listing.json"
    if not listing.exists():
        (place / "files").mkdir(parents=True, exist_ok=True)
        kept = [_keep(place / "files", *built) for built in wheels(size)]
        listing.write_text(json.dumps([asdict(one) for one in kept]))
    return Corpus(size.name, place, tuple(Distribution(**one) for one in json.loads(listing.read_text())))


def wheels(size: Size) -> Iterator[tuple[str, str, str, bytes, bytes]]:
    """Yield project, version, filename, bytes and METADATA of every wheel of this size."""
    for number in range(size.projects):
        for version in range(size.files):
            yield _built(f"project-{number}", f"{version}.0")
    if size.others:
        for name, count in ((TWENTY, 20), (MANY, size.many)):
            for version in range(count):
                yield _built(name, f"{version}.0")
        yield _built(BIG, "1.0", files={"big.bin": random.Random(1).randbytes(BIG_BYTES)})
        yield from _graph(size.graph_versions)


def _graph(versions: int) -> Iterator[tuple[str, str, str, bytes, bytes]]:
    # Each needs up to three later ones, so that the first needs all of them; the newest version of each fits.
    for number in range(GRAPH_PROJECTS):
        later = [other for other in (2 * number + 1, 2 * number + 2, number + 7) if other < GRAPH_PROJECTS]
        needs = [f"{GRAPH.format(other)}>=2.0" for other in dict.fromkeys(later)]
        for version in range(versions):
            yield _built(GRAPH.format(number), f"{version}.0", needs=needs)


def _built(
    name: str, version: str, files: dict[str, bytes] | None = None, needs: list[str] | None = None
) -> tuple[str, str, str, bytes, bytes]:
    described = metadata(
        name,
        version,
        summary=f"Number {name}",
        requires_python=">=3.8",
        requires_dist=needs or (),
        description=DESCRIPTION,
        description_content_type="text/x-rst",
    )
    filename, body = wheel(name, version, files=files, metadata_bytes=described)
    return name, version, filename, body, described


def _keep(folder: Path, project: str, version: str, filename: str, body: bytes, described: bytes) -> Distribution:
    (folder / filename).write_bytes(body)
    digests = hashlib.sha256(body).hexdigest(), hashlib.sha256(described).hexdigest()
    return Distribution(project, version, filename, len(body), *digests)
