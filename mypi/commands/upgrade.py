"""`mypi upgrade`: bring the schema of the database up to the one that this version works with."""

import click

from mypi import schema
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.errors import SchemaTooOld
from mypi.schema import SCHEMA


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@pass_invocation
def upgrade(invocation: Invocation, dry_run: bool) -> None:
    """Bring the database up to this version.

    Every row is kept. Run it after a new version of mypi was installed, as the user who owns the data, with the server
    stopped. It says the steps before it goes them. An SQLite database is copied first, to a file beside it; of a
    PostgreSQL database make a copy yourself (pg_dump). All steps are one transaction: nothing has changed if one fails.

    \b
    mypi upgrade --dry-run
    mypi upgrade
    """
    try:
        invocation.require_initialized()
    except SchemaTooOld as older:
        _upgrade(invocation.settings.sqlalchemy_url, older.found, dry_run=dry_run)
    else:
        click.echo(f"the database has schema {SCHEMA}, as this version needs it: nothing to do")


def _upgrade(url: str, found: int, *, dry_run: bool) -> None:
    click.echo(f"the database has schema {found}, this version works with {SCHEMA}; the steps:")
    for step in schema.steps(found):
        click.echo(f"  {step.number}  {step.does}")
    if dry_run:
        click.echo("nothing was done (--dry-run)")
        return
    copy = schema.upgrade(url)
    if copy:
        click.echo(f"the database as it was is in {copy}: delete it when all is well")
    click.echo(f"done: the database has schema {SCHEMA}")
