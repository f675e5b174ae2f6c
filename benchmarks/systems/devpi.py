"""devpi-server: one index on its own server, filled by an import of a dump that is written here."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.corpus import Corpus
from benchmarks.systems.process import free_port, started, wait_for
from benchmarks.systems.system import Running, System, UploadTo

INDEX, USER, PASSWORD = "root/bench", "root", "password-of-the-benchmark"
_WHEN = {"last_modified": "Sat, 21 Nov 2026 00:00:00 GMT"}


class Devpi(System):
    """Its own waitress with its default of 50 threads."""

    name = "devpi-server"
    requirements = ("devpi-server==6.20.3",)
    remark = "its own server as it comes, with ``--enable-core-metadata``"

    def load(self, corpus: Corpus, data: Path) -> None:
        """Import a dump with all files."""
        self._run("devpi-init", data / "made", "--no-root-pypi", "--root-passwd", PASSWORD)
        self._run("devpi-export", data / "made", str(data / "empty"))
        user = json.loads((data / "empty" / "dataindex.json").read_text())["users"][USER]
        dump = data / "dump"
        write_dump(corpus, dump, user)
        self._run("devpi-import", data / "server", str(dump))
        for folder in ("made", "empty", "dump"):
            shutil.rmtree(data / folder)  # it is copied for each run
        (data / "secret").write_text("a-secret-of-the-benchmark-that-is-long-enough")
        (data / "secret").chmod(0o600)

    def _run(self, program: str, server: Path, *words: str) -> None:
        subprocess.run([self.bin / program, "--serverdir", server, *words], check=True, capture_output=True)

    @contextmanager
    def running(self, data: Path) -> Iterator[Running]:
        """Run it."""
        port, log = free_port(), data.with_suffix(".log")
        command: list[str | Path] = [
            self.bin / "devpi-server",
            "--serverdir",
            data / "server",
            "--secretfile",
            data / "secret",
        ]
        command += ["--host", "127.0.0.1", "--port", str(port), "--enable-core-metadata"]
        with started(command, log) as process:
            simple = f"/{INDEX}/+simple/"
            seconds = wait_for(port, simple, log.read_text)
            yield Running(port, process.pid, simple, seconds, UploadTo(f"/{INDEX}/", USER, PASSWORD))


def write_dump(corpus: Corpus, folder: Path, user: dict[str, object]) -> None:
    """Write what devpi-export would have written of an index with these files."""
    projects: dict[str, dict[str, object]] = {}
    files = []
    for one in corpus.distributions:
        projects.setdefault(one.project, {})[one.version] = {"name": one.project, "version": one.version}
        place = f"{INDEX}/{one.project}/{one.version}/{one.filename}"
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        os.link(corpus.path(one), folder / place)
        digest = {"hash_spec": f"sha256={one.sha256}", "hashes": {"sha256": one.sha256}}
        entry = _WHEN | digest | {"project": one.project, "version": one.version}
        log = [{"what": "upload", "who": USER, "when": [2026, 11, 21, 0, 0, 0], "dst": INDEX}]
        file = {"type": "releasefile", "projectname": one.project, "version": one.version, "relpath": place}
        files.append(file | {"entrymapping": entry, "log": log})
    rights = {"acl_upload": [USER], "acl_toxresult_upload": [":ANONYMOUS:"]}
    whitelist = {"mirror_whitelist": [], "mirror_whitelist_inheritance": "intersection"}
    settings = {"type": "stage", "bases": [], "volatile": True} | rights | whitelist
    index = {"indexconfig": settings, "projects": projects, "files": files}
    made = {"dumpversion": "2", "pythonversion": list(sys.version_info), "devpi_server": "6.20.3"}
    whole = {"users": {USER: user}, "indexes": {INDEX: index}} | made
    (folder / "dataindex.json").write_text(json.dumps(whole))
