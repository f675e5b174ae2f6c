"""A private PostgreSQL cluster for the tests of one session, in a temporary folder that is removed after them."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy

from tests.support.requirements import need

ACCOUNT = "postgres"
"""The account of the operating system that runs the cluster where the tests run as root, which PostgreSQL refuses."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster on a port of 127.0.0.1."""

    programs: Path
    folder: Path
    port: int
    password: str

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql://mypi:{self.password}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{secrets.token_hex(8)}"
        engine = sqlalchemy.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", future=True)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return self.url(name)


def programs() -> Path | None:
    """Return the folder of PostgreSQL's own programs, the newest that is installed; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


def _run(*command: str | Path, check: bool = True) -> None:
    account = pwd.getpwnam(ACCOUNT) if os.geteuid() == 0 else None
    subprocess.run(
        [str(word) for word in command],
        check=check,
        cwd="/",
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
    )


def _has_account() -> bool:
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """Yield a cluster with an empty catalogue of databases."""
    found = programs()
    need(found, "PostgreSQL's server is not installed (Debian: postgresql)")
    assert found is not None
    need(os.geteuid() != 0 or _has_account(), f"as root, PostgreSQL needs the account {ACCOUNT}")
    folder = Path(tempfile.mkdtemp(prefix="mypi-postgresql-"))
    if os.geteuid() == 0:
        shutil.chown(folder, ACCOUNT, ACCOUNT)
    try:
        yield from _running(found, folder)
    finally:
        shutil.rmtree(folder)


def _running(found: Path, folder: Path) -> Iterator[Cluster]:
    cluster = Cluster(found, folder, _free_port(), secrets.token_hex(16))
    password_file = folder / "password"
    password_file.write_text(cluster.password)
    data, settings = folder / "data", f"-p {cluster.port} -h 127.0.0.1 -k {folder} -c fsync=off"
    _run(found / "initdb", "-D", data, "-U", "mypi", "-A", "scram-sha-256", "--pwfile", password_file, "-E", "UTF8")
    _run(found / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", settings, "start")
    try:
        yield cluster
    finally:
        _run(found / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
