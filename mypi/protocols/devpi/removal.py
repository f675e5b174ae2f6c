"""What `devpi remove` does: delete a project, a release or a file; where the index is not volatile only by force."""

from flask import Response, request

from mypi.errors import NoSuchFile, NotVolatile
from mypi.http.actor import actor_by_password
from mypi.parts import parts
from mypi.protocols.devpi.answers import done
from mypi.registry import deleting, file_view, permissions
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.standards import names


def project(owner: str, name: str, project: str) -> Response:
    """Delete a project. Raises what `deleting.delete_project` does, NotVolatile."""
    actor, index = _entered(f"{owner}/{name}", project)
    deleting.delete_project(parts().registry, actor, index, project)
    return done(f"project '{project}' deleted from {index.full_name}")


def release(owner: str, name: str, project: str, version: str) -> Response:
    """Delete a release. Raises what `deleting.delete_release` does, NotVolatile."""
    actor, index = _entered(f"{owner}/{name}", project)
    deleting.delete_release(parts().registry, actor, index, project, version)
    return done(f"version '{version}' of '{project}' deleted from {index.full_name}")


def file(owner: str, name: str, digits3: str, digits13: str, filename: str) -> Response:
    """Delete a file. Raises what `deleting.delete_file` does, NotVolatile; FileGone where that was done before."""
    actor = actor_by_password()
    index = permissions.enter_some(actor, f"{owner}/{name}", Right.READ)
    project = file_view.project_name_of(index, filename)
    if project is None or not permissions.allows(actor, Right.READ, index, project):
        if not permissions.allows(actor, Right.READ, index):
            raise NoSuchFile(filename=filename, index=index.full_name)
        raise file_view.why_missing(index, digits3 + digits13, filename, None)
    actor, index = _entered(index.full_name, project)
    deleting.delete_file(parts().registry, actor, index, project, filename)
    return done(f"file '{filename}' deleted from {index.full_name}")


def _entered(full_name: str, project: str) -> tuple[Actor, Index]:
    actor = actor_by_password()
    index = permissions.enter(actor, full_name, Right.DELETE, names.normalize(project))
    if not index.volatile and "force" not in request.args:
        raise NotVolatile(index=index.full_name)
    return actor, index
