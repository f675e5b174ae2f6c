"""A project's page, one for each of its releases, and a file by its name. What may be done there is in `governing`."""

from flask import Blueprint, Response

from mypi.errors import InvalidProjectName, NoSuchProject
from mypi.http.actor import current_actor
from mypi.http.owners import index_name
from mypi.http.security_headers import set_page_policy
from mypi.pages import links, ready_lines
from mypi.pages.answers import moved, page
from mypi.pages.ready_lines import ReadyLines
from mypi.parts import parts
from mypi.registry import project_people, project_view
from mypi.registry.actors import Actor
from mypi.registry.permissions import Right
from mypi.registry.project_view import ProjectPage
from mypi.standards import names
from mypi.standards.project_status import ProjectStatus

blueprint = Blueprint("project", __name__)
blueprint.after_request(set_page_policy)


@blueprint.get("/package/<project>/")
@blueprint.get("/package/<project>/<version>/")
@blueprint.get("/<owner:owner>/<name>/<project>/")
@blueprint.get("/<owner:owner>/<name>/<project>/<version>/")
def show(project: str, version: str = "", owner: str | None = None, name: str | None = None) -> Response:
    """Show a project with one release; a name or version spelt otherwise is redirected to its own spelling."""
    actor = current_actor()
    full_name = index_name(owner, name, parts().settings.default_index)
    shown = project_view.project_page(actor, full_name, project, version)
    spelt = shown.release.facts.version if version and shown.release else ""
    if (project, version) != (shown.normalized_name, spelt):
        return moved(to_project(full_name, project, spelt), 301)
    return page(
        "project.html",
        actor,
        project=shown,
        statuses=list(ProjectStatus),
        people=_people(actor, shown),
        installing=_installing(shown, spelt),
        pypirc=ready_lines.pypirc(full_name, actor.name),
    )


@blueprint.get("/download/<project>/<filename>")
def download(project: str, filename: str) -> Response:
    """Redirect to the lasting URL of a file of the default index."""
    full_name = parts().settings.default_index
    found = project_view.file_address(current_actor(), full_name, project, filename)
    return moved(links.file_link(full_name, found.sha256, found.filename), 302)


def to_project(full_name: str, project: str, version: str = "") -> str:
    """Return the link to a project's page, or to that of one of its releases. Raises NoSuchProject."""
    try:
        normalized = names.normalize(project)
    except InvalidProjectName as error:
        raise NoSuchProject(project=project, index=full_name) from error
    wanted = {"version": version} if version else {}
    return links.link("project.show", project=normalized, **links.of_index(full_name), **wanted)


def _people(actor: Actor, shown: ProjectPage) -> list[tuple[Right, str]]:
    if Right.MANAGE not in shown.rights:
        return []
    return project_people.of_project(actor, shown.index.full_name, shown.normalized_name)


def _installing(shown: ProjectPage, version: str) -> list[ReadyLines]:
    installing = ready_lines.installing(shown.index.full_name, shown.normalized_name, version)
    if shown.release and shown.release.files:
        installing.append(ready_lines.requirements(shown, shown.release))
    return installing
