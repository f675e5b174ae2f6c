"""INSTALL.rst, followed to the letter: its commands are taken from the file and run, then clients use what they made.

What differs from an administrator's machine is in `Instructions.adapted`, and nothing else: folders below a temporary
one, a private Apache on another port in the place of Debian's service, an account with another name; the packages of
Debian are looked for and not installed.
"""

import os
import pwd
import re
import shutil
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients.projects import distutils_project
from tests.clients.pypirc import write_with_list
from tests.clients.site import Site
from tests.support import builders
from tests.support.apache import ACCOUNT, ROOT, PrivateApache, apache_in, folder_for_all
from tests.support.environments import environment

SECTIONS = re.compile(r"(?m)^(.+)\n-{3,}\n")
CONSOLE = re.compile(r"(?m)^\.\. code-block:: console\n\n((?:    .*\n|\n)+)")


def commands(section: str, prompt: str = "# ") -> list[str]:
    """Return the commands of a section of INSTALL.rst behind one of its prompts, each with all of its lines."""
    parts = SECTIONS.split((ROOT / "INSTALL.rst").read_text("utf-8"))
    text = dict(zip(parts[1::2], parts[2::2], strict=True))[section]
    found: list[str] = []
    for line in "\n".join(CONSOLE.findall(text)).splitlines():
        if line.startswith("    > "):
            found[-1] += f"\n{line[6:]}"
        elif line.strip():
            assert line.startswith(("    # ", "    $ ")), f"neither a command nor a part of one: {line}"
            found.append(line[4:])
    return [command[2:] for command in found if command.startswith(prompt)]


@dataclass
class Instructions:
    """What runs the commands, and where."""

    apache: PrivateApache
    account: str

    @property
    def folder(self) -> Path:
        """The folder that everything is below."""
        return self.apache.folder

    @property
    def url(self) -> str:
        """Where the host of the instructions is, without a slash at its end."""
        return f"http://127.0.0.1:{self.apache.port}"

    def adapted(self, command: str) -> str:
        """Return a command as it must be here."""
        if command.startswith("apt-get"):
            packages = [word for word in command.split()[2:] if not word.startswith("-")]
            return f"dpkg-query --show {' '.join(packages)}" if packages else "true"
        command = re.sub(r"^MYPI=.*", f"MYPI={self.folder}/source", command)
        command = re.sub(r"^NAME=.*", "NAME=127.0.0.1", command)
        command = re.sub(r"^systemctl (\w+) apache2$", r"service_\1", command)
        command = re.sub(r"((?:-o|-g|-u|-R|--groups|chown|nologin) |:)mypi\b", rf"\1{self.account}", command)
        command = command.replace("http://packages.example", self.url).replace("http://$NAME", self.url)
        command = self._in_folder(command)
        if command.startswith("cp ") and command.endswith("/mypi.conf"):
            site = command.split()[-1]
            command += f"\nsed -i -e 's|/srv/mypi|{self.folder}/srv|' -e 's|^Define MYPI_USER .*|Define MYPI_USER "
            command += f"{self.account}|' -e 's|VirtualHost [*]:80|VirtualHost *:{self.apache.port}|' {site}"
        return command

    def _in_folder(self, text: str) -> str:
        for there, here in (("/srv/mypi", "srv"), ("/etc/apache2", "etc/apache2"), ("/usr/local/sbin", "sbin")):
            text = text.replace(there, f"{self.folder}/{here}")
        return text

    def follow(self, section: str) -> str:
        """Run the commands of a section and return what they said."""
        return self.run(commands(section))

    def run(self, chosen: list[str]) -> str:
        """Run commands of root in one shell, which ends with the first that fails; return what they said."""
        pid_file = f"{self.folder}/run/apache2.pid"
        script = [
            "service_start() { apachectl start; }",
            f"service_stop() {{ pid=$(cat {pid_file}); apachectl stop; while is_running $pid; do sleep 0.1; done; }}",
            "is_running() { [ -e /proc/$1 ] && ! grep -q '^State:.Z' /proc/$1/status; }",
            f"service_restart() {{ if [ -e {pid_file} ]; then service_stop; fi; service_start; }}",
            *(self.adapted(command) for command in ["MYPI=", "NAME=", *chosen]),
        ]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MYPI_")}
        done = subprocess.run(
            ["bash", "-euxc", "\n".join(script)],
            env=kept | self.apache.environment | {"PATH": f"{self.folder}/sbin:/usr/sbin:/usr/bin:/sbin:/bin"},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{self.apache.log}"
        return done.stdout


@dataclass
class Installed:
    """What the instructions made."""

    instructions: Instructions
    password: str

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.instructions.folder / "srv" / "data"

    def site(self, prefix: str = "") -> Site:
        """Return the server as clients see it."""
        return Site(self.instructions.url + prefix, "admin", self.password)


@pytest.fixture(scope="module")
def installed() -> Iterator[Installed]:
    """Yield what the section "Install" makes, followed from its first command to its last."""
    with _account() as account, folder_for_all() as folder, apache_in(folder) as apache:
        _as_debian_delivers_it(apache)
        _working_tree(folder / "source")
        (folder / "sbin").mkdir()
        instructions = Instructions(apache, account)
        said = instructions.follow("Install")
        assert "no problems" in said
        password = re.search(r"(?m)^password: (\S+)$", said)
        assert password, said
        yield Installed(instructions, password[1])


@contextmanager
def _account() -> Iterator[str]:
    """Yield the name of an account that is not there yet, and remove it at the end."""
    name = f"mypi-{os.getpid()}"
    try:
        yield name
    finally:
        for command in (["gpasswd", "--delete", ACCOUNT, name], ["userdel", name], ["groupdel", name]):
            subprocess.run(command, capture_output=True, check=False)


def _as_debian_delivers_it(apache: PrivateApache) -> None:
    welcome = apache.configuration / "sites-available" / "000-default.conf"
    welcome.write_text(welcome.read_text().replace("*:80>", f"*:{apache.port}>"))
    (apache.configuration / "sites-enabled" / welcome.name).symlink_to(f"../sites-available/{welcome.name}")


def _working_tree(folder: Path) -> None:
    folder.mkdir()
    for name in ("setup.cfg", "setup.py", "README.rst", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, folder)
    for name in ("mypi", "apache"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))


def published_and_installed(site: Site, folder: Path, name: str) -> None:
    """Register a project by its old setup.py, publish and install it by the commands of the section "First use"."""
    home = folder / "home"
    home.mkdir(parents=True)
    project = distutils_project(folder / "old", f"{name}-old")
    write_with_list(home, site, site.upload)
    for command in ("register", "sdist upload"):
        words = ("setup.py", *command.split(), "-r", "local")
        outcome = environment("distutils-3.11").run("python", *words, folder=project.folder, home=home)
        assert (outcome.code, "Server response (200)" in outcome.output) == (0, True), outcome.output
    assert site.served(f"{name}-old") == project.built
    _first_use(site, folder, home, name)


def _first_use(site: Site, folder: Path, home: Path, name: str) -> None:
    filename, data = builders.wheel(name, "1.0")
    (folder / "dist").mkdir()
    (folder / "dist" / filename).write_bytes(data)
    venv.create(folder / "venv", with_pip=True)
    twine = environment("twine-7").path
    for command in commands("First use", prompt="$ "):
        here = command.replace("http://packages.example", site.url).replace("example-project", name)
        done = subprocess.run(
            ["bash", "-euc", here],
            cwd=folder,
            env={
                "PATH": f"{folder}/venv/bin:{twine}/bin:/usr/bin:/bin",
                "HOME": str(home),
                "TWINE_PASSWORD": site.password,
                "PIP_CONFIG_FILE": os.devnull,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{here}: {done.stdout}{done.stderr}"
    assert site.served(name) == {filename: data}
    assert list((folder / "venv").rglob(f"{name.replace('-', '_')}-1.0.dist-info"))


def test_every_command_of_the_instructions_is_among_those_that_are_run():
    titles = SECTIONS.findall((ROOT / "INSTALL.rst").read_text("utf-8"))
    with_commands = {title for title in titles if commands(title)}
    assert with_commands == {"Install", "Under a prefix", "Upgrade", "Backup"}
    assert {title for title in titles if commands(title, prompt="$ ")} == {"First use"}


def test_the_data_is_for_its_account_and_the_program_for_root(installed):
    account = pwd.getpwnam(installed.instructions.account)
    found = {}
    for name in (".", "mypi.sqlite", "secret_key", "mypi.toml", "tree", "tree/mark"):
        status = (installed.data / name).stat()
        found[name] = (status.st_uid, oct(status.st_mode & 0o777))
    uid = account.pw_uid
    assert found.pop("tree") == (uid, "0o755")
    assert found.pop("tree/mark") == (uid, "0o644")
    assert found == {
        ".": (uid, "0o750"),
        "mypi.sqlite": (uid, "0o600"),
        "secret_key": (uid, "0o600"),
        "mypi.toml": (uid, "0o600"),
    }
    assert account.pw_shell == "/usr/sbin/nologin"
    program = installed.instructions.folder / "srv" / "venv"
    assert {path.lstat().st_uid for path in program.rglob("*")} == {0}


def test_clients_register_upload_and_install(installed, tmp_path):
    published_and_installed(installed.site(), tmp_path, "at-the-root")


def test_an_upgrade_keeps_what_is_there(installed, tmp_path):
    site = installed.site()
    before = site.knows("at-the-root")
    said = installed.instructions.follow("Upgrade")
    assert "nothing to do" in said
    assert "no problems" in said
    assert site.knows("at-the-root") == before


def test_what_was_copied_is_restored(installed, tmp_path):
    site, instructions = installed.site(), installed.instructions
    published_and_installed(site, tmp_path / "a", "copied")
    served = site.served("copied")
    chosen = commands("Backup")
    restore = chosen.index("systemctl stop apache2")
    instructions.run(chosen[:restore])
    published_and_installed(site, tmp_path / "b", "not-copied")
    instructions.run(chosen[restore:])
    assert site.served("copied") == served
    assert not site.knows("not-copied")
    published_and_installed(site, tmp_path / "c", "after-restoring")
    assert "no problems" in instructions.run([f"mypi check {site.url}/"])


def test_clients_register_upload_and_install_under_a_prefix(installed, tmp_path):
    assert "no problems" in installed.instructions.follow("Under a prefix")
    published_and_installed(installed.site("/mypi"), tmp_path, "below-a-prefix")
    assert "no problems" in installed.instructions.run(["mypi check http://packages.example/mypi/"])
