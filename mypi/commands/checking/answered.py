"""Checks of what arrives at clients: the headers, the reasons and the pages of mypi, as it sent them."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urljoin, urlsplit

from mypi.commands.checking.deployment import Deployment
from mypi.commands.checking.findings import Finding, remark, unexpected
from mypi.config import Settings

JSON = "application/vnd.pypi.simple.v1+json"


def echo(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when requests are echoed."""
    if deployment.ask("TRACE", "/").status == 200:
        yield Finding(
            "trace",
            "TRACE is answered with the request",
            "a page elsewhere may learn headers that it must not see",
            "write 'TraceEnable Off' into the virtual host",
        )


def versions(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when answers tell the version of the server."""
    server = deployment.ask("GET", "/simple/").header("Server")
    if re.search(r"\d", server):
        yield Finding(
            "server-version",
            f"every answer tells '{server}'",
            "it says which weaknesses to try",
            "write 'ServerTokens Prod' into the configuration, outside of a virtual host",
        )


def reasons(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the reason of a refusal does not arrive in the status line."""
    answer = deployment.ask("GET", "/legacy/")
    said = answer.body.decode("utf-8", "replace").partition("\n")[0]
    if answer.status == 405 and answer.reason != said:
        yield Finding(
            "reason-lost",
            f"the status line says '{answer.reason}' where mypi says '{said}'",
            "old uploaders show nothing else of a refusal",
            "write 'Protocols http/1.1' into the virtual host; let a proxy pass the status line on",
        )
    elif answer.status != 405:
        yield unexpected("refusal-answer", "GET /legacy/", answer)


def compression(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when something in front compresses: mypi sends its page for people as it is."""
    answer = deployment.ask("GET", "/", Accept="text/html", Accept_Encoding="gzip, br, deflate")
    if answer.header("Content-Encoding"):
        yield Finding(
            "compressed",
            f"something before mypi compresses ({answer.header('Content-Encoding')})",
            "its answers get other ETags, and pages that are known are sent again each time",
            "write 'SetEnvIf Request_URI ^ no-gzip no-brotli' into the virtual host; mypi has compressed pages itself",
        )


def known_pages(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when a page that is known is sent again."""
    for encoding in ("gzip", "identity"):
        for path in _paths_with_validators(deployment):
            first = deployment.ask("GET", path, Accept_Encoding=encoding)
            tag = first.header("ETag")
            again = deployment.ask("GET", path, Accept_Encoding=encoding, If_None_Match=tag)
            if first.status == 200 and again.status != 304:
                yield Finding(
                    "never-304",
                    f"{path} is sent again ({encoding}) to whoever knows it by its ETag {tag or 'which is missing'}",
                    "every install loads every page again",
                    "let no filter or proxy change ETag or If-None-Match: no mod_deflate, 'RequestHeader' or 'Header'",
                )
                return


def _paths_with_validators(deployment: Deployment) -> list[str]:
    return ["/simple/", *(f"{path}{end}" for path in _some_file(deployment) for end in ("", ".metadata"))]


def kept_files(deployment: Deployment, _settings: Settings) -> Iterator[Finding]:
    """Yield a finding when a file may not be kept by those who have it, or when its parts are not sent."""
    for path in _some_file(deployment):
        answer = deployment.ask("GET", path, Range="bytes=0-0")
        cache = answer.header("Cache-Control")
        if "immutable" not in cache or re.search(r"no-cache|no-store|max-age=0\b", cache) or answer.header("Expires"):
            yield Finding(
                "files-not-kept",
                f"files come with Cache-Control '{cache}'"
                + (f" and Expires '{answer.header('Expires')}'" if answer.header("Expires") else ""),
                "every install asks for every file again",
                "let nothing change Cache-Control: no mod_expires, no 'Header set Cache-Control'",
            )
        if answer.status != 206:
            yield Finding(
                "no-ranges",
                f"a part of a file is answered {answer.status} {answer.reason}",
                "installers load whole wheels to read their metadata",
                "let a proxy pass Range on",
            )
        return
    yield remark(
        "no-file",
        "no file is published yet, or none that everyone may read",
        "how files are served was not looked at",
        "run 'mypi check' again after the first upload",
    )


def _some_file(deployment: Deployment) -> list[str]:
    """Return the path of a published file below the deployment's URL, or nothing."""
    listed = deployment.ask("GET", "/simple/", Accept=JSON)
    projects = json.loads(listed.body)["projects"] if listed.status == 200 else []
    for project in projects[:100]:
        page_path = f"/simple/{project['name']}/"
        page = deployment.ask("GET", page_path, Accept=JSON)
        for file in json.loads(page.body)["files"] if page.status == 200 else []:
            return [urljoin(page_path, file["url"])]
    return []


def address(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the setting base_url does not fit the address that answers."""
    site = urlsplit(deployment.url)
    if settings.base_url and settings.base_url.rstrip("/") != deployment.url:
        yield Finding(
            "other-address",
            f"base_url is {settings.base_url}, this is {deployment.url}",
            "pages show people lines to copy with another address",
            f'write base_url = "{deployment.url}/" into mypi.toml, or check the other address',
        )
    if site.scheme == "https" and not settings.base_url.startswith("https:"):
        yield Finding(
            "insecure-cookie",
            "the site speaks https, and base_url does not say so",
            "the browser sends the cookie of a login over http as well",
            f'write base_url = "{deployment.url}/" into mypi.toml',
        )
    if site.scheme == "http" and site.hostname not in {"127.0.0.1", "::1", "localhost"}:
        yield remark(
            "no-https",
            f"{deployment.url} does not speak https",
            "passwords and files can be read and changed on the way",
            "INSTALL.rst tells how to add a certificate",
        )


CHECKS: tuple[Callable[[Deployment, Settings], Iterator[Finding]], ...] = (
    echo,
    versions,
    reasons,
    compression,
    known_pages,
    kept_files,
    address,
)
