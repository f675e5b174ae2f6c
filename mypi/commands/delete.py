"""`mypi delete`: delete a project, a release or a file for good."""

import click

from mypi.commands import targets
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.installation import Installation
from mypi.registry import deleting
from mypi.registry.actors import at_shell
from mypi.registry.acts import end_snapshot
from mypi.registry.indexes import Index

MOST_SHOWN = 20  # filenames: what is asked about fits on a screen


@click.command()
@click.argument("project")
@click.argument("version", required=False)
@click.option("--file", "filename", metavar="FILENAME", help="Only this file.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@targets.index_option
@pass_invocation
def delete(
    invocation: Invocation, project: str, version: str | None, filename: str | None, yes: bool, full_name: str | None
) -> None:
    """Delete PROJECT, or one VERSION of it, or one file.

    It says what will go, and asks. What is deleted cannot be had back, and its filenames are never used again. To keep
    people from choosing a bad release without breaking those who have pinned it, use 'mypi yank'.

    \b
    mypi delete sampleproject 1.2.0
    mypi delete sampleproject --file sampleproject-1.2.0-py3-none-any.whl --yes
    """
    with invocation.opened() as parts:
        index = targets.index_named(parts, full_name)
        doomed = targets.files_meant(index, project, version, filename)
        what, where = filename or f"{project} {version or ''}".strip(), index.full_name
        if not yes:
            end_snapshot()  # nobody shall wait for who is asked
            _say(f"{what} in {where}", doomed)
            click.confirm("Delete it for good?", abort=True, err=True)
        _delete(parts, index, project, version, filename)
        click.echo(f"{what} is deleted from {where}, with {_number(doomed)}", err=True)


def _delete(parts: Installation, index: Index, project: str, version: str | None, filename: str | None) -> None:
    if filename:
        deleting.delete_file(parts.registry, at_shell(), index, project, filename)
    elif version:
        deleting.delete_release(parts.registry, at_shell(), index, project, version)
    else:
        deleting.delete_project(parts.registry, at_shell(), index, project)


def _say(what: str, doomed: list[str]) -> None:
    click.echo(f"{what} would go, with {_number(doomed)}:", err=True)
    for filename in doomed[:MOST_SHOWN]:
        click.echo(f"  {filename}", err=True)
    if len(doomed) > MOST_SHOWN:
        click.echo(f"  and {len(doomed) - MOST_SHOWN} more", err=True)


def _number(doomed: list[str]) -> str:
    return "1 file" if len(doomed) == 1 else f"{len(doomed)} files"
