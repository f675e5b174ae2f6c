"""`mypi publisher`: programs elsewhere that may ask for short-lived tokens (trusted publishing)."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list
from mypi.commands.invocation import Invocation, NotDone, pass_invocation
from mypi.commands.targets import index_named, index_option
from mypi.database import reading
from mypi.registry import trusted_publishers, trusting
from mypi.registry.actors import at_shell
from mypi.registry.permissions import Right
from mypi.registry.trusted_publishers import GITLAB, Identity

RIGHTS = click.Choice([right.value for right in trusting.MAY_BE_GIVEN])


@click.group()
def publisher() -> None:
    """Say which programs elsewhere publish without a password.

    Or read. A program of GitHub, GitLab or another issuer of identity tokens is given a token for fifteen minutes each
    time. The setting trusted_issuers says which issuers are believed.
    """


@publisher.command()
@click.argument("project")
@index_option
@click.option("--right", "rights", multiple=True, type=RIGHTS, default=["upload"], help="May be repeated. [upload]")
@click.option("--github", default="", metavar="OWNER/NAME", help="A repository of GitHub; with --workflow.")
@click.option("--gitlab", default="", metavar="GROUP/NAME", help="A project of GitLab; with --workflow.")
@click.option("--workflow", default="", help="The file of the workflow (GitHub: its name; GitLab: its path).")
@click.option("--environment", default="", help="Only in this environment of the repository.")
@click.option("--owner-id", default="", help="The number of the owner at GitHub, so that no later one has the name.")
@click.option("--issuer", default="", help="Another issuer, by its URL; or a GitLab of your own, with --gitlab.")
@click.option("--claim", "claims", multiple=True, metavar="NAME=PATTERN", help="What the other issuer must say of it.")
@pass_invocation
def add(
    invocation: Invocation,
    /,
    project: str,
    full_name: str | None,
    rights: tuple[str, ...],
    claims: tuple[str, ...],
    **said: str,
) -> None:
    """Trust a program with PROJECT, or with a pattern of names. The project need not be there yet.

    \b
    mypi publisher add widgets --github acme/widgets --workflow release.yml --environment release
    mypi publisher add 'acme-*' --gitlab acme/all --workflow .gitlab-ci.yml --issuer https://gitlab.acme.example
    mypi publisher add '*' --right read --issuer https://ci.acme.example --claim 'sub=build:acme/*'
    """
    identity = _identity(claims, **said)
    _require_believed(invocation, identity)
    with invocation.opened() as parts:
        with reading():
            index = index_named(parts, full_name)
        made = trusting.trust_publisher(
            parts.registry, at_shell(), index, project, identity, [Right(right) for right in rights]
        )
        click.echo(f"publisher {made.id} is trusted with {project} in {index.full_name}", err=True)


@publisher.command("list")
@as_json_option
@pass_invocation
def list_publishers(invocation: Invocation, as_json: bool) -> None:
    """List the publishers.

    \b
    mypi publisher list --json
    """
    with invocation.opened():
        facts: list[Facts] = [
            {
                "number": one.id,
                "index": index.full_name,
                "project": one.project_pattern,
                "rights": one.rights,
                "issuer": one.issuer,
                "claims": [f"{name}={value}" for name, value in sorted(one.claims.items())],
                "created_by": one.created_by,
                "created_at": one.created_at,
            }
            for one, index in trusted_publishers.everything()
        ]
        columns = ["number", "index", "project", "rights", "issuer", "claims"]
        show_list(facts, columns, as_json=as_json, nothing="there are no trusted publishers")


@publisher.command()
@click.argument("number", type=int)
@pass_invocation
def remove(invocation: Invocation, number: int) -> None:
    """Trust the publisher NUMBER no more.

    The tokens that it was given end at once.

    \b
    mypi publisher remove 3
    """
    with invocation.opened() as parts:
        trusting.distrust_publisher(parts.registry, at_shell(), number)
        click.echo(f"publisher {number} is trusted no more", err=True)


def _identity(
    claims: tuple[str, ...], github: str, gitlab: str, workflow: str, environment: str, owner_id: str, issuer: str
) -> Identity:
    """Return who is meant. Raises InvalidValue."""
    if github:
        return trusted_publishers.github(github, workflow, environment, owner_id)
    if gitlab:
        return trusted_publishers.gitlab(gitlab, workflow, environment, issuer or GITLAB)
    pairs = [claim.partition("=") for claim in claims]
    return trusted_publishers.oidc(issuer, {name: pattern for name, _, pattern in pairs})


def _require_believed(invocation: Invocation, identity: Identity) -> None:
    believed = invocation.settings.issuer_urls
    if identity.issuer not in believed:
        raise NotDone(
            f"'{identity.issuer}' is not among the issuers that are believed: the setting trusted_issuers has "
            f"{', '.join(believed) or 'none'}"
        )
