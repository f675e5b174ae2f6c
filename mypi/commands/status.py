"""`mypi status`: say that a project is active, archived, quarantined or deprecated (PEP 792)."""

import click

from mypi.commands import targets
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.registry import project_statuses
from mypi.registry.actors import at_shell
from mypi.standards.project_status import ProjectStatus

STATUSES = click.Choice([status.value for status in ProjectStatus])


@click.command()
@click.argument("project")
@click.argument("status", type=STATUSES)
@click.option("--reason", default="", help="Why; it is shown on the project's page and to installers.")
@targets.index_option
@pass_invocation
def status(invocation: Invocation, project: str, status: str, reason: str, full_name: str | None) -> None:
    """Set the status of PROJECT.

    active: the ordinary state. deprecated: still maintained, and better replaced. archived: takes no more uploads.
    quarantined: takes no uploads, and none of its files is listed or given out.

    \b
    mypi status sampleproject deprecated --reason "use betterproject"
    """
    with invocation.opened() as parts:
        index = targets.index_named(parts, full_name)
        changed = project_statuses.set_status(parts.registry, at_shell(), index, project, ProjectStatus(status), reason)
        already = "" if changed else " already: nothing was changed"
        click.echo(f"{project} in {index.full_name} is {status}{already}", err=True)
