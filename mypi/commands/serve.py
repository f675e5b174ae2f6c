"""`mypi serve`: the index by itself, without Apache."""

import errno
import ipaddress
import logging
import socket
from typing import Any
from urllib.parse import urlsplit

import click

from mypi.commands.embedded_server import AddressError, EmbeddedServer, listen
from mypi.commands.init import ADMINISTRATOR, Administrator, initialize, is_initialized
from mypi.commands.invocation import Invocation, NotDone, pass_invocation
from mypi.config import Settings

FIRST_PORT = 8080
PORTS_TO_TRY = 100


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on; 0.0.0.0 is all.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"The port to listen on; 0 is any that is free. Default: {FIRST_PORT}, or the next free one if it is taken.",
)
@click.option("--first-start", is_flag=True, help="Where there is nothing yet, do what 'mypi init' does.")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests answered at once.")
@pass_invocation
def serve(invocation: Invocation, host: str, port: int | None, first_start: bool, threads: int) -> None:
    """Serve the index over HTTP.

    It goes on until SIGTERM or Ctrl-C; then the requests that are running are finished. It prints 'listening on' and
    the address when it answers. For few users, or behind a proxy that speaks https; INSTALL.rst sets up Apache.

    Only --first-start makes an installation, and only where there is none: a mistyped data directory must not become an
    empty index. A database of an older version is never upgraded here: run 'mypi upgrade'.

    \b
    mypi --data-directory /srv/mypi serve --port 8080
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    from mypi.app import create_app  # here, so that no other command waits for the pages to be imported

    settings = invocation.settings
    with _listen(host, port) as listener:
        address = settings.base_url.rstrip("/") + "/" if settings.base_url else _address(listener)
        if first_start:
            made = None if is_initialized(settings) else initialize(settings)
            click.echo(_first_words(settings, made, address))
        invocation.require_initialized()
        app: Any = create_app(settings)
        server = EmbeddedServer(
            application=app,
            listener=listener,
            spool=settings.data_directory.resolve() / "incoming",
            max_body=app.config["MAX_CONTENT_LENGTH"],
            threads=threads,
            behind_proxy=settings.trusted_proxies > 0,
        )
        ready = f"{_how_to_use(address)}\nmypi: listening on {_address(listener)}"
        server.run(ready=lambda: click.echo(ready))
    click.echo("mypi: ended")


def _listen(host: str, port: int | None) -> socket.socket:
    candidates = range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY) if port is None else [port]
    for candidate in candidates:
        try:
            listener = listen(host, candidate)
        except AddressError as error:
            raise NotDone(str(error)) from error
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise NotDone(f"cannot listen on {host} port {candidate}: {error.strerror}") from error
            continue
        if port is None and candidate != FIRST_PORT:
            click.echo(f"mypi: port {FIRST_PORT} is taken, using {candidate} instead")
        return listener
    if port is not None:
        raise NotDone(f"port {port} on {host} is taken: choose another with --port")
    raise NotDone(f"the ports {FIRST_PORT} to {FIRST_PORT + PORTS_TO_TRY - 1} on {host} are all taken: give --port")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = socket.gethostname()
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _first_words(settings: Settings, made: Administrator | None, address: str) -> str:
    place = f"The data is in {settings.data_directory.resolve()}; the index is {settings.default_index}."
    if made is None:
        known = Administrator(ADMINISTRATOR, "(as it was shown at the first start)")
        return f"{place}\n\n{_how_to_publish(known, address)}"
    return f"""\
This is the first start. {place}

  administrator: {made.name}
  password: {made.password}

The password is shown this once.

{_how_to_publish(made, address)}"""


def _how_to_publish(user: Administrator, address: str) -> str:
    return f"""\
For ~/.pypirc, whole:

[distutils]
index-servers =
    local

[local]
repository: {address}
username: {user.name}
password: {user.password}

To publish:

  python setup.py register -r local
  python setup.py sdist upload -r local
  twine upload -r local dist/*
"""


def _how_to_use(address: str) -> str:
    return f"""\
To install:

  pip install --index-url {address}simple/{_trust(address)} PROJECT
  uv pip install --index-url {address}simple/ PROJECT

The page for people: {address}
"""


def _trust(address: str) -> str:
    """Return what pip must be told about an address without https that is not this machine's own."""
    host = urlsplit(address).hostname or ""
    own = host in {"127.0.0.1", "::1", "localhost"}
    return f" --trusted-host {urlsplit(address).netloc}" if address.startswith("http://") and not own else ""
