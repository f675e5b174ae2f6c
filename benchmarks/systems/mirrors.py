"""Systems that hold no files of their own but show another index: here the static tree that nginx serves."""

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.static import Nginx
from benchmarks.systems.system import Running, System, copied


class Mirror(System):
    """It is filled by whoever reads it: the checks before each cell have it fetch what the cell asks for."""

    simple: str

    @property
    def stamp(self) -> str:
        """That of the tree that it shows."""
        return Nginx(self.home).stamp

    def load(self, corpus: Corpus, data: Path) -> None:
        """Keep what it shows: the tree for nginx."""
        copied(Nginx(self.home).filled(corpus), data / "upstream")

    @abstractmethod
    def command(self, port: int, upstream: str) -> list[str | Path]:
        """Return how it is started."""

    @abstractmethod
    def environment(self, data: Path, upstream: str) -> dict[str, str]:
        """Return what its environment says."""

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run nginx with the static tree, and it before that."""
        port, log = free_port(), data.with_suffix(".log")
        with Nginx(self.home).running(data / "upstream") as upstream:
            environment = self.environment(data, upstream.url)
            with started(self.command(port, upstream.url), log, environment) as process:
                seconds = wait_for(port, self.simple, log.read_text)
                yield Running(port, process.pid, self.simple, seconds)


class Proxpi(Mirror):
    """Its documentation asks for threads instead of processes, as its cache is in memory."""

    name = "proxpi"
    requirements = ("proxpi==1.3.1", "gunicorn==27.0.1")
    remark = "a mirror of nginx; gunicorn with 1 process of 8 threads, as its cache is in memory"
    simple = "/index/"

    def command(self, port: int, upstream: str) -> list[str | Path]:  # noqa: ARG002
        """Run it under gunicorn, like its image."""
        bind = f"127.0.0.1:{port}"
        program = self.bin / "gunicorn"
        return [program, "--no-control-socket", "--workers", "1", "--threads", "8", "--bind", bind, "proxpi.server:app"]

    def environment(self, data: Path, upstream: str) -> dict[str, str]:
        """Say which index it shows, and where it keeps files."""
        return {
            "PROXPI_INDEX_URL": upstream,
            "PROXPI_CACHE_DIR": str(data / "cache"),
            "PROXPI_DOWNLOAD_TIMEOUT": "60",
            "PROXPI_LOGGING_LEVEL": "WARNING",
        }


class SimpleRepositoryServer(Mirror):
    """It sends files itself instead of pointing to where they are."""

    name = "simple-repository-server"
    requirements = ("simple-repository-server==0.10.0", "simple-repository==0.11.1")
    remark = "a mirror of nginx with ``--stream-http-resources``; one process, as its program starts it"
    simple = "/simple/"

    def command(self, port: int, upstream: str) -> list[str | Path]:
        """Run its own program."""
        program = self.bin / "simple-repository-server"
        return [program, "--host", "127.0.0.1", "--port", str(port), "--stream-http-resources", upstream]

    def environment(self, data: Path, upstream: str) -> dict[str, str]:  # noqa: ARG002
        """Say nothing: its command line says all."""
        return {}
