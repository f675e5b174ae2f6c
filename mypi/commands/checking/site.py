"""Checks of a running deployment through its address: what stands before mypi, and what that does to its answers.

Nothing is changed there, but that one wrong password is counted. A proxy or a server that is set up wrongly breaks
clients in ways that none of them explains; here each has its line.
"""

from collections.abc import Iterator
from urllib.parse import quote

from mypi.commands.checking import answered, arriving
from mypi.commands.checking.answered import JSON
from mypi.commands.checking.deployment import Deployment, UnreachableError
from mypi.commands.checking.findings import Finding, remark
from mypi.config import Settings
from mypi.publishing import reading
from mypi.publishing.paths import FORMAT, TreePaths
from mypi.publishing.reading import PublishedTree


def check_site(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with a deployment. Where nothing of mypi answers, that is the only finding."""
    try:
        nothing = list(answers(deployment, settings))
        yield from nothing
        if not any(finding.code in {"not-reached", "not-mypi"} for finding in nothing):
            for check in (same_installation, served_tree, *arriving.CHECKS, *answered.CHECKS):
                yield from check(deployment, settings)
    except UnreachableError as error:
        yield Finding(
            "not-reached",
            str(error),
            "nobody can use what does not answer",
            "look into the error log of the server, and whether the URL is right",
        )


def answers(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield a finding when mypi does not answer, or cannot give the list of projects of the default index."""
    # With a query, as Apache would answer without one, whether there is an application behind it or not.
    answer = deployment.ask("GET", f"/simple/?format={quote(JSON)}")
    location = answer.header("Location")
    if answer.status == 401 and "pypi" in answer.header("WWW-Authenticate"):
        yield remark(
            "login-to-read",
            f"the index {settings.default_index} is not public",
            "whether its pages come with the right headers was not looked at",
            "nothing needs to be done",
        )
    elif location:
        yield Finding(
            "not-mypi",
            f"{deployment.url}/simple/ is redirected to {location}",
            "an upload that is redirected is lost",
            "give the URL at the end of the redirect, here and to all clients",
        )
    elif answer.status != 200 or not answer.header("Content-Type").startswith(JSON):
        yield Finding(
            "not-mypi",
            f"{deployment.url}/simple/ answers {answer.status} {answer.reason} with {answer.header('Content-Type')}",
            "no client can install from here",
            "look into the error log of the server, and whether the URL is right",
        )


def served_tree(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield a remark when the server in front does not answer from the published tree by itself."""
    there = deployment.ask("GET", "/+tree")
    if there.status != 200 or there.body.strip() != str(FORMAT).encode():
        yield remark(
            "tree-not-served",
            f"{deployment.url} answers pages and files by the application, not from {settings.data_directory}/tree",
            "that takes several times as long, and ends while the application is stopped or the database away",
            "write the rules of the newest mypi.conf into the site, run 'a2enmod rewrite headers', and let the account"
            " of Apache be a member of the group that the data directory belongs to",
        )


def same_installation(deployment: Deployment, settings: Settings) -> Iterator[Finding]:
    """Yield a finding when the URL answers for other data than that of these settings."""
    tree = PublishedTree(TreePaths(settings.data_directory.resolve() / "tree"))
    paths = tree.public(settings.default_index)
    if paths is None:
        return
    before = int(reading.serial(paths.list_folder))
    there = deployment.ask("GET", "/simple/", Accept=JSON).header("X-PyPI-Last-Serial")
    after = int(reading.serial(paths.list_folder))
    if there.isdigit() and not before <= int(there) <= after:
        yield Finding(
            "another-installation",
            f"{deployment.url} shows the serial {there}, {settings.data_directory} has {after}",
            "what is changed here does not show there",
            "let 'home' of WSGIDaemonProcess and the setting data_directory name one folder",
        )
