"""All systems at once: installed, filled with a corpus, each running on a copy of its data, ended together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.corpus import Corpus
from benchmarks.systems.devpi import Devpi
from benchmarks.systems.environments import install
from benchmarks.systems.mirrors import Proxpi, SimpleRepositoryServer
from benchmarks.systems.mypi import Embedded, UnderApache
from benchmarks.systems.peryx import Peryx
from benchmarks.systems.pypiserver import Pypiserver
from benchmarks.systems.static import Apache, Nginx
from benchmarks.systems.system import Running, System, copied

SYSTEMS: list[type[System]] = [
    UnderApache,
    Embedded,
    Apache,
    Nginx,
    Pypiserver,
    Devpi,
    Peryx,
    Proxpi,
    SimpleRepositoryServer,
]


def chosen(home: Path, names: set[str]) -> list[System]:
    """Return the systems of these names, or all of them."""
    systems = [kind(home) for kind in SYSTEMS if not names or kind.name in names]
    for system in systems:
        if system.requirements:
            install(home, system.slug, system.requirements)
    return systems


def fill(systems: list[System], corpus: Corpus) -> None:
    """Fill them, several at a time, where they are not filled yet."""
    for own in systems:
        if isinstance(own, Embedded | UnderApache | Apache | Nginx):
            own.filled(corpus)  # they build on each other
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda system: system.filled(corpus), systems))


@contextmanager
def running(systems: list[System], corpus: Corpus, home: Path) -> Iterator[dict[str, Running]]:
    """Run them all until the block ends, each on a copy of what it was filled with."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(dir=home, prefix="run-")))
        answering = {}
        for system in systems:
            (scratch / system.slug).mkdir()
            data = copied(system.filled(corpus), scratch / system.slug / "data")
            answering[system.name] = stack.enter_context(system.running(data))
        yield answering
