"""`mypi init`: an installation from nothing. Each step can be done again, which completes an interrupted one."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import click

from mypi import installation, passwords, schema
from mypi.commands import password as new_password
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.config import Settings
from mypi.installation import Installation
from mypi.registry import accounts, indexes, indexing, users
from mypi.registry.actors import at_shell
from mypi.registry.indexes import IndexKind, Visibility
from mypi.registry.permissions import Right, Subject, SubjectKind
from mypi.registry.users import User
from mypi.storage.durable import alone_in, create_private, make_folder, room

ADMINISTRATOR = "admin"
MIRROR = "root/pypi"
"""The index that users of devpi name as the base of theirs; it shows nothing as long as it has no upstream."""
FOR_OWNER_AND_GROUP = 0o750
"""The data directory: Apache gets in by belonging to its group, other accounts of the machine do not."""


@dataclass(frozen=True)
class Administrator:
    """Whom `init` made administrator, with the password that nobody can see again."""

    name: str
    password: str


@click.command()
@click.option("--administrator", metavar="NAME", default=ADMINISTRATOR, show_default=True, help="Their user name.")
@click.option(
    "--password-stdin", is_flag=True, help="Read their password from standard input instead of making one up."
)
@pass_invocation
def init(invocation: Invocation, administrator: str, password_stdin: bool) -> None:
    """Make a new installation.

    That is the data directory, the database, the default index (public), the mirror root/pypi without an upstream, and
    an administrator, whose password is made up and printed once. Run it as the user who will own the data. Run again,
    it changes nothing and says so; an init that was interrupted is completed.

    \b
    mypi --data-directory /srv/mypi init
    pass show mypi | mypi init --administrator alice --password-stdin
    """
    settings = invocation.settings
    password = new_password.read_line() if password_stdin else None
    made = initialize(settings, administrator, password)
    if made is None:
        click.echo(f"there is an installation in {settings.data_directory.resolve()} already: nothing was changed")
        return
    click.echo(f"made in {settings.data_directory.resolve()}, with the public index {settings.default_index}")
    click.echo(f"administrator: {made.name}")
    if not password_stdin:
        click.echo(f"password: {made.password}")
        click.echo("The password is shown this once: keep it.", err=True)


def initialize(
    settings: Settings, administrator: str = ADMINISTRATOR, password: str | None = None
) -> Administrator | None:
    """Make what is missing of an installation; return its administrator, or None when it was there and complete.

    Two that run at once take turns. Raises InvalidValue, SchemaTooOld, SchemaTooNew, DatabaseUnreachable, DatabaseBusy,
    DiskFull.
    """
    indexes.checked_name(settings.default_index)
    users.checked_name(administrator)
    password = passwords.generated() if password is None else password
    passwords.hashed(password)
    _make_folders(settings.data_directory)
    with alone_in(settings.data_directory):
        create_private(settings.data_directory / "secret_key", secrets.token_hex(32).encode())
        schema.create(settings.sqlalchemy_url)
        schema.refuse_other_versions(settings.sqlalchemy_url)
        with installation.opened(settings) as parts:
            return _fill(parts, Administrator(administrator.lower(), password))


def is_initialized(settings: Settings) -> bool:
    """Return whether `init` has done all its steps. Raises SchemaTooOld, SchemaTooNew, DatabaseUnreachable."""
    if schema.state(settings.sqlalchemy_url).found is None:
        return False
    schema.refuse_other_versions(settings.sqlalchemy_url)
    with installation.opened(settings):
        return _has_hosted_index()


def _fill(parts: Installation, administrator: Administrator) -> Administrator | None:
    # The default index comes last: where there is one for files, everything before it is there too.
    if _has_hosted_index():
        parts.publisher.start()
        return None
    user = _with_password(parts, administrator)
    everything = Subject(SubjectKind.USER, user=user)
    accounts.set_grant(parts.registry, at_shell(), everything, Right.MANAGE, None, given=True)
    if parts.settings.default_index != MIRROR and indexes.find(MIRROR) is None:
        indexing.create_index(parts.registry, at_shell(), MIRROR, Visibility.PUBLIC, kind=IndexKind.MIRROR)
    indexing.create_index(parts.registry, at_shell(), parts.settings.default_index, Visibility.PUBLIC)
    parts.publisher.start()
    return administrator


def _has_hosted_index() -> bool:
    return any(not index.is_mirror for index in indexes.everything())


def _with_password(parts: Installation, administrator: Administrator) -> User:
    if users.find(administrator.name) is None:
        return accounts.add_user(parts.registry, at_shell(), administrator.name, administrator.password)
    # An init that was interrupted made the user; the password that it chose was never shown.
    accounts.set_password(parts.registry, at_shell(), administrator.name, administrator.password)
    return users.get(administrator.name)


def _make_folders(data_directory: Path) -> None:
    with room():
        if not data_directory.exists():
            make_folder(data_directory)
            data_directory.chmod(FOR_OWNER_AND_GROUP)
        make_folder(data_directory / "incoming")
