"""`mypi token`: what programs send in place of a password. A secret is printed once, when it is made."""

from datetime import timedelta

import click

from mypi.commands.answers import as_json_option, show_list
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.registry import issuing, tokens
from mypi.registry.actors import at_shell
from mypi.registry.permissions import Right
from mypi.registry.scopes import EVERYTHING

RIGHTS = click.Choice([right.value for right in Right])


@click.group()
def token() -> None:
    """Create, list, rotate and revoke tokens.

    A token is good for what it was narrowed to, and never for more than its user holds at that moment. Programs send it
    as the password of its user or of the user __token__, or as Bearer.
    """


@token.command()
@click.argument("user")
@click.argument("name")
@click.option("--right", "rights", multiple=True, required=True, type=RIGHTS, help="What it allows; may be repeated.")
@click.option("--index", "index_pattern", default=EVERYTHING, metavar="OWNER/NAME", help="Only on it, or on OWNER/*.")
@click.option("--project", "patterns", multiple=True, default=[EVERYTHING], help="Only on it, or on names as 'acme-*'.")
@click.option("--days", type=int, default=365, show_default=True, help="Days until it expires.")
@click.option("--forever", is_flag=True, help="It does not expire.")
@pass_invocation
def create(
    invocation: Invocation,
    user: str,
    name: str,
    rights: tuple[str, ...],
    index_pattern: str,
    patterns: tuple[str, ...],
    days: int,
    forever: bool,
) -> None:
    """Create a token of USER by the name NAME, and print it.

    \b
    mypi token create alice ci --right upload --index team/main --project 'acme-*' --days 90
    """
    with invocation.opened() as parts:
        made, secret = issuing.create_token(
            parts.registry,
            at_shell(),
            user,
            name,
            rights=[Right(right) for right in rights],
            index_pattern=index_pattern,
            project_patterns=patterns,
            lifetime=None if forever else timedelta(days=days),
        )
        click.echo(secret)
        click.echo(f"token {made.id} of {user.lower()} is created; it is not shown again", err=True)


@token.command()
@click.argument("number", type=int)
@pass_invocation
def rotate(invocation: Invocation, number: int) -> None:
    """Give the token NUMBER a new secret, and print it.

    The old secret ends at once. Its lifetime begins anew; what it allows stays.

    \b
    mypi token rotate 1207959552
    """
    with invocation.opened() as parts:
        _, secret = issuing.rotate_token(parts.registry, at_shell(), number)
        click.echo(secret)
        click.echo(f"token {number} has a new secret; it is not shown again", err=True)


@token.command()
@click.argument("number", type=int)
@pass_invocation
def revoke(invocation: Invocation, number: int) -> None:
    """End the token NUMBER: the next request with it is refused.

    \b
    mypi token revoke 1207959552
    """
    with invocation.opened() as parts:
        issuing.revoke_token(parts.registry, at_shell(), number)
        click.echo(f"token {number} is revoked", err=True)


@token.command("list")
@click.option("--user", "user_name", metavar="NAME", help="Only the tokens of this user.")
@as_json_option
@pass_invocation
def list_tokens(invocation: Invocation, user_name: str | None, as_json: bool) -> None:
    """List the tokens, those of programs that logged in as well.

    \b
    mypi token list --user alice --json
    """
    with invocation.opened():
        facts = [
            {"user": owner, **tokens.facts(one)}
            for one, owner in tokens.everything()
            if user_name is None or owner == user_name.lower()
        ]
        columns = ["number", "user", "name", "purpose", "rights", "index", "projects", "expires_at", "last_used_at"]
        show_list(facts, columns, as_json=as_json, nothing="there are no tokens")
