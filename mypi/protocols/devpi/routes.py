"""Every URL of the devpi client's protocol. With and without a slash at its end each is answered in place."""

from collections.abc import Callable
from http import HTTPStatus

from flask import Blueprint, Response, request

from mypi import errors
from mypi.errors import Failure
from mypi.http import failures
from mypi.http.asking import JSON_POSTED, JSON_READ
from mypi.protocols.devpi import addresses, answers, api, indexes, push, reading, removal, results, users

blueprint = Blueprint("devpi", __name__)
blueprint.before_request(failures.answer_in_json)
blueprint.after_app_request(answers.name_version)

USER = "/<owner:owner>/"
INDEX = "/<owner:owner>/<named:name>/"
PROJECT = "/<owner:owner>/<named:name>/<named:project>/"
RELEASE = "/<owner:owner>/<named:name>/<named:project>/<named:version>/"
FILE = "/<owner:owner>/<name>/+f/<digits3>/<digits13>/<filename>"

ROUTES: tuple[tuple[str, str, Callable[..., Response]], ...] = (
    ("GET", "/+api", api.root),
    ("GET", "/+status", reading.status),
    ("GET", "/<owner:owner>/+api", api.of_user),
    ("GET", "/<owner:owner>/<name>/+api", api.of_index),
    (JSON_POSTED, "/+login", api.log_in),
    (JSON_READ, "/", reading.every_user),
    (JSON_READ, USER, reading.user),
    ("GET", USER, reading.no_page),
    (JSON_READ, INDEX, reading.index),
    (JSON_READ, PROJECT, reading.project),
    (JSON_READ, RELEASE, reading.release),
    ("PUT", USER, users.create),
    ("PATCH", USER, users.change),
    ("DELETE", USER, users.delete),
    ("PUT", INDEX, indexes.create),
    ("PATCH", INDEX, indexes.change),
    ("DELETE", INDEX, indexes.delete),
    ("PUSH", INDEX, push.push),
    (JSON_POSTED, INDEX, push.push),
    ("DELETE", PROJECT, removal.project),
    ("DELETE", RELEASE, removal.release),
    ("DELETE", FILE, removal.file),
    (JSON_POSTED, FILE, results.keep),
    ("GET", "/<owner:owner>/<name>/+result/<filename>/<sha256>", results.show),
    ("POST", "/<owner:owner>/<name>/+simple/<project>/refresh", reading.refreshed),
)
"""Method or way of asking, rule, view."""

for method, rule, view in ROUTES:
    name = f"{view.__module__.rpartition('.')[2]}_{view.__name__}"
    blueprint.add_url_rule(rule, name, view, methods=[method], strict_slashes=False)


@blueprint.errorhandler(errors.WrongPassword)
def ended(failure: Failure) -> Response:
    """Answer 401 with a location: by that the client knows that its login has ended, and forgets it."""
    response = failures.respond(failure)
    if request.endpoint != "devpi.api_log_in":
        response.headers["Location"] = f"{addresses.root()}+login"
    return response


@blueprint.errorhandler(errors.UserHasIndexes)
@blueprint.errorhandler(errors.IndexNotVolatile)
@blueprint.errorhandler(errors.IndexInUse)
def forbidden(failure: Failure) -> Response:
    """Answer 403, as the client knows it, where other protocols speak of a conflict."""
    return failures.respond(failure, HTTPStatus.FORBIDDEN)


@blueprint.errorhandler(errors.LoginRequired)
def unknown(failure: Failure) -> Response:
    """Answer 403 to the client where it reads: after a 401 it shows nothing of the reason."""
    reads = request.method in {"GET", "HEAD"} and answers.is_from_client()
    return failures.respond(failure, HTTPStatus.FORBIDDEN if reads else None)
