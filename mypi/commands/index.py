"""`mypi index`: which indexes there are, who sees them, and which others they show."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list, show_one
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.database import reading
from mypi.registry import bases, index_view, indexes, indexing
from mypi.registry.actors import at_shell
from mypi.registry.indexes import Index, IndexKind, Visibility

VISIBILITIES = click.Choice([visibility.value for visibility in Visibility])
base_option = click.option(
    "--base", "base_names", metavar="OWNER/NAME", multiple=True, help="An index that it also shows; in order, one each."
)


@click.group()
def index() -> None:
    """Create, change, delete and list indexes. An index is named OWNER/NAME."""


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@click.option(
    "--visibility",
    type=VISIBILITIES,
    default=Visibility.PRIVATE.value,
    show_default=True,
    help="Who reads it without a grant: everyone, whoever is logged in, nobody.",
)
@click.option("--volatile", is_flag=True, help="Files in it may be replaced, and deleted names used again.")
@click.option("--title", default="", help="What people see beside its name.")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in IndexKind]),
    default=IndexKind.HOSTED.value,
    show_default=True,
    help="Whether its files are uploaded, or come from an upstream.",
)
@base_option
@pass_invocation
def create(
    invocation: Invocation,
    name: str,
    visibility: str,
    volatile: bool,
    title: str,
    kind: str,
    base_names: tuple[str, ...],
) -> None:
    """Create the index OWNER/NAME. It shows its own files, and then those of its bases.

    \b
    mypi index create team/staging --visibility authenticated --title "Not yet released"
    mypi index create alice/dev --base team/staging --base team/main
    """
    with invocation.opened() as parts:
        made = indexing.create_index(
            parts.registry,
            at_shell(),
            name,
            Visibility(visibility),
            volatile=volatile,
            title=title,
            kind=IndexKind(kind),
            base_names=base_names,
        )
        click.echo(f"index {made.full_name} is created, {made.visibility}", err=True)


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@click.option("--visibility", type=VISIBILITIES, help="Who reads it without a grant.")
@click.option("--volatile/--not-volatile", default=None, help="Whether files in it may be replaced.")
@click.option("--title", help="What people see beside its name.")
@click.option("--description", help="What it is for.")
@base_option
@click.option("--no-bases", is_flag=True, help="It shows its own files only.")
@pass_invocation
def change(
    invocation: Invocation,
    name: str,
    visibility: str | None,
    volatile: bool | None,
    title: str | None,
    description: str | None,
    base_names: tuple[str, ...],
    no_bases: bool,
) -> None:
    """Change what is given of the index OWNER/NAME; the rest stays. Bases are given all, in order.

    \b
    mypi index change team/staging --visibility private
    mypi index change alice/dev --base team/main
    """
    if base_names and no_bases:
        raise click.UsageError("say either --base or --no-bases")
    asked = {"visibility": visibility, "volatile": volatile, "title": title, "description": description}
    changes: dict[str, object] = {key: value for key, value in asked.items() if value is not None}
    if base_names or no_bases:
        changes["base_names"] = base_names
    if not changes:
        raise click.UsageError(
            "say what to change: --visibility, --volatile, --title, --description, --base, --no-bases"
        )
    with invocation.opened() as parts:
        changed = indexing.change_index(parts.registry, at_shell(), indexes.get(name), **changes)  # type: ignore[arg-type]
        click.echo(f"index {name.lower()} is {'changed' if changed else 'as it was'}", err=True)


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@pass_invocation
def delete(invocation: Invocation, name: str) -> None:
    """Delete the index OWNER/NAME with all that is in it.

    Only a volatile index, or one that never had a file, and none that is a base of others.

    \b
    mypi index delete alice/trial
    """
    with invocation.opened() as parts:
        indexing.delete_index(parts.registry, at_shell(), indexes.get(name))
        click.echo(f"index {name.lower()} is deleted", err=True)


@index.command("list")
@as_json_option
@pass_invocation
def list_indexes(invocation: Invocation, as_json: bool) -> None:
    """List the indexes.

    \b
    mypi index list --json
    """
    with invocation.opened() as parts:
        with reading():
            facts = [_facts(one, parts.settings.default_index) for one in indexes.everything()]
        columns = ["name", "kind", "visibility", "volatile", "bases", "projects", "default", "title"]
        show_list(facts, columns, as_json=as_json, nothing="there are no indexes")


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@as_json_option
@pass_invocation
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show the index OWNER/NAME.

    `asked` are the indexes that are asked for it, in this order.

    \b
    mypi index show team/main
    """
    with invocation.opened() as parts:
        with reading():
            facts = _facts(indexes.get(name), parts.settings.default_index)
        show_one(facts, as_json=as_json)


def _facts(one: Index, default_index: str) -> Facts:
    return {
        "name": one.full_name,
        "kind": one.kind,
        "visibility": one.visibility,
        "volatile": one.volatile,
        "default": one.full_name == default_index,
        "projects": len(index_view.project_names(one)),
        "title": one.title,
        "description": one.description,
        "created_at": one.created_at,
        "bases": [base.full_name for base in bases.of(one)],
        "asked": [asked.full_name for asked in bases.asked(one)],
    }
