"""`mypi check` finds nothing on the site as it is delivered, and names each mistake that is made in it on purpose.

All mistakes stand in one Apache: each is a copy of the site, on a port of its own, with one line changed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from mypi import config
from mypi.commands.checking.deployment import Deployment
from mypi.commands.checking.site import check_site
from mypi.config import Settings
from tests.support.apache import ApacheServer, free_port, mypi_under_apache
from tests.system.apache_requests import upload


@dataclass(frozen=True)
class Mistake:
    """A line of the site, what is written instead, and what `mypi check` must say of it: these codes and no others."""

    line: str
    instead: str
    codes: frozenset[str]


def mistake(line: str, instead: str, *codes: str) -> Mistake:
    """Return a mistake."""
    return Mistake(line, instead, frozenset(codes))


PASSWORDS = "WSGIPassAuthorization On"
BODY = "LimitRequestBody 8657043456"
MISTAKES = {
    "passwords are not passed on": mistake(PASSWORDS, "WSGIPassAuthorization Off", "passwords-lost"),
    "bodies are limited to what is usual": mistake(BODY, "LimitRequestBody 1073741824", "file-limit"),
    "bodies are limited to little": mistake(BODY, "LimitRequestBody 500000", "form-too-small", "file-limit"),
    "answers are compressed": mistake("SetEnvIf Request_URI ^ no-gzip no-brotli", "", "compressed", "never-304"),
    "requests are echoed": mistake("TraceEnable Off", "TraceEnable On", "trace"),
    "the bare prefix is redirected": mistake(
        PASSWORDS, f"{PASSWORDS}\nRedirectMatch ^/mypi$ /mypi/", "upload-redirected"
    ),
    "the prefix ends with a slash": mistake(
        "WSGIScriptAlias ${MYPI_ROOT} ", "WSGIScriptAlias ${MYPI_ROOT}/ ", "not-mypi"
    ),
    "files must be asked for again": mistake(
        PASSWORDS, f"{PASSWORDS}\nHeader always set Cache-Control no-cache", "files-not-kept"
    ),
    "files expire": mistake(
        PASSWORDS, f'{PASSWORDS}\nExpiresActive On\nExpiresDefault "access plus 1 hour"', "files-not-kept"
    ),
    "validators are dropped": mistake(PASSWORDS, f"{PASSWORDS}\nRequestHeader unset If-None-Match", "never-304"),
    "parts are not sent": mistake(PASSWORDS, f"{PASSWORDS}\nRequestHeader unset Range", "no-ranges"),
    "errors are replaced": mistake(PASSWORDS, f"{PASSWORDS}\nWSGIErrorOverride On", "reason-lost"),
    "the data directory is served": mistake(
        PASSWORDS,
        f"{PASSWORDS}\nAlias /mypi/secret_key ${{MYPI_DATA}}/secret_key\n"
        "<Directory ${MYPI_DATA}>\nRequire all granted\n</Directory>",
        "data-served",
    ),
    "large fields of forms are refused": mistake(
        "WSGIProcessGroup %{ENV:mypi_group}", "WSGIProcessGroup mypi-small-fields", "form-too-small"
    ),
    "the tree is not served": mistake("RewriteEngine On", "RewriteEngine Off", "tree-not-served"),
    "everything is redirected to https": mistake(PASSWORDS, f"{PASSWORDS}\nRedirect / https://127.0.0.1/", "not-mypi"),
}

SMALL_FIELDS = """
import sys
sys.path.insert(0, %r)
from mypi.http import form_data
form_data.MOST_FIELD_BYTES = 500_000
exec(open(%r).read())
"""
"""The program of a process where forms are limited to what Flask's MAX_FORM_MEMORY_SIZE is when nobody sets it."""


@dataclass(frozen=True)
class Faulty:
    """One Apache: the site as it is delivered, and the port of each mistake."""

    server: ApacheServer
    ports: dict[str, int]

    @property
    def settings(self) -> Settings:
        """The settings of the installation behind all of them."""
        return config.load(environ={}, data_directory=self.server.data_directory)

    def codes(self, url: str) -> set[str]:
        """Return what `mypi check` says of a URL."""
        return {finding.code for finding in check_site(Deployment(url), self.settings)}


@pytest.fixture(scope="module")
def faulty() -> Iterator[Faulty]:
    """Yield an Apache with all the mistakes."""
    with mypi_under_apache("/mypi") as server:
        assert upload(server, "checked", "1.0").status == 200
        found = Faulty(server, {name: free_port() for name in MISTAKES})
        _write_sites(found)
        server.apache.run("a2enmod", "--quiet", "headers", "expires", "deflate")
        server.apache.restart()
        yield found


def _write_sites(faulty: Faulty) -> None:
    text = faulty.server.site.read_text()
    shared, _, host = text.partition("<VirtualHost ")
    assert "WSGIDaemonProcess" in shared
    host = re.sub(r"(?m)^ *WSGIImportScript .*\n", "", host)
    program = faulty.server.apache.folder / "venv" / "share" / "mypi" / "apache" / "mypi.wsgi"
    small = program.with_name("small")
    small.mkdir()
    (small / "mypi.wsgi").write_text(SMALL_FIELDS % (str(faulty.server.apache.folder / "code"), str(program)))
    sites = ["WSGIDaemonProcess mypi-small-fields ${MYPI_PROCESS} threads=4"]
    for name, port in faulty.ports.items():
        made = MISTAKES[name]
        assert host.count(made.line) == 1, f"{made.line} is not a line of the site"
        changed = host.replace(made.line, made.instead)
        if "small-fields" in made.instead:
            changed = changed.replace("/apache/mypi.wsgi", "/apache/small/mypi.wsgi")
        sites.append(f"Listen 127.0.0.1:{port}\n<VirtualHost *:{port}>" + changed.partition(">")[2])
    (faulty.server.site.parent / "wrong.conf").write_text("\n".join(sites))


def test_nothing_is_wrong_with_the_site_as_it_is_delivered(faulty):
    answered = faulty.server.mypi("check", faulty.server.url)
    assert (answered.returncode, answered.stderr) == (0, "")
    assert "problem " not in answered.stdout
    assert answered.stdout.endswith("no problems\n")
    assert faulty.codes(faulty.server.url) == set()


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_the_site_is_named(faulty, name):
    assert faulty.codes(f"http://127.0.0.1:{faulty.ports[name]}/mypi") == MISTAKES[name].codes


def test_an_address_where_something_else_answers_is_named(faulty):
    assert faulty.codes(faulty.server.url.removesuffix("/mypi")) == {"not-mypi"}


def test_an_address_where_nothing_answers_is_named(faulty):
    assert faulty.codes(f"http://127.0.0.1:{free_port()}") == {"not-reached"}


def test_a_server_that_tells_its_version_is_named(faulty):
    site = faulty.server.site
    delivered = site.read_text()
    site.write_text(delivered.replace("ServerTokens Prod", "ServerTokens Full"))
    faulty.server.apache.restart()
    assert faulty.codes(faulty.server.url) == {"server-version"}
