"""The `.pypirc` of a home, in both forms that were ever in use."""

from pathlib import Path

from tests.clients.site import Site


def write_with_list(home: Path, site: Site, repository: str) -> None:
    """Write the form with a list of servers, of which `local` is the only one."""
    _write(home, "[distutils]", "index-servers = local", "", "[local]", *_lines(site, repository))


def write_server_login(home: Path, site: Site, repository: str) -> None:
    """Write the form of before Python 2.6: one server, without a name and without a list."""
    _write(home, "[server-login]", *_lines(site, repository))


def _lines(site: Site, repository: str) -> tuple[str, str, str]:
    return f"repository: {repository}", f"username: {site.username}", f"password: {site.password}"


def _write(home: Path, *lines: str) -> None:
    (home / ".pypirc").write_text("".join(f"{line}\n" for line in lines))
