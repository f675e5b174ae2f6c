"""`mypi verify`: do the published tree, the database and the stored bytes agree?"""

import json

import click

from mypi.commands.answers import as_json_option
from mypi.commands.invocation import NOT_DONE, Invocation, pass_invocation
from mypi.commands.progress import ProgressLine
from mypi.errors import shown
from mypi.installation import Installation
from mypi.publishing import verification
from mypi.publishing.verification import Difference
from mypi.publishing.verification.repair import repair
from mypi.registry.actors import at_shell


@click.command()
@click.option("--repair", "repairs", is_flag=True, help="Make right what can be, then verify again.")
@as_json_option
@click.pass_context
@pass_invocation
def verify(invocation: Invocation, context: click.Context, repairs: bool, as_json: bool) -> None:
    """Name every difference between tree, database and files.

    Every byte that is kept is read. It may run while the server does, and can be interrupted. Exit code 0: everything
    agrees. 1: something does not, or with --repair something could not be repaired; each is named in a line.

    --repair withholds files whose bytes are not those that were published, offers them again when they are, takes
    metadata from its archive again, and renders wrong pages and links. It removes no file that a person put there.

    \b
    mypi verify
    mypi verify --repair --json
    """
    with invocation.opened() as parts:
        found = _found(parts, as_json=as_json)
        remaining = found
        if repairs and found:
            repair(parts.publisher, parts.registry, at_shell(), found)
            if not as_json:
                click.echo("after the repair:")
            remaining = _found(parts, as_json=as_json)
    if as_json:
        click.echo(json.dumps({"differences": _facts(found, remaining, repaired=repairs)}, indent=2))
    elif not remaining:
        click.echo("tree, database and files agree")
    context.exit(NOT_DONE if remaining else 0)


def _found(parts: Installation, *, as_json: bool) -> list[Difference]:
    progress = ProgressLine()
    found = []
    for difference in verification.differences(parts.publisher, progress):
        found.append(difference)
        progress.clear()
        if not as_json:
            click.echo(f"{difference.kind.value}  {shown(difference.where)}  {shown(difference.says)}")
    progress.clear()
    return found


def _facts(found: list[Difference], remaining: list[Difference], *, repaired: bool) -> list[dict[str, str | bool]]:
    every = dict.fromkeys([*found, *remaining])
    return [
        {
            "kind": one.kind.value,
            "where": one.where,
            "says": one.says,
            "index": one.index,
            "project": one.project,
            "repaired": repaired and one not in remaining,
        }
        for one in every
    ]
