"""`mypi check`: is this deployment set up right? Each fault is one line: what, why it matters, what to write where."""

import json
from collections.abc import Iterator

import click

from mypi.commands.answers import as_json_option
from mypi.commands.checking.deployment import Deployment
from mypi.commands.checking.findings import Finding
from mypi.commands.checking.machine import check_machine
from mypi.commands.checking.site import check_site
from mypi.commands.checking.vouching import check_vouching
from mypi.commands.invocation import Invocation, NotDone, pass_invocation
from mypi.config import Settings


@click.command()
@click.argument("url", required=False)
@as_json_option
@pass_invocation
def check(invocation: Invocation, url: str | None, as_json: bool) -> None:
    """Look whether installation and server are set up right.

    It looks at this machine (versions, ownership, modes, room, database, published tree) and then asks URL, the
    address that clients use; without URL, that of the setting base_url. It changes nothing. A line that begins with
    'problem' is a fault, and the exit code is 1; one that begins with 'remark' is worth knowing.

    \b
    mypi check https://packages.example/mypi
    """
    settings = invocation.settings
    if not settings.data_directory.is_dir():
        raise NotDone(f"there is no installation in {settings.data_directory.resolve()}: run 'mypi init' first")
    found = list(_found(settings, url or settings.base_url))
    problems = sum(not finding.is_remark for finding in found)
    if as_json:
        click.echo(json.dumps([finding.facts() for finding in found], indent=2))
    else:
        for finding in found:
            click.echo(_one_line(str(finding)))
    if problems:
        raise NotDone(f"{problems} problem{'s' if problems > 1 else ''}")
    if not as_json:
        click.echo("no problems")


def _found(settings: Settings, url: str) -> Iterator[Finding]:
    yield from check_machine(settings)
    yield from check_vouching(settings)
    if not url:
        click.echo("only this machine was looked at: give the URL of the server to look at that too", err=True)
        return
    if not url.startswith(("http://", "https://")):
        raise click.UsageError(f"'{url}' is no URL: begin with http:// or https://")
    yield from check_site(Deployment(url.rstrip("/")), settings)


def _one_line(text: str) -> str:
    # What a server answered does not steer the terminal.
    return "".join(character if character.isprintable() else "?" for character in text)
