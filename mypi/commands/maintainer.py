"""`mypi maintainer`: who may upload to a project and yank, besides those who manage it."""

import click

from mypi.commands.answers import Facts, as_json_option, show_list
from mypi.commands.invocation import Invocation, pass_invocation
from mypi.commands.targets import index_named, index_option
from mypi.registry import maintaining, project_people
from mypi.registry.actors import at_shell


@click.group()
def maintainer() -> None:
    """Add, remove and list the maintainers of a project.

    They upload to it and yank.
    """


@maintainer.command()
@click.argument("project")
@click.argument("user")
@index_option
@pass_invocation
def add(invocation: Invocation, project: str, user: str, full_name: str | None) -> None:
    """Let USER maintain PROJECT.

    \b
    mypi maintainer add gearbox bob
    """
    _set(invocation, project, user, full_name, maintains=True)


@maintainer.command()
@click.argument("project")
@click.argument("user")
@index_option
@pass_invocation
def remove(invocation: Invocation, project: str, user: str, full_name: str | None) -> None:
    """Let USER maintain PROJECT no longer.

    It takes what was given by `mypi maintainer add`, and no right that they hold otherwise.

    \b
    mypi maintainer remove gearbox bob
    """
    _set(invocation, project, user, full_name, maintains=False)


def _set(invocation: Invocation, project: str, user: str, full_name: str | None, *, maintains: bool) -> None:
    with invocation.opened() as parts:
        index = index_named(parts, full_name)
        changed = maintaining.set_maintainer(parts.registry, at_shell(), index, project, user, maintains=maintains)
        said = {True: ("already maintained", "maintains"), False: ("did not maintain", "no longer maintains")}
        click.echo(f"{user.lower()} {said[maintains][changed]} {project}", err=True)


@maintainer.command("list")
@click.argument("project")
@index_option
@as_json_option
@pass_invocation
def list_maintainers(invocation: Invocation, project: str, full_name: str | None, as_json: bool) -> None:
    """List who manages PROJECT and who uploads to it.

    \b
    mypi maintainer list gearbox --json
    """
    with invocation.opened() as parts:
        people = project_people.of_project(at_shell(), index_named(parts, full_name).full_name, project)
        facts: list[Facts] = [{"user": user, "right": right.value} for right, user in people]
        show_list(facts, ["user", "right"], as_json=as_json, nothing="nobody was given a right on it by name")
