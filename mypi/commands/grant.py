"""`mypi grant`: who may do what, where."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.commands.subjects import subject_named
from mypi.database import db
from mypi.registry import accounts, indexes, permissions
from mypi.registry.actors import at_shell
from mypi.registry.groups import Group
from mypi.registry.indexes import Index
from mypi.registry.permissions import EVERY_PROJECT, Grant, Right
from mypi.registry.users import User

RIGHTS = click.Choice([right.value for right in Right])


@click.group()
def grant() -> None:
    """Give rights, take them back, list them.

    \b
    SUBJECT is one of   user:NAME   group:NAME   authenticated   everyone
    RIGHT is one of     read   upload   yank   delete   manage (which holds the others)

    A right holds on one index (--index OWNER/NAME) or on all there are and will be (--every-index), and there on all
    projects or on those whose name fits --project.
    """


@grant.command()
@click.argument("subject")
@click.argument("right", type=RIGHTS)
@click.option("--index", "index_name", metavar="OWNER/NAME", help="The index where the right holds.")
@click.option("--every-index", is_flag=True, help="The right holds on every index.")
@click.option("--project", "pattern", default=EVERY_PROJECT, help="A project, or a pattern of names such as 'acme-*'.")
@pass_invocation
def give(
    invocation: Invocation, subject: str, right: str, index_name: str | None, every_index: bool, pattern: str
) -> None:
    """Give RIGHT to SUBJECT.

    \b
    mypi grant give group:release-managers upload --index team/main
    mypi grant give user:build-server upload --index team/main --project 'acme-*'
    mypi grant give user:alice manage --every-index      (alice becomes an administrator)
    """
    _set(invocation, subject, right, _asked(index_name, every_index), pattern, given=True)


@grant.command()
@click.argument("subject")
@click.argument("right", type=RIGHTS)
@click.option("--index", "index_name", metavar="OWNER/NAME", help="The index where the right holds.")
@click.option("--every-index", is_flag=True, help="The right that holds on every index.")
@click.option("--project", "pattern", default=EVERY_PROJECT, help="The pattern as it was given.")
@pass_invocation
def take(
    invocation: Invocation, subject: str, right: str, index_name: str | None, every_index: bool, pattern: str
) -> None:
    """Take RIGHT back from SUBJECT.

    It takes the grant that was given with the same words.

    \b
    mypi grant take user:alice manage --every-index
    """
    _set(invocation, subject, right, _asked(index_name, every_index), pattern, given=False)


def _asked(index_name: str | None, every_index: bool) -> str | None:
    """Return the name of the index that is meant, None for every index."""
    if every_index == bool(index_name):
        raise click.UsageError("say where: either --index OWNER/NAME or --every-index")
    return index_name


def _set(
    invocation: Invocation, subject: str, right: str, index_name: str | None, pattern: str, *, given: bool
) -> None:
    with invocation.opened() as parts:
        changed = accounts.set_grant(
            parts.registry,
            at_shell(),
            subject_named(subject),
            Right(right),
            indexes.get(index_name) if index_name else None,
            permissions.checked_pattern(pattern),
            given=given,
        )
        held = (
            ("now holds" if changed else "already held")
            if given
            else ("no longer holds" if changed else "did not hold")
        )
        click.echo(f"{subject.lower()} {held} {right} on {index_name or 'every index'}, projects {pattern}", err=True)


@grant.command("list")
@click.option("--index", "index_name", metavar="OWNER/NAME", help="Only the grants that hold on this index.")
@as_json_option
@pass_invocation
def list_grants(invocation: Invocation, index_name: str | None, as_json: bool) -> None:
    """List the grants.

    Owners of projects hold theirs since their first upload.

    \b
    mypi grant list --index team/main
    """
    with invocation.opened():
        only = indexes.get(index_name).id if index_name else None
        facts = [_facts(one) for one in permissions.everything() if only is None or one.index_id in (only, None)]
        show_list(facts, ["subject", "right", "index", "projects"], as_json=as_json, nothing="there are no grants")


def _facts(one: Grant) -> Facts:
    named = db.session.get(User, one.user_id) if one.user_id else None
    named = db.session.get(Group, one.group_id) if one.group_id else named
    where = db.session.get(Index, one.index_id) if one.index_id else None
    return {
        "subject": f"{one.subject_kind}:{named.name}" if named else one.subject_kind,
        "right": one.right,
        "index": where.full_name if where else "every index",
        "projects": one.project_pattern,
        "created_at": one.created_at,
    }
