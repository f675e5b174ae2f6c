"""The legacy upload protocol: what `setup.py register` and `upload`, twine, uv, flit, poetry, hatch and pdm speak.

It was never standardized; docs/protocols/legacy_upload.rst tells what each client sends and needs. Answers: exactly 200
on success, as distutils calls anything else a failure; never a redirect, as flit and distutils then report success and
the file is lost; 401 with the realm "pypi" to whoever sends no password, as `register` waits for it.
"""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, request
from trove_classifiers import sorted_classifiers

from mypi import errors
from mypi.errors import Failure
from mypi.http import failures
from mypi.http.actor import actor_by_password
from mypi.http.conditional import Caching, set_caching
from mypi.http.form_data import Form, read_form
from mypi.http.owners import index_name
from mypi.parts import parts
from mypi.registry import acts, documenting, indexes, permissions, registering, uploading
from mypi.registry.actors import Actor
from mypi.registry.indexes import Index
from mypi.registry.permissions import Right
from mypi.registry.uploading import Submission
from mypi.standards import names, signatures

blueprint = Blueprint("legacy_upload", __name__)

SMALL_BODY = 1024**2
"""Bytes of a form that is read from anybody: enough for `register --dry-run`, which sends no password."""

FORMER_ACTIONS = {
    "user": "ask the administrator of this server for an account",
    "password_reset": "ask the administrator of this server for a new password",
    "submit_pkg_info": "use 'python setup.py register', or upload a file: its metadata is read from it",
}


def upload_urls(view: Callable[..., Response]) -> Callable[..., Response]:
    """Route a view at every URL that clients are told to upload to, with and without its slash, never redirected."""
    for url in ("/", "/legacy/", "/legacy", "/pypi", "/pypi/", "/simple/", "/simple"):
        blueprint.add_url_rule(url, view_func=view, methods=["POST"], strict_slashes=False)
    for url in ("/", "", "/+simple/", "/+simple"):
        rule = f"/<owner:owner>/<name>{url}"
        blueprint.add_url_rule(rule, view_func=view, methods=["POST"], strict_slashes=False)
    return view


@upload_urls
def receive(owner: str | None = None, name: str | None = None) -> Response:
    """Answer whatever is posted to an upload URL, by its `:action`."""
    actor = actor_by_password()
    if request.content_length is None or request.content_length > SMALL_BODY:
        _admit_early(actor, index_name(owner, name, parts().settings.default_index))
    acts.end_snapshot()
    with read_form(request, parts().registry.storage.receive) as form:
        action = form.field(":action")
        if action not in ACTIONS:
            raise errors.UnknownAction(action=action, known=", ".join(ACTIONS))
        return _text(ACTIONS[action](form, index_name(owner, name, parts().settings.default_index)))


def _admit_early(actor: Actor, full_name: str) -> None:
    # Before a large body is read; what it is about is asked for again, by its action.
    if actor.is_anonymous:
        raise errors.LoginRequired(right=Right.UPLOAD.value)
    permissions.enter_some(actor, full_name, Right.UPLOAD)


@blueprint.get("/legacy/")
@blueprint.get("/legacy")
@blueprint.get("/pypi/")
@blueprint.get("/pypi")
def explain() -> Response:
    """Refuse to be read: a page here would turn a redirected upload into an apparent success."""
    hint = "upload to it with POST, install from /simple/"
    response = failures.respond(errors.MethodNotAllowed(method=request.method, hint=hint))
    response.headers["Allow"] = "POST"
    return response


@blueprint.before_app_request
def list_classifiers() -> Response | None:
    """Answer `register --list-classifiers`, which asks any upload URL by GET."""
    if request.method == "GET" and request.args.get(":action") == "list_classifiers":
        return _text("\n".join(sorted_classifiers))
    return None


@blueprint.errorhandler(errors.WrongPassword)
def wrong_password(failure: Failure) -> Response:
    """Answer 403: after a 401 distutils sends the same password again, five times."""
    return failures.respond(failure, HTTPStatus.FORBIDDEN)


def _file_upload(form: Form, full_name: str) -> str:
    actor = actor_by_password()
    if actor.is_anonymous:
        raise errors.LoginRequired(right=Right.UPLOAD.value)
    if "content" not in form.files:
        raise errors.MissingField(field="content")
    filename, incoming = form.files["content"]
    _refuse_other_versions(form)
    signature = _signature(form)
    submission = Submission(
        filename=filename,
        incoming=incoming,
        name=form.field("name"),
        version=form.field("version"),
        claimed_digests={name: form.field(f"{name}_digest") for name in ("md5", "sha256", "blake2_256")},
        comment=form.field("comment"),
        attestations=form.field("attestations"),
        signature=signature,
    )
    if not uploading.upload(parts().registry, actor, indexes.get(full_name), submission):
        return f"{filename} was there already: nothing changed"
    passed_over = "gpg_signature" in form.files and not signature
    remark = "; its signature is no armored one, and passed over" if passed_over else ""
    return f"{filename} is published in {full_name}{remark}"


def _signature(form: Form) -> bytes:
    """Return the signature that came with the file; nothing for what is none, as clients send it unasked."""
    if "gpg_signature" not in form.files:
        return b""
    _, incoming = form.files["gpg_signature"]
    if incoming.digests().size > signatures.MOST_BYTES:
        return b""
    with incoming.reader() as stream:
        data = stream.read()
    return data if signatures.is_armored(data) else b""


def _refuse_other_versions(form: Form) -> None:
    # Python 2.7's distutils misspells the field.
    version = form.field("protocol_version") or form.field("protcol_version")
    if version not in {"", "1"}:
        raise errors.InvalidValue(what="protocol_version", value=version, right="1")


def _submit(form: Form, full_name: str) -> str:
    actor = actor_by_password()
    name = _project_name(form)
    index: Index = permissions.enter(actor, full_name, Right.UPLOAD, names.normalize(name))
    new = registering.register(parts().registry, actor, index, name)
    return f"{name} is registered in {full_name}" if new else f"{name} was registered already"


def _doc_upload(form: Form, full_name: str) -> str:
    actor = actor_by_password()
    if actor.is_anonymous:
        raise errors.LoginRequired(right=Right.UPLOAD.value)
    if "content" not in form.files:
        raise errors.MissingField(field="content")
    _, incoming = form.files["content"]
    name, version = _project_name(form), form.field("version")
    index: Index = permissions.enter(actor, full_name, Right.UPLOAD, names.normalize(name))
    new = documenting.document(parts().registry, actor, index, name, version, incoming)
    return f"documentation of {name} is published" if new else f"the same documentation of {name} was there already"


def _verify(form: Form, _full_name: str) -> str:
    # Needs no account: it says what would be said of the name, and changes nothing.
    return f"{_project_name(form)} can be registered: its name is legal"


def _project_name(form: Form) -> str:
    name = form.field("name")
    if not name:
        raise errors.MissingField(field="name")
    return names.checked(name)


def _list_classifiers(_form: Form, _full_name: str) -> str:
    return "\n".join(sorted_classifiers)


def _former(action: str) -> Callable[[Form, str], str]:
    def refuse(_form: Form, _full_name: str) -> str:
        raise errors.ActionNotOffered(action=action, instead=FORMER_ACTIONS[action])

    return refuse


ACTIONS: dict[str, Callable[[Form, str], str]] = {
    "file_upload": _file_upload,
    "submit": _submit,
    "doc_upload": _doc_upload,
    "verify": _verify,
    "list_classifiers": _list_classifiers,
    **{action: _former(action) for action in FORMER_ACTIONS},
}


def _text(text: str) -> Response:
    return set_caching(Response(text + "\n", content_type="text/plain; charset=utf-8"), Caching.NO_STORE)
