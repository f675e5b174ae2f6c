"""Logging in, logging out, a new password. A session is a token of `logins`; the cookie holds nothing else of a person.

Every form of every page is checked here to have come from our own page.
"""

from flask import Blueprint, Flask, Response, current_app, flash, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from mypi.errors import FormExpired, InvalidValue, LoginRequired, PasswordKeptElsewhere, TooManyGuesses, WrongPassword
from mypi.http.actor import current_actor
from mypi.http.doors import user_by_password
from mypi.http.security_headers import set_page_policy
from mypi.pages.answers import moved, page
from mypi.pages.links import is_local, link, relative
from mypi.parts import parts
from mypi.registry import accounts, logins, users
from mypi.registry.permissions import Right
from mypi.registry.users import User

blueprint = Blueprint("account", __name__)
blueprint.after_request(set_page_policy)
csrf = CSRFProtect()
LARGEST_FORM = 64 * 1024  # bytes: a reason, a name, a password


class LoggedIn(UserMixin):  # type: ignore[misc]  # Flask-Login brings no types
    """A user with the token of their session."""

    def __init__(self, user: User, token: str) -> None:
        self.user = user
        self.token = token

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.token


class SessionsOnly(LoginManager):  # type: ignore[misc]  # Flask-Login brings no types
    """Logins by session alone: a "remember me" cookie is none of ours, whatever stands in it."""

    def _load_user_from_remember_cookie(self, _cookie: str) -> None:
        return None


def install(app: Flask) -> None:
    """Give the application its sessions and its protection of forms."""
    # A token holds as long as the session that it is bound to, so that a page may stay open over lunch.
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, SESSION_REFRESH_EACH_REQUEST=False)
    csrf.init_app(app)
    # Not by init_app: what that adds for "remember me" cookies looks at the session on every answer, public ones too.
    app.login_manager = manager = SessionsOnly()  # type: ignore[attr-defined]
    manager.session_protection = None  # the token is the proof; addresses and browsers change under people's hands
    manager.user_loader(_logged_in)


def refuse_foreign_forms() -> None:
    """Return when the request changes nothing, or comes with a form of ours. Raises FormExpired."""
    request.max_content_length = LARGEST_FORM
    try:
        csrf.protect()
    except CSRFError as error:
        raise FormExpired from error


@blueprint.get("/+login")
def login_form() -> Response:
    """Show the form to log in."""
    return _form()


@blueprint.post("/+login")
def log_in() -> Response:
    """Begin a session, and go on to where the person wanted to."""
    name, password = request.form.get("name", ""), request.form.get("password", "")
    try:
        user = user_by_password(name, password)
    except (WrongPassword, TooManyGuesses) as failure:
        response = _form(failure.message, 403 if isinstance(failure, WrongPassword) else failure.kind.value)
        if isinstance(failure, TooManyGuesses):
            response.headers["Retry-After"] = str(failure.seconds)
        return response
    _begin(user)
    return moved(relative(_wanted()), 303)


@blueprint.post("/+logout")
def log_out() -> Response:
    """End the session."""
    if current_user.is_authenticated:
        logins.end(current_user.token)
    logout_user()
    session.clear()
    return moved(link("browse.index"), 303)


@blueprint.get("/+account/password")
def password_form() -> Response:
    """Show the form for a new password."""
    actor = current_actor()
    if actor.is_anonymous:
        raise LoginRequired(right=Right.READ.value)
    return page("password.html", actor, secret=True)


@blueprint.post("/+account/password")
def change_password() -> Response:
    """Set a new password, and end every other session of the user."""
    actor = current_actor()
    if actor.is_anonymous:
        raise LoginRequired(right=Right.READ.value)
    given = {field: request.form.get(field, "") for field in ("present", "new", "again")}
    if given["new"] != given["again"]:
        return page("password.html", actor, secret=True, status=400, refusal="The new password was typed in two ways.")
    try:
        user = user_by_password(actor.name, given["present"])
        accounts.set_password(parts().registry, actor, user.name, given["new"])
    except (WrongPassword, TooManyGuesses, InvalidValue, PasswordKeptElsewhere) as failure:
        told = "The present password is wrong." if isinstance(failure, WrongPassword) else failure.message
        return page("password.html", actor, secret=True, status=403, refusal=told)
    _begin(users.get(user.name))
    flash("Your password is changed, and your other sessions have ended.", "done")
    return moved(link("browse.index"), 303)


def _form(refusal: str = "", status: int = 200) -> Response:
    name = request.form.get("name", "")
    return page("login.html", current_actor(), secret=True, status=status, refusal=refusal, name=name, next=_wanted())


def _wanted() -> str:
    """Return the page that the person wanted before they were asked to log in."""
    wanted = request.values.get("next", "/")
    return wanted if is_local(wanted) else "/"


def _begin(user: User) -> None:
    """Begin a session under a new token: whatever the browser held before opens nothing."""
    if current_user.is_authenticated:
        logins.end(current_user.token)
    session.clear()
    token = logins.begin(user, current_app.permanent_session_lifetime)
    login_user(LoggedIn(user, token))
    session.permanent = True


def _logged_in(token: str) -> LoggedIn | None:
    user = logins.user_of(token)
    return LoggedIn(user, token) if user else None


blueprint.before_request(refuse_foreign_forms)
