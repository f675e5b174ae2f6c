"""`mypi yank`: take a release or a file out of what installers choose, or put it back."""

import click

from mypi.commands import targets
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.registry import yanking
from mypi.registry.actors import at_shell
from mypi.registry.indexes import Index


@click.command()
@click.argument("project")
@click.argument("version", required=False)
@click.option("--file", "filename", metavar="FILENAME", help="Only this file, not the whole release.")
@click.option("--reason", default="", help="Why; installers show it to whoever has pinned the version.")
@click.option("--undo", is_flag=True, help="Put it back.")
@targets.index_option
@pass_invocation
def yank(
    invocation: Invocation,
    project: str,
    version: str | None,
    filename: str | None,
    reason: str,
    undo: bool,
    full_name: str | None,
) -> None:
    """Yank VERSION of PROJECT, or one file of it.

    A yanked file is no longer chosen, unless somebody asks for exactly its version; it can still be downloaded.

    \b
    mypi yank sampleproject 1.2.0 --reason "breaks on Python 3.11"
    mypi yank sampleproject --file sampleproject-1.2.0-py3-none-any.whl
    mypi yank sampleproject 1.2.0 --undo
    """
    if not version and not filename:
        raise click.UsageError("say what to yank: a VERSION or --file FILENAME")
    with invocation.opened() as parts:
        index = targets.index_named(parts, full_name)
        if filename:
            targets.files_meant(index, project, version, filename)
            changed = yanking.set_file_yanked(
                parts.registry, at_shell(), index, project, filename, yanked=not undo, reason=reason
            )
        else:
            changed = yanking.set_release_yanked(
                parts.registry, at_shell(), index, project, version or "", yanked=not undo, reason=reason
            )
        what = filename or f"{project} {version}"
        click.echo(f"{what} in {index.full_name} is {_standing(index, filename, undo=undo, changed=changed)}", err=True)


def _standing(index: Index, filename: str | None, *, undo: bool, changed: bool) -> str:
    standing = ("no longer yanked" if undo else "yanked") + ("" if changed else " already: nothing was changed")
    release = targets.release_of(index, filename) if undo and filename else None
    if release is None or not release.yanked:
        return standing
    by_itself = "no longer yanked" if changed else "not yanked"
    return f"{by_itself} by itself, but still by its release {release.version}: undo that without --file"
