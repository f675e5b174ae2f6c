"""A private Apache with mod_wsgi, laid out as Debian lays it out, on a free port of 127.0.0.1, ended by the test.

Its configuration is a copy of /etc/apache2 whose environment file points into a folder of its own; the project's
`apache/mypi.conf` is its only site. The application runs from a copy of the working tree, for Debian's Python, which
mod_wsgi embeds, and as the account that Debian's Apache has: so everything lies where that account may look.
"""

import configparser
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.environments.building import made
from tests.support.environments.recipes import Recipe
from tests.support.requirements import need

ROOT = Path(__file__).parents[2]
DEBIAN_PYTHON = Path("/usr/bin/python3")
ACCOUNT = "www-data"
ADMINISTRATOR = "admin"
PASSWORD = "correct-horse-battery"
PATIENCE = 60.0
"""Seconds that a server may take to begin or to end. It ends a test that hangs, it measures nothing."""


@dataclass(frozen=True)
class PrivateApache:
    """An Apache of one folder. Nothing of it is outside, but for the programs."""

    folder: Path
    port: int

    @property
    def configuration(self) -> Path:
        """The folder that is /etc/apache2 elsewhere."""
        return self.folder / "etc" / "apache2"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which Debian's programs (apachectl, a2ensite) mean this Apache."""
        return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "APACHE_CONFDIR": str(self.configuration), "LC_ALL": "C.UTF-8"}

    def run(self, *command: str) -> None:
        """Run one of Debian's programs for this Apache. Raises AssertionError with what it said."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}\n{self.log}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.run("apachectl", "start")
        _wait(self._answers, lambda: f"Apache does not answer: {self.log}")

    def restart(self) -> None:
        """Stop it and start it with the configuration as it is now."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Ask it to end, and return when its processes are gone. Harmless when it does not run."""
        pid_file = self.folder / "run" / "apache2.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text())
        if not _is_running(pid):
            return
        family = [pid, *_children(pid)]
        os.kill(pid, signal.SIGTERM)
        try:
            _wait(lambda: not any(map(_is_running, family)), lambda: f"Apache does not end: {self.log}")
        finally:
            for one in filter(_is_running, family):
                os.kill(one, signal.SIGKILL)

    def _answers(self) -> bool:
        # It listens before it can be ended in an orderly way; when it answers, it can.
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as probe:
                probe.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
                return bool(probe.recv(1))
        except OSError:
            return False

    @property
    def log(self) -> str:
        """What it and the application wrote into their error logs."""
        return "".join(file.read_text("utf-8", "replace") for file in sorted((self.folder / "log").glob("*error.log")))


@dataclass(frozen=True)
class ApacheServer:
    """mypi under a private Apache. `url` has no slash at its end."""

    url: str
    username: str
    password: str
    data_directory: Path
    apache: PrivateApache

    @property
    def site(self) -> Path:
        """The file that is made of `apache/mypi.conf`."""
        return self.apache.configuration / "sites-enabled" / "mypi.conf"

    @property
    def environment(self) -> dict[str, str]:
        """The environment in which `mypi` means the installation that is served."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MYPI_")}
        return kept | {"MYPI_DATA_DIRECTORY": str(self.data_directory), "PYTHONPATH": str(self._code)}

    @property
    def _code(self) -> Path:
        return self.apache.folder / "code"

    def mypi(self, *words: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """Run `mypi` as the account that owns the data."""
        return _mypi(self.apache.folder, self.environment, *words, stdin=stdin)

    def stop(self) -> None:
        """End it."""
        self.apache.stop()


@contextmanager
def apache_in(folder: Path) -> Iterator[PrivateApache]:
    """Yield an Apache configured as Debian delivers it, without a site, and not started; it ends with the block.

    Skips the test where there is no Apache with mod_wsgi, and for other users than root, who alone may change accounts.
    """
    need(shutil.which("apachectl", path="/usr/sbin"), "the Debian package apache2 is not installed")
    need(
        Path("/usr/lib/apache2/modules/mod_wsgi.so").exists(),
        "the Debian package libapache2-mod-wsgi-py3 is not installed",
    )
    need(os.geteuid() == 0, "Apache starts its processes under other accounts, which root only may do")
    apache = PrivateApache(folder, free_port())
    shutil.copytree("/etc/apache2", apache.configuration, symlinks=True)
    for site in (apache.configuration / "sites-enabled").iterdir():
        site.unlink()
    (apache.configuration / "ports.conf").write_text(f"Listen 127.0.0.1:{apache.port}\n")
    (apache.configuration / "conf-enabled" / "name.conf").write_text("ServerName 127.0.0.1\n")
    envvars = apache.configuration / "envvars"
    envvars.write_text(envvars.read_text() + _places(folder))
    for name in ("run", "lock", "log"):
        (folder / name).mkdir()
    shutil.chown(folder / "lock", ACCOUNT)
    try:
        yield apache
    finally:
        apache.stop()


def _places(folder: Path) -> str:
    return f"""
export APACHE_PID_FILE={folder}/run/apache2.pid
export APACHE_RUN_DIR={folder}/run
export APACHE_LOCK_DIR={folder}/lock
export APACHE_LOG_DIR={folder}/log
"""


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """Yield a new folder that every account may enter, unlike pytest's. Its path is short: sockets lie in it."""
    folder = Path(tempfile.mkdtemp(prefix="mypi-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def mypi_under_apache(prefix: str = "", *extras: str) -> Iterator[ApacheServer]:
    """Run mypi under an Apache of its own until the block ends, at the root of the host or under a prefix ("/mypi").

    `extras` are those of setup.cfg that are installed with it.
    """
    with folder_for_all() as folder, apache_in(folder) as apache:
        _install(folder, extras)
        server = ApacheServer(
            f"http://127.0.0.1:{apache.port}{prefix}", ADMINISTRATOR, PASSWORD, folder / "data", apache
        )
        (folder / "data").mkdir(mode=0o750)
        shutil.chown(folder / "data", ACCOUNT, ACCOUNT)
        done = _mypi(folder, server.environment, "init", "--password-stdin", stdin=PASSWORD)
        assert done.returncode == 0, done.stderr
        server.site.write_text(_site(folder, apache.port, prefix))
        apache.run("a2enmod", "--quiet", "wsgi", "rewrite", "headers")
        apache.start()
        yield server


def _install(folder: Path, extras: tuple[str, ...]) -> None:
    """Put an environment for Debian's Python into a folder, and this working tree in a place where it is found."""
    need(DEBIAN_PYTHON.exists(), "the Debian package python3 is not installed")
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    wanted = [setup["options"]["install_requires"], *(setup["options.extras_require"][extra] for extra in extras)]
    plain = tuple(line for text in wanted for line in text.split("\n") if line and not line.startswith("#"))
    # wheel: some requirements are there as source only.
    environment = made(
        Recipe("-".join(("apache", *extras)), "debian", ("pip==26.3", "wheel==0.45.1"), plain), DEBIAN_PYTHON
    )
    _compile(environment.python, environment.path / "lib")
    shutil.copytree(environment.path, folder / "venv", symlinks=True)
    shutil.copytree(ROOT / "mypi", folder / "code" / "mypi", ignore=shutil.ignore_patterns("__pycache__"))
    _compile(environment.python, folder / "code")
    shutil.copytree(ROOT / "apache", folder / "venv" / "share" / "mypi" / "apache")
    for packages in (folder / "venv" / "lib").glob("python3.*/site-packages"):
        (packages / "working-tree.pth").write_text(f"{folder / 'code'}\n")


def _compile(python: Path, folder: Path) -> None:
    # The processes of Apache may not write there, and would each compile everything at each start.
    subprocess.run([python, "-m", "compileall", "-q", folder], stdout=subprocess.DEVNULL, check=False)


def _mypi(
    folder: Path, environment: dict[str, str], *words: str, stdin: str = ""
) -> "subprocess.CompletedProcess[str]":
    account = pwd.getpwnam(ACCOUNT)
    start = "from mypi.commands import main; main(prog_name='mypi')"
    return subprocess.run(
        [folder / "venv" / "bin" / "python", "-c", start, *words],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env=environment,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
    )


def _site(folder: Path, port: int, prefix: str) -> str:
    """Return `apache/mypi.conf` with the choices of its first lines made for a test, and the port."""
    choices = {
        "MYPI_NAME": "127.0.0.1",
        "MYPI_ROOT": prefix or "/",
        "MYPI_CODE": folder / "venv",
        "MYPI_DATA": folder / "data",
        "MYPI_USER": ACCOUNT,
    }
    text = (ROOT / "apache" / "mypi.conf").read_text()
    for name, value in choices.items():
        text, changed = re.subn(rf"(?m)^Define {name} .*$", f"Define {name} {value}", text)
        assert changed == 1, f"apache/mypi.conf lets choose no {name}"
    return text.replace("<VirtualHost *:80>", f"<VirtualHost *:{port}>")


@pytest.fixture(scope="session")
def apache_server() -> Iterator[ApacheServer]:
    """Yield mypi under Apache, at the root of a host of its own; one for all tests of a worker."""
    with mypi_under_apache() as server:
        yield server


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _wait(condition: Callable[[], bool], why: Callable[[], str]) -> None:
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, why()
        time.sleep(0.05)
