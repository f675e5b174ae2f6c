"""`mypi promote` and `mypi demote`: show releases in another index too, by reference, and take them out of it again."""

import click

from mypi.commands.invocation import Invocation, pass_invocation
from mypi.registry import deleting, indexes, promoting
from mypi.registry.actors import at_shell


@click.command()
@click.argument("releases", metavar="PROJECT==VERSION...", nargs=-1, required=True)
@click.option("--from", "source", metavar="OWNER/NAME", required=True, help="The index that has the releases.")
@click.option("--to", "target", metavar="OWNER/NAME", required=True, help="The index that is to show them, too.")
@click.option("--no-documentation", is_flag=True, help="Leave their documentation behind.")
@pass_invocation
def promote(
    invocation: Invocation, releases: tuple[str, ...], source: str, target: str, no_documentation: bool
) -> None:
    """Show releases of a project in another index as well.

    All of them, or none. Nothing is uploaded again: files, digests and upload times are the same. A filename that has
    other bytes in the target is refused.

    \b
    mypi promote sampleproject==1.2.0 --from alice/dev --to team/main
    """
    project, versions = _of_one_project(releases)
    with invocation.opened() as parts:
        places = indexes.get(source), indexes.get(target)
        documented = not no_documentation
        done = promoting.promote(parts.registry, at_shell(), project, versions, *places, with_documentation=documented)
        for one in done:
            files = len(one.files)
            said = f"promoted to {target.lower()}, {files} file{'' if files == 1 else 's'}"
            click.echo(f"{one.project} {one.version} is {said if one.is_something else 'there already'}", err=True)


@click.command()
@click.argument("release", metavar="PROJECT==VERSION")
@click.option("--from", "full_name", metavar="OWNER/NAME", required=True, help="The index that it is taken out of.")
@pass_invocation
def demote(invocation: Invocation, release: str, full_name: str) -> None:
    """Take a release out of an index that it was promoted to.

    Other indexes keep it. Its filenames stay taken here: promoted again, with the same bytes, they come back.

    \b
    mypi demote sampleproject==1.2.0 --from team/main
    """
    project, (version,) = _of_one_project((release,))
    with invocation.opened() as parts:
        deleting.delete_release(parts.registry, at_shell(), indexes.get(full_name), project, version)
        click.echo(f"{project} {version} is taken out of {full_name.lower()}", err=True)


def _of_one_project(releases: tuple[str, ...]) -> tuple[str, list[str]]:
    named = [release.partition("==") for release in releases]
    if not all(project and version for project, _, version in named):
        raise click.UsageError("name releases as PROJECT==VERSION")
    if len({project for project, _, _ in named}) > 1:
        raise click.UsageError("releases of one project at a time: an event is about one")
    return named[0][0], [version for _, _, version in named]
