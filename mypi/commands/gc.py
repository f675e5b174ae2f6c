"""`mypi gc`: remove what nothing stands on any more."""

from collections.abc import Sequence

import click

from mypi import clock
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.errors import shown
from mypi.installation import Installation
from mypi.publishing import leftovers
from mypi.registry import collecting


@click.command()
@click.option("--dry-run", is_flag=True, help="Name what would go, and remove nothing.")
@pass_invocation
def gc(invocation: Invocation, dry_run: bool) -> None:
    """Remove what nothing stands on any more.

    That is bytes that no file has, uploads that were cut off, and sessions that have ended. It may run while the server
    does. What is younger than a day stays, as an upload may be about to use it. No project, release, file or event is
    ever removed.

    \b
    mypi gc --dry-run
    mypi gc
    """
    with invocation.opened() as parts:
        blobs = list(collecting.unreferenced(parts.storage))
        lines = [f"blob {blob.sha256}, {blob.size} bytes" for blob in blobs]
        receptions = collecting.abandoned(parts.storage)
        lines += [f"cut-off upload {name}" for name in receptions]
        before = (clock.now() - collecting.REST).timestamp()
        unfinished = list(leftovers.leftovers(parts.publisher.tree, before))
        lines += [f"unfinished page {shown(file)}" for file in unfinished]
        if dry_run:
            _say_all(lines, sum(blob.size for blob in blobs), collecting.ended_logins())
            return
        removed = list(collecting.collect(parts.storage, blobs))
        _remove_rest(parts, receptions)
        for file in unfinished:
            leftovers.remove(file)
        click.echo(f"removed {len(removed)} blobs with {sum(blob.size for blob in removed)} bytes", err=True)


def _remove_rest(parts: Installation, receptions: Sequence[str]) -> None:
    for name in receptions:
        parts.storage.forget(name)
    collecting.forget_ended_logins()


def _say_all(lines: list[str], size: int, logins: int) -> None:
    for line in lines:
        click.echo(line)
    click.echo(f"would remove {size} bytes of blobs, and {logins} ended sessions and old guesses", err=True)
