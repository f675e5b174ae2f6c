"""`mypi index`: which indexes there are, and who sees them."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list, show_one
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.registry import index_view, indexes, indexing
from mypi.registry.actors import at_shell
from mypi.registry.indexes import Index, Visibility

VISIBILITIES = click.Choice([visibility.value for visibility in Visibility])


@click.group()
def index() -> None:
    """Create, change and list indexes. An index is named OWNER/NAME."""


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
@pass_invocation
def create(invocation: Invocation, name: str, visibility: str, volatile: bool, title: str) -> None:
    """Create the index OWNER/NAME.

    \b
    mypi index create team/staging --visibility authenticated --title "Not yet released"
    """
    with invocation.opened() as parts:
        made = indexing.create_index(
            parts.registry, at_shell(), name, Visibility(visibility), volatile=volatile, title=title
        )
        click.echo(f"index {made.full_name} is created, {made.visibility}", err=True)


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@click.option("--visibility", type=VISIBILITIES, help="Who reads it without a grant.")
@click.option("--volatile/--not-volatile", default=None, help="Whether files in it may be replaced.")
@click.option("--title", help="What people see beside its name.")
@click.option("--description", help="What it is for.")
@pass_invocation
def change(
    invocation: Invocation,
    name: str,
    visibility: str | None,
    volatile: bool | None,
    title: str | None,
    description: str | None,
) -> None:
    """Change what is given of the index OWNER/NAME; the rest stays.

    \b
    mypi index change team/staging --visibility private
    """
    asked = {"visibility": visibility, "volatile": volatile, "title": title, "description": description}
    changes: dict[str, object] = {key: value for key, value in asked.items() if value is not None}
    if not changes:
        raise click.UsageError("say what to change: --visibility, --volatile, --title or --description")
    with invocation.opened() as parts:
        changed = indexing.change_index(parts.registry, at_shell(), indexes.get(name), **changes)
        click.echo(f"index {name.lower()} is {'changed' if changed else 'as it was'}", err=True)


@index.command("list")
@as_json_option
@pass_invocation
def list_indexes(invocation: Invocation, as_json: bool) -> None:
    """List the indexes.

    \b
    mypi index list --json
    """
    with invocation.opened() as parts:
        facts = [_facts(one, parts.settings.default_index) for one in indexes.everything()]
        columns = ["name", "visibility", "volatile", "projects", "default", "title"]
        show_list(facts, columns, as_json=as_json, nothing="there are no indexes")


@index.command()
@click.argument("name", metavar="OWNER/NAME")
@as_json_option
@pass_invocation
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show the index OWNER/NAME.

    \b
    mypi index show team/main
    """
    with invocation.opened() as parts:
        show_one(_facts(indexes.get(name), parts.settings.default_index), as_json=as_json)


def _facts(one: Index, default_index: str) -> Facts:
    return {
        "name": one.full_name,
        "visibility": one.visibility,
        "volatile": one.volatile,
        "default": one.full_name == default_index,
        "projects": len(index_view.project_names(one)),
        "title": one.title,
        "description": one.description,
        "created_at": one.created_at,
    }
