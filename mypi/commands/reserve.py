"""`mypi reserve`: names that are kept before the first file comes."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.commands.subjects import subject_named
from mypi.commands.targets import index_named, index_option
from mypi.registry import reserved_names, reserving
from mypi.registry.actors import at_shell


@click.group()
def reserve() -> None:
    """Keep names of projects for their holders.

    A name, or a prefix as 'acme-*', which keeps acme too. It holds in the index and in all above it, for new projects:
    whoever has one keeps it.
    """


@reserve.command()
@click.argument("pattern")
@click.option("--for", "holders", multiple=True, required=True, metavar="SUBJECT", help="user:NAME or group:NAME.")
@click.option("--contact", default="", help="Whom others are told to ask. Default: the names of the holders.")
@index_option
@pass_invocation
def add(invocation: Invocation, pattern: str, holders: tuple[str, ...], contact: str, full_name: str | None) -> None:
    """Keep PATTERN for users and groups.

    Done once more, it is kept for these and no others.

    \b
    mypi reserve add 'acme-*' --for group:platform --contact platform@acme.example
    """
    with invocation.opened() as parts:
        index, subjects = index_named(parts, full_name), [subject_named(words) for words in holders]
        changed = reserving.reserve_name(parts.registry, at_shell(), index, pattern, subjects, contact)
        click.echo(f"{pattern} is {'reserved' if changed else 'reserved already'} in {index.full_name}", err=True)


@reserve.command()
@click.argument("pattern")
@index_option
@pass_invocation
def release(invocation: Invocation, pattern: str, full_name: str | None) -> None:
    """Let PATTERN go.

    \b
    mypi reserve release 'acme-*'
    """
    with invocation.opened() as parts:
        index = index_named(parts, full_name)
        reserving.release_name(parts.registry, at_shell(), index, pattern)
        click.echo(f"{pattern} is no longer reserved in {index.full_name}", err=True)


@reserve.command("list")
@index_option
@as_json_option
@pass_invocation
def list_reserved(invocation: Invocation, full_name: str | None, as_json: bool) -> None:
    """List what is reserved in an index.

    \b
    mypi reserve list --json
    """
    with invocation.opened() as parts:
        facts: list[Facts] = [
            {
                "pattern": one.pattern,
                "holders": reserved_names.holders(one),
                "contact": one.contact,
                "created_at": one.created_at,
            }
            for one in reserved_names.of_index(index_named(parts, full_name))
        ]
        show_list(facts, ["pattern", "holders", "contact"], as_json=as_json, nothing="nothing is reserved")
