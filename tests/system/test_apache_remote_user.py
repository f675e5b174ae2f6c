"""REMOTE_USER as a real Apache sets it: it asks for its own passwords before anything is answered; mypi believes it."""

import base64
import hashlib
from collections.abc import Iterator

import pytest

from tests.support.apache import ApacheServer, mypi_under_apache
from tests.support.builders import wheel
from tests.system.apache_requests import Answer, ask, form

PASSWORD = "only Apache knows this"
PROTECTED = """
    <Location "/">
        AuthType Basic
        AuthName pypi
        AuthBasicProvider file
        AuthUserFile %s
        Require valid-user
    </Location>
    <Location "/legacy/">
        Require all granted
    </Location>
    SetEnvIf Request_URI ^ OUTSIDE_GROUPS=makers
</VirtualHost>"""
SETTINGS = """
remote_user = "on"
remote_groups_variable = "OUTSIDE_GROUPS"
outside_users = "create"
outside_groups = "makers=crew"
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ApacheServer]:
    """Yield mypi under an Apache that asks everybody for a password of its own, but for uploads to /legacy/."""
    with mypi_under_apache() as running:
        passwords = running.apache.folder / "passwords"
        digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
        passwords.write_text(f"maker:{{SHA}}{digest}\n")
        (running.data_directory / "mypi.toml").write_text(SETTINGS)
        for words in ("group add crew", "grant give group:crew upload --index team/main"):
            done = running.mypi(*words.split())
            assert done.returncode == 0, done.stderr
        running.site.write_text(running.site.read_text().replace("</VirtualHost>", PROTECTED % passwords))
        running.apache.restart()
        yield running


def upload_as(server: ApacheServer, path: str, version: str, user: str = "", **headers: str) -> Answer:
    """Upload a wheel with Apache's password, or without any."""
    if user:
        headers["Authorization"] = f"Basic {base64.b64encode(f'{user}:{PASSWORD}'.encode()).decode()}"
    body = form(wheel("made", version), action="file_upload", name="made", version=version)
    return ask(server, "POST", path, body, **headers)


def test_whom_apache_let_in_uploads_as_one_of_the_group_that_it_names(server):
    assert upload_as(server, "/", "1.0", "maker").status == 200
    assert "maker" in server.mypi("group", "show", "crew").stdout
    assert "maker" in server.mypi("user", "list").stdout


def test_apache_asks_before_the_published_tree_as_well(server):
    assert ask(server, "GET", "/simple/").status == 401
    assert ask(server, "GET", "/simple/", login=True).status == 401  # a password of mypi is none of Apache's


@pytest.mark.parametrize("header", ["Remote_User", "X_Remote_User", "X_Forwarded_User"])
def test_no_header_makes_a_user_where_apache_asks_nobody(server, header):
    assert upload_as(server, "/legacy/", "2.0", **{header: "admin"}).status == 401


def test_a_password_of_mypi_counts_where_apache_asks_nobody(server):
    body = form(wheel("made", "3.0"), action="file_upload", name="made", version="3.0")
    assert ask(server, "POST", "/legacy/", body, login=True).status == 200
