"""peryx: a hosted index whose uploads need a token, all else as it comes."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.system import Running, System, UploadTo

TOKEN = "token-of-the-benchmark"
CONFIGURATION = f"""
[[index]]
ecosystem = "pypi"
name = "hosted"
hosted = true

[[index.access_token]]
name = "upload"
secret = "{TOKEN}"
actions = ["write"]
"""


class Peryx(System):
    """One process; it chooses the number of its threads."""

    name = "peryx"
    requirements = ("peryx==2026.1010.0",)
    remark = "one hosted index, as it comes"

    def load(self, corpus: Corpus, data: Path) -> None:
        """Let it import the folder of files."""
        configuration = data / "peryx.toml"
        configuration.write_text(CONFIGURATION)
        command: list[str | Path] = [self.bin / "peryx", "import-dir", "-c", configuration, "--data-dir", data / "data"]
        subprocess.run([*command, "hosted", corpus.folder / "files"], check=True, capture_output=True)

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it."""
        port, log = free_port(), data.with_suffix(".log")
        command: list[str | Path] = [
            self.bin / "peryx",
            "serve",
            "-c",
            data / "peryx.toml",
            "--data-dir",
            data / "data",
        ]
        with started([*command, "--host", "127.0.0.1", "--port", str(port)], log) as process:
            simple = "/hosted/simple/"
            seconds = wait_for(port, simple, log.read_text)
            yield Running(port, process.pid, simple, seconds, UploadTo("/hosted/", "__token__", TOKEN))
