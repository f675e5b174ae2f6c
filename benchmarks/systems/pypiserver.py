"""pypiserver: a folder of files under gunicorn. A process keeps a cache of its own of the folder, so there is one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.system import Running, System, UploadTo


class Pypiserver(System):
    """It asks nobody for a password here, which spares it the work of comparing one."""

    name = "pypiserver"
    requirements = ("pypiserver[cache]==2.4.2", "gunicorn==27.0.1", "setuptools<81")
    remark = "``--backend cached-dir``; gunicorn with 1 process of 8 threads, as pages of several lag; no passwords"

    def load(self, corpus: Corpus, data: Path) -> None:
        """Copy the files into its folder."""
        for distribution in corpus.distributions:
            shutil.copy(corpus.path(distribution), data)

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it."""
        port, log = free_port(), data.with_suffix(".log")
        command: list[str | Path] = [self.bin / "pypi-server", "run", "--server", "gunicorn", "--backend", "cached-dir"]
        command += ["-P", ".", "-a", ".", "--disable-fallback", "-i", "127.0.0.1", "-p", str(port), data]
        environment = {"GUNICORN_CMD_ARGS": "--workers 1 --threads 8 --no-control-socket"}
        with started(command, log, environment) as process:
            seconds = wait_for(port, "/simple/", log.read_text)
            yield Running(port, process.pid, "/simple/", seconds, UploadTo("/"))
