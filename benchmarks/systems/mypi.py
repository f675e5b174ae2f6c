"""mypi itself: through Apache with the project's own site, and as `mypi serve`."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from benchmarks.corpus import TWENTY, Corpus
from benchmarks.filling import Built, fill_with
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.system import Private, Running, System, UploadTo, copied
from tests.support.apache import ACCOUNT, ADMINISTRATOR, PASSWORD, mypi_under_apache

PROGRAM = Path(sys.executable).with_name("mypi")
SOURCE = Path(__file__).parents[2] / "mypi"
PRIVATE_INDEX = "team/private"
_PRIVATE = Private(f"/{PRIVATE_INDEX}/+simple/", ADMINISTRATOR, PASSWORD)
_UPLOAD = UploadTo("/", ADMINISTRATOR, PASSWORD)


class Mypi(System):
    """What both ways of running it share: the data."""

    @property
    def stamp(self) -> str:
        """The whole source: other code may lay out its data in another way."""
        digest = hashlib.sha256()
        for file in sorted(SOURCE.rglob("*.py")):
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def filled(self, corpus: Corpus) -> Path:
        """Return the data, which is the same for both ways."""
        return super().filled(corpus) if type(self) is Embedded else Embedded(self.home).filled(corpus)

    def load(self, corpus: Corpus, data: Path) -> None:
        """Write the rows and blobs that as many uploads would leave, and render the tree once."""
        _mypi(data, "init", "--administrator", ADMINISTRATOR, "--password-stdin", stdin=PASSWORD)
        fill_with(data, _built(corpus))
        _mypi(data, "index", "create", PRIVATE_INDEX, "--visibility", "private")
        fill_with(data, _built(corpus, TWENTY), PRIVATE_INDEX)


def _built(corpus: Corpus, only: str = "") -> Iterator[list[Built]]:
    # A project's files stand together in the listing. A list, as `groupby` forgets a group when it comes to the next.
    for project, distributions in groupby(corpus.distributions, key=lambda one: one.project):
        if only in ("", project):
            yield [
                Built(project, one.version, one.filename, corpus.path(one).read_bytes(), corpus.core_metadata(one))
                for one in distributions
            ]


def _mypi(data: Path, *words: str, stdin: str = "") -> None:
    environment = os.environ | {"MYPI_DATA_DIRECTORY": str(data)}
    subprocess.run([PROGRAM, *words], env=environment, input=stdin.encode(), check=True, capture_output=True)


class UnderApache(Mypi):
    """As INSTALL.rst sets it up."""

    name = "mypi"
    remark = "Apache with mod_wsgi and the project's own ``apache/mypi.conf``"

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it under an Apache of its own, in a folder where Apache's account may look."""
        with mypi_under_apache() as server:
            server.stop()
            shutil.rmtree(server.data_directory)
            copied(data, server.data_directory)
            subprocess.run(["chown", "-R", f"{ACCOUNT}:{ACCOUNT}", server.data_directory], check=True)
            begun = time.perf_counter()
            server.apache.start()
            port = server.apache.port
            wait_for(port, "/simple/", lambda: server.apache.log)
            seconds = time.perf_counter() - begun
            pid = int((server.apache.folder / "run" / "apache2.pid").read_text())
            yield Running(port, pid, "/simple/", seconds, _UPLOAD, _PRIVATE, server.data_directory)


class Embedded(Mypi):
    """`mypi serve`."""

    name = "mypi serve"
    remark = "the server that comes with mypi, alone"

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it as a process of its own."""
        port, log = free_port(), data.with_suffix(".log")
        environment = {"MYPI_DATA_DIRECTORY": str(data)}
        with started([PROGRAM, "serve", "--port", str(port)], log, environment) as process:
            seconds = wait_for(port, "/simple/", log.read_text)
            yield Running(port, process.pid, "/simple/", seconds, _UPLOAD, _PRIVATE)
