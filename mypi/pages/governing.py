"""What a project's page offers to those who may: yank, delete, promote, status, maintainers."""

from flask import Blueprint, Response, flash, request

from mypi.errors import InvalidValue
from mypi.http.actor import current_actor
from mypi.http.security_headers import set_page_policy
from mypi.pages import account, links
from mypi.pages.answers import moved
from mypi.pages.project import to_project
from mypi.parts import parts
from mypi.registry import deleting, maintaining, permissions, project_statuses, promoting, yanking
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names
from mypi.standards.project_status import ProjectStatus

blueprint = Blueprint("governing", __name__, url_prefix="/<owner:owner>/<name>/<project>")
blueprint.before_request(account.refuse_foreign_forms)
blueprint.after_request(set_page_policy)
LONGEST_REASON = 500  # characters: it stands on one line of every page that lists the file


@blueprint.post("/+yank")
def yank(owner: str, name: str, project: str) -> Response:
    """Yank or unyank a release or a file."""
    registry, actor, index = parts().registry, current_actor(), _index(owner, name, project)
    filename, version = request.form.get("filename", ""), request.form.get("version", "")
    yanked = request.form.get("yanked") == "yes"
    if filename:
        yanking.set_file_yanked(registry, actor, index, project, filename, yanked=yanked, reason=_reason())
    else:
        yanking.set_release_yanked(registry, actor, index, project, version, yanked=yanked, reason=_reason())
    flash(f"{filename or version} is {'yanked' if yanked else 'no longer yanked'}.", "done")
    return moved(to_project(index.full_name, project, version), 303)


@blueprint.post("/+delete-file")
def delete_file(owner: str, name: str, project: str) -> Response:
    """Delete a file, when its name was typed."""
    index, filename = _index(owner, name, project), request.form.get("filename", "")
    page = to_project(index.full_name, project, request.form.get("version", ""))
    if _confirmed(filename):
        deleting.delete_file(parts().registry, current_actor(), index, project, filename)
        flash(f"{filename} is deleted; its name is not used again.", "done")
    return moved(page, 303)


@blueprint.post("/+delete-release")
def delete_release(owner: str, name: str, project: str) -> Response:
    """Delete a release with its files, when its version was typed."""
    index, version = _index(owner, name, project), request.form.get("version", "")
    if not _confirmed(version):
        return moved(to_project(index.full_name, project, version), 303)
    deleting.delete_release(parts().registry, current_actor(), index, project, version)
    flash(f"Release {version} is deleted; the names of its files are not used again.", "done")
    return moved(to_project(index.full_name, project), 303)


@blueprint.post("/+delete-project")
def delete_project(owner: str, name: str, project: str) -> Response:
    """Delete a project with everything in it, when its name was typed."""
    index = _index(owner, name, project)
    if not _confirmed(project):
        return moved(to_project(index.full_name, project), 303)
    deleting.delete_project(parts().registry, current_actor(), index, project)
    flash(f"The project {project} is deleted; the names of its files are not used again.", "done")
    return moved(links.link("browse.index", **links.of_index(index.full_name)), 303)


@blueprint.post("/+promote")
def promote(owner: str, name: str, project: str) -> Response:
    """Show a release in another index as well."""
    index, version, actor = _index(owner, name, project), request.form.get("version", ""), current_actor()
    target = permissions.enter(actor, request.form.get("target", "").strip(), Right.UPLOAD, names.normalize(project))
    (done,) = promoting.promote(parts().registry, actor, project, [version], index, target)
    said = "is in" if done.is_something else "was there already:"
    flash(f"{done.project} {done.version} {said} {target.full_name}.", "done")
    return moved(to_project(index.full_name, project, done.version), 303)


@blueprint.post("/+status")
def set_status(owner: str, name: str, project: str) -> Response:
    """Set the project's status."""
    index, asked = _index(owner, name, project), request.form.get("status", "")
    try:
        status = ProjectStatus(asked)
    except ValueError as error:
        raise InvalidValue(what="project status", value=asked, right=", ".join(ProjectStatus)) from error
    project_statuses.set_status(parts().registry, current_actor(), index, project, status, _reason())
    flash(f"The project is {status.value}.", "done")
    return moved(to_project(index.full_name, project), 303)


@blueprint.post("/+maintainer")
def set_maintainer(owner: str, name: str, project: str) -> Response:
    """Let a user maintain the project, or no longer."""
    index, user = _index(owner, name, project), request.form.get("user", "").strip()
    maintains = request.form.get("maintains") == "yes"
    maintaining.set_maintainer(parts().registry, current_actor(), index, project, user, maintains=maintains)
    flash(f"{user} {'maintains' if maintains else 'no longer maintains'} the project.", "done")
    return moved(to_project(index.full_name, project), 303)


def _index(owner: str, name: str, project: str) -> Index:
    return permissions.enter(current_actor(), f"{owner}/{name}", Right.READ, names.normalize(project))


def _reason() -> str:
    return request.form.get("reason", "")[:LONGEST_REASON]


def _confirmed(expected: str) -> bool:
    typed = request.form.get("confirmation", "").strip()
    if typed != expected or not expected:
        flash(f"Nothing was deleted: to confirm, type exactly “{expected}”.", "refused")
    return typed == expected != ""
