"""create_app(): the one place where the parts are put together into a web application. Read it from top to bottom."""

import gc
import logging
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from mypi import config, database, installation, schema
from mypi.config import Settings
from mypi.errors import DatabaseBusy, DiskFull, Failure, NotInitialized
from mypi.http import doors, failures
from mypi.http.asking import Asked, sendable
from mypi.http.bare_prefix import BarePrefix
from mypi.http.conditional import Caching, set_caching
from mypi.http.owners import NameConverter, OwnerConverter
from mypi.http.remote_user import RemoteUser
from mypi.http.security_headers import set_security_headers
from mypi.http.slashes import add_slash
from mypi.installation import Installation
from mypi.pages import account, answers, browse, events, failure_page, governing, project, reserved, tokens
from mypi.parts import EXTENSION, Parts
from mypi.protocols import (
    documentation,
    feeds,
    integrity,
    json_api,
    legacy_upload,
    token_api,
    trusted_publishing,
    xmlrpc,
)
from mypi.protocols.devpi import routes as devpi
from mypi.protocols.simple import routes as simple
from mypi.protocols.simple.published import Published
from mypi.publishing.publisher import Publisher

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger("mypi")
FORM_ROOM = 64 * 1024**2  # bytes of a form beside the file in it


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application for an installation that `mypi init` made.

    Raises ConfigurationError when a setting cannot be used, and when the schema is not the one of this version.
    """
    settings = settings or config.load()
    app = Asked("mypi.pages", static_url_path="/+static")
    app.config.update(_flask_settings(settings))
    app.url_map.converters.update(owner=OwnerConverter, named=NameConverter)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # a merged URL would be answered by a redirect, and an upload be lost

    database.attach(app, settings.sqlalchemy_url, settings.busy_timeout)
    schema.refuse_other_versions(settings.sqlalchemy_url)
    parts = installation.assemble(settings)
    app.extensions[doors.EXTENSION] = _doors(settings, parts)
    app.extensions[EXTENSION] = Parts(parts.registry, settings, parts.tree, parts.readers, parts.verifier)

    wire = (
        legacy_upload,
        trusted_publishing,
        simple,
        json_api,
        integrity,
        feeds,
        xmlrpc,
        devpi,
        token_api,
        documentation,
    )
    for part in (*wire, browse, project, governing, events, account, tokens, reserved):
        app.register_blueprint(part.blueprint)
    account.install(app)
    answers.install(app)
    app.register_error_handler(Exception, _answer_failure)
    app.before_request(add_slash)
    app.after_request(set_security_headers)
    app.wsgi_app = BarePrefix(  # type: ignore[method-assign]
        Published(app.wsgi_app, parts.tree, settings.default_index)
    )
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted, x_prefix=trusted
        )
    with app.app_context():
        _bring_up_pages(parts.publisher)
    return app


def _doors(settings: Settings, parts: Installation) -> doors.Doors:
    """Return the ways to come in that are open. Raises ConfigurationError for one that anybody could open."""
    if settings.remote_groups_variable.upper().startswith("HTTP_"):
        raise config.ConfigurationError("setting remote_groups_variable: what begins with HTTP_ any client can send")
    if settings.user_creation == "everyone" and (settings.remote_user == "on" or settings.ldap_url):
        # With a name of somebody outside and a password of their own, anybody would wait for that person's rights.
        raise config.ConfigurationError("setting user_creation: not 'everyone' where others vouch for people")
    suffix, variable = settings.remote_user_suffix, settings.remote_groups_variable
    remote_user = RemoteUser(parts.arrivals, suffix, variable) if settings.remote_user == "on" else None
    return doors.Doors(remote_user, parts.directory)


def _bring_up_pages(publisher: Publisher) -> None:
    # What is published can be read also while nothing can be written; the next act tries again.
    try:
        publisher.start()
    except (DatabaseBusy, DiskFull) as failure:
        log.error("the pages could not be brought up to date: %s", failure)


class PatientApplication:
    """What Apache is given: the application, or while it cannot start a 503 that says why.

    The start is tried again with each request, so that `mypi init` or `mypi upgrade` is all that is needed.
    """

    def __init__(self, load: Callable[[], Settings]) -> None:
        self._load = load
        self._lock = threading.Lock()
        self._app: Flask | None = None
        self._start()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request."""
        reason = "" if self._app else self._start()
        if self._app:
            return self._app(environ, start_response)
        refusal = Response(f"{reason}\n", 503, {"Retry-After": "60"}, content_type="text/plain; charset=utf-8")
        return set_caching(refusal, Caching.NO_STORE)(environ, start_response)

    def _start(self) -> str:
        """Start, or return for clients why that cannot be; the administrator finds the whole reason in the log."""
        with self._lock:
            try:
                if self._app is None:
                    self._app = create_app(self._load())
                    gc.freeze()  # What a start makes stays: no collection has to look through it again.
            except Failure as failure:
                log.error("mypi does not start: %s", failure)
                return failure.message
            except config.ConfigurationError as error:
                log.error("mypi does not start: %s", error)
                return NotInitialized().message
            return ""


def _flask_settings(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": secret_key(settings.data_directory),
        "MAX_CONTENT_LENGTH": settings.max_file_size + FORM_ROOM,
        "SESSION_COOKIE_NAME": "mypi_session",
        "SESSION_COOKIE_PATH": urlsplit(settings.base_url).path.rstrip("/") + "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=settings.session_days),
    }


def secret_key(data_directory: Path) -> bytes:
    """Return the key that signs cookies, as `mypi init` made it. Raises ConfigurationError."""
    file = data_directory / "secret_key"
    try:
        return file.read_bytes()
    except OSError as error:
        raise config.ConfigurationError(f"{file} cannot be read: run 'mypi init' first ({error.strerror})") from error


def _answer_failure(error: Exception) -> Response:
    failure: Failure = failures.as_failure(database.failure_of(error))
    response = failure_page.respond(failure) if failure_page.is_wanted(request) else failures.respond(failure)
    for name, value in getattr(error, "get_headers", list)():
        if name == "Allow":
            response.headers["Allow"] = ", ".join(sendable(value.split(", ")))
    return response
