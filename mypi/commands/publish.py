"""`mypi publish`: bring the published tree up to what the database says."""

from functools import partial

import click

from mypi.commands.invocation import Invocation, pass_invocation
from mypi.commands.progress import ProgressLine


@click.command()
@click.option("--all", "everything", is_flag=True, help="Render everything again, not only what changed.")
@pass_invocation
def publish(invocation: Invocation, everything: bool) -> None:
    """Render the pages of what was done and is not shown yet.

    Every act does that by itself; this is for the time after a crash, a full disk, or a tree that was removed. It can
    run while the server does. With --all it can be interrupted, and goes on where it stopped when it is run again.

    \b
    mypi publish
    mypi publish --all
    """
    progress = ProgressLine()
    with invocation.opened() as parts:
        if everything:
            parts.publisher.rebuild(partial(progress, "projects"))
        parts.publisher.start()
        progress.clear()
        click.echo("the published tree shows everything", err=True)
