"""`mypi user`: who can log in."""

import click

from mypi.commands import password as new_password
from mypi.commands.answers import Facts, as_json_option, show_list
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.database import reading
from mypi.registry import accounts, groups, users
from mypi.registry.actors import at_shell
from mypi.registry.arriving import Voucher


@click.group()
def user() -> None:
    """Add, delete and list users, and set their passwords."""


@user.command()
@click.argument("name")
@new_password.from_stdin
@new_password.generate
@pass_invocation
def add(invocation: Invocation, name: str, password_stdin: bool, generate: bool) -> None:
    """Add the user NAME; the password is asked for.

    A new user may read what the public may read; `mypi grant` gives more.

    \b
    mypi user add alice
    mypi user add --generate build-server
    """
    with invocation.opened() as parts:
        password = new_password.asked(password_stdin=password_stdin, generated=generate)
        added = accounts.add_user(parts.registry, at_shell(), name, password)
        if generate:
            click.echo(password)
        click.echo(f"user {added.name} is added", err=True)


@user.command("password")
@click.argument("name")
@new_password.from_stdin
@new_password.generate
@pass_invocation
def set_password(invocation: Invocation, name: str, password_stdin: bool, generate: bool) -> None:
    """Set the password of the user NAME and end all their sessions.

    \b
    mypi user password alice
    """
    with invocation.opened() as parts:
        with reading():  # and released: nobody shall wait for who is asked
            users.get(name)
        password = new_password.asked(password_stdin=password_stdin, generated=generate)
        accounts.set_password(parts.registry, at_shell(), name, password)
        if generate:
            click.echo(password)
        click.echo(f"the password of {name.lower()} is set, their sessions are ended", err=True)


@user.command("voucher")
@click.argument("name")
@click.argument("voucher", type=click.Choice([one.value for one in Voucher]))
@pass_invocation
def set_voucher(invocation: Invocation, name: str, voucher: str) -> None:
    """Let VOUCHER vouch for the user NAME.

    No password of mypi opens the account any more. Their sessions are ended, their tokens stay. `mypi user password`
    takes it back.

    \b
    mypi user voucher alice ldap
    """
    with invocation.opened() as parts:
        accounts.set_voucher(parts.registry, at_shell(), name, Voucher(voucher))
        click.echo(f"from now on the {voucher} vouches for {name.lower()}, their sessions are ended", err=True)


@user.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def delete(invocation: Invocation, name: str, yes: bool) -> None:
    """Delete the user NAME.

    Their sessions, memberships and grants go too. What they uploaded stays.

    \b
    mypi user delete alice
    """
    with invocation.opened() as parts:
        with reading():
            users.get(name)
        if not yes:
            click.confirm(f"Delete the user {name.lower()}?", abort=True)
        accounts.delete_user(parts.registry, at_shell(), name)
        click.echo(f"user {name.lower()} is deleted", err=True)


@user.command("list")
@as_json_option
@pass_invocation
def list_users(invocation: Invocation, as_json: bool) -> None:
    """List the users and the groups they belong to.

    \b
    mypi user list --json
    """
    with invocation.opened():
        belongs = {group.name: {member.name for member in groups.members(group)} for group in groups.everyone()}
        facts: list[Facts] = [
            {
                "name": one.name,
                "groups": [group for group, members in belongs.items() if one.name in members],
                "voucher": one.voucher,
                "created_at": one.created_at,
            }
            for one in users.everyone()
        ]
        show_list(facts, ["name", "groups", "created_at"], as_json=as_json, nothing="there are no users")
