"""A real LDAP directory: OpenLDAP's slapd in a process of its own, on free ports of 127.0.0.1, ended by the test."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.apache import free_port
from tests.support.authority import Authority, authority_in
from tests.support.requirements import need

BASE = "dc=acme,dc=example"
PEOPLE = f"ou=people,{BASE}"
SEARCHER, SEARCHERS_PASSWORD = f"cn=searcher,{BASE}", "finds people"
PASSWORDS = {"alice": "alice in the directory", "bob": "bob in the directory", "admin": "another admin"}
PATIENCE = 30.0

CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload retcode
pidfile {folder}/slapd.pid
TLSCACertificateFile {authority.certificate}
TLSCertificateFile {authority.server_certificate}
TLSCertificateKeyFile {authority.server_key}
database mdb
suffix "{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{searcher}" read by self read by * none
overlay retcode
retcode-parent "ou=closed,{base}"
retcode-item "cn=inactive" 0x35 op=bind
retcode-item "cn=locked" 0x13 op=bind
retcode-item "cn=busy" 0x33 op=bind
"""

ENTRIES = """dn: {base}
objectClass: dcObject
objectClass: organization
o: acme
dc: acme

dn: {people}
objectClass: organizationalUnit
ou: people

dn: {searcher}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: searcher
userPassword: {searchers_password}

dn: cn=Release Team,{base}
objectClass: groupOfNames
cn: Release Team
member: uid=alice,{people}

dn: cn=everybody,{base}
objectClass: groupOfNames
cn: everybody
member: uid=alice,{people}
member: uid=bob,{people}
"""

PERSON = """
dn: uid={name},{people}
objectClass: inetOrgPerson
uid: {name}
cn: {name}
sn: {name}
userPassword: {password}
"""


@dataclass
class Slapd:
    """The directory of one folder."""

    folder: Path
    authority: Authority
    port: int
    tls_port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Its address without encryption, which it can begin with later (StartTLS)."""
        return f"ldap://localhost:{self.port}"

    @property
    def tls_url(self) -> str:
        """Its address with encryption from the first byte."""
        return f"ldaps://localhost:{self.tls_port}"

    def start(self) -> None:
        """Start it, and return when it answers."""
        self.process = subprocess.Popen(
            [
                *("/usr/sbin/slapd", "-f", str(self.folder / "slapd.conf"), "-d", "0"),
                *("-h", f"ldap://127.0.0.1:{self.port}/ ldaps://127.0.0.1:{self.tls_port}/"),
            ]
        )
        ends = time.monotonic() + PATIENCE
        while not _listens(self.port) or not _listens(self.tls_port):
            assert self.process.poll() is None, "slapd ended"
            assert time.monotonic() < ends, "slapd does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """End it; harmless when it does not run."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(PATIENCE)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running_directory(folder: Path) -> Iterator[Slapd]:
    """Run a directory with three people and two groups until the block ends."""
    need(Path("/usr/sbin/slapd").exists(), "the Debian package slapd is not installed")
    directory = Slapd(folder, authority_in(folder), free_port(), free_port())
    (folder / "data").mkdir()
    facts = {"base": BASE, "people": PEOPLE, "searcher": SEARCHER, "searchers_password": SEARCHERS_PASSWORD}
    text = CONFIGURATION.format(folder=folder, authority=directory.authority, **facts)
    (folder / "slapd.conf").write_text(text)
    people = [PERSON.format(name=name, password=password, **facts) for name, password in PASSWORDS.items()]
    (folder / "entries.ldif").write_text(ENTRIES.format(**facts) + "".join(people))
    load = ["/usr/sbin/slapadd", "-q", "-f", folder / "slapd.conf", "-l", folder / "entries.ldif"]
    done = subprocess.run(load, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    directory.start()
    try:
        yield directory
    finally:
        directory.stop()


@pytest.fixture(scope="session")
def slapd() -> Iterator[Slapd]:
    """Yield a directory for all tests of a worker."""
    folder = Path(tempfile.mkdtemp(prefix="mypi-slapd-"))
    try:
        with running_directory(folder) as directory:
            yield directory
    finally:
        shutil.rmtree(folder)
