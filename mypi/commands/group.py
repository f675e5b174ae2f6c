"""`mypi group`: sets of users, so that rights are given once and follow membership."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list, show_one
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.database import reading
from mypi.registry import accounts, groups
from mypi.registry.actors import at_shell
from mypi.registry.groups import Group


@click.group()
def group() -> None:
    """Add, delete, fill and list groups of users."""


@group.command()
@click.argument("name")
@pass_invocation
def add(invocation: Invocation, name: str) -> None:
    """Add the group NAME, without members.

    \b
    mypi group add release-managers
    """
    with invocation.opened() as parts:
        added = accounts.add_group(parts.registry, at_shell(), name)
        click.echo(f"group {added.name} is added", err=True)


@group.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def delete(invocation: Invocation, name: str, yes: bool) -> None:
    """Delete the group NAME with its grants. Its members stay users.

    \b
    mypi group delete release-managers
    """
    with invocation.opened() as parts:
        with reading():  # and released: nobody shall wait for who is asked
            groups.get(name)
        if not yes:
            click.confirm(f"Delete the group {name.lower()}?", abort=True)
        accounts.delete_group(parts.registry, at_shell(), name)
        click.echo(f"group {name.lower()} is deleted", err=True)


@group.command()
@click.argument("group_name", metavar="GROUP")
@click.argument("user_name", metavar="USER")
@pass_invocation
def join(invocation: Invocation, group_name: str, user_name: str) -> None:
    """Make USER a member of GROUP.

    \b
    mypi group join release-managers alice
    """
    with invocation.opened() as parts:
        changed = accounts.set_membership(parts.registry, at_shell(), group_name, user_name, member=True)
        told = "is now" if changed else "was already"
        click.echo(f"{user_name.lower()} {told} a member of {group_name.lower()}", err=True)


@group.command()
@click.argument("group_name", metavar="GROUP")
@click.argument("user_name", metavar="USER")
@pass_invocation
def leave(invocation: Invocation, group_name: str, user_name: str) -> None:
    """End USER's membership of GROUP.

    \b
    mypi group leave release-managers alice
    """
    with invocation.opened() as parts:
        changed = accounts.set_membership(parts.registry, at_shell(), group_name, user_name, member=False)
        told = "is no longer" if changed else "was not"
        click.echo(f"{user_name.lower()} {told} a member of {group_name.lower()}", err=True)


@group.command("list")
@as_json_option
@pass_invocation
def list_groups(invocation: Invocation, as_json: bool) -> None:
    """List the groups and their members.

    \b
    mypi group list --json
    """
    with invocation.opened():
        facts = [_facts(one) for one in groups.everyone()]
        show_list(facts, ["name", "members"], as_json=as_json, nothing="there are no groups")


@group.command()
@click.argument("name")
@as_json_option
@pass_invocation
def show(invocation: Invocation, name: str, as_json: bool) -> None:
    """Show the group NAME.

    \b
    mypi group show release-managers
    """
    with invocation.opened():
        show_one(_facts(groups.get(name)), as_json=as_json)


def _facts(one: Group) -> Facts:
    return {
        "name": one.name,
        "members": [member.name for member in groups.members(one)],
        "created_at": one.created_at,
    }
