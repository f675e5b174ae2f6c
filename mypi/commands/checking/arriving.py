"""Checks of what arrives at mypi: passwords, forms, files, paths. What stands in front may change or refuse them."""

from collections.abc import Callable, Iterator

from mypi.commands.checking.deployment import WRONG_LOGIN, Deployment, form
from mypi.commands.checking.findings import Finding, unexpected
from mypi.config import Settings

LONG_FIELD = 600_000
"""Bytes of a description: real ones are longer, and a limit of half a megabyte is common."""

FORM_ROOM = 1024**2
"""Bytes of the fields beside a file, which make the body larger than the file."""


def passwords(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when passwords do not reach mypi."""
    answer = deployment.ask("POST", "/", form(action="verify", name="mypi-check"), Authorization=WRONG_LOGIN)
    if answer.status == 200:
        yield Finding(
            "passwords-lost",
            "a wrong password is taken for none",
            "every upload and every private index is refused, as nobody is ever logged in",
            "write 'WSGIPassAuthorization On' into the virtual host; let a proxy pass Authorization on",
        )
    elif answer.status not in {403, 429}:
        yield unexpected("wrong-password-answer", "a wrong password", answer)


def long_fields(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when a long description is refused."""
    answer = deployment.ask(
        "POST", "/", form(action="verify", name="mypi-check", description="x" * LONG_FIELD), Expect="100-continue"
    )
    if answer.status == 413:
        yield Finding(
            "form-too-small",
            f"a form with a description of {LONG_FIELD} bytes is refused: {answer.reason}",
            "projects with a long README cannot be uploaded",
            "raise the limit that refuses it: LimitRequestBody, MAX_FORM_MEMORY_SIZE, or that of a proxy",
        )
    elif answer.status != 200:
        yield unexpected("form-answer", f"a form with a description of {LONG_FIELD} bytes", answer)


def large_files(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield a finding when something in front refuses a file that mypi would take."""
    length = settings.max_file_size + FORM_ROOM
    status = deployment.announce("/", length)
    if status not in {100, 401}:
        yield Finding(
            "file-limit",
            f"an upload of {length} bytes is refused with {status}, max_file_size is {settings.max_file_size}",
            "large files are refused without a reason that a client shows",
            f"write 'LimitRequestBody {length + 63 * FORM_ROOM}' into the virtual host, or lower max_file_size",
        )


def uploads_in_place(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each upload URL that is redirected."""
    for path in ("", "/legacy", "/pypi"):
        answer = deployment.ask("POST", path, form(action="verify", name="mypi-check"))
        if 300 <= answer.status < 400:
            yield Finding(
                "upload-redirected",
                f"POST {deployment.url}{path} is redirected to {answer.header('Location')}",
                "old uploaders report success, and the file is lost",
                "write 'WSGIScriptAlias /prefix …' without a slash at the end of the prefix, and no redirect for POST",
            )
        elif answer.status != 200:
            yield unexpected("upload-answer", f"POST {deployment.url}{path}", answer)


def encoded_slashes(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when an encoded slash is part of a name."""
    for path in ("/simple/%2Fetc%2Fpasswd/", "/packages/%2e%2e%2f%2e%2e/secret_key"):
        answer = deployment.ask("GET", path)
        if answer.status not in {400, 404}:
            yield Finding(
                "encoded-slash",
                f"GET {path} is answered {answer.status} {answer.reason}",
                "an encoded slash can mean another path to each server on the way",
                "write 'AllowEncodedSlashes Off' into the virtual host",
            )
            return


def private_files(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding for each private file that is served."""
    for name in ("secret_key", "mypi.sqlite", "mypi.toml"):
        if deployment.ask("GET", f"/{name}").status == 200:
            yield Finding(
                "data-served",
                f"{deployment.url}/{name} is answered with the file",
                "whoever reads it can take over accounts",
                "take the Alias or DocumentRoot away that serves the data directory, and make new passwords",
            )


CHECKS: tuple[Callable[[Deployment, Settings], Iterator[Finding]], ...] = (
    passwords,
    long_fields,
    large_files,
    uploads_in_place,
    encoded_slashes,
    private_files,
)
