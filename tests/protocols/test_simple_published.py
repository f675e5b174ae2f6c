"""What is answered before Flask, what is not, and that both say the same."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import Client, create_environ, run_wsgi_app

from mypi.app import create_app
from mypi.protocols.simple.published import Published
from mypi.publishing.paths import IndexPaths
from mypi.publishing.reading import PublishedTree
from tests.protocols.simple_pages import HTML_V1, JSON, PIP
from tests.support import builders
from tests.support.peopled import INSIDE, MAIN, SCRATCH, SECRET, Peopled

Heard = tuple[int, dict[str, str], bytes]


@pytest.fixture
def url(peopled: Peopled) -> str:
    """Upload a project to each index; return the path of its file below the folder of files."""
    for index in (MAIN, SCRATCH, SECRET, INSIDE):
        peopled.upload(builders.wheel("foo-bar", "1.0"), index=index)
    peopled.upload(builders.sdist("large", "1.0", files={"large.bin": bytes(range(256)) * 1024}))
    found: str = peopled.page("foo-bar")["files"][0]["url"].partition("packages/")[2]
    return found


def reads(url: str) -> Iterable[str]:
    """Return every URL of a page or file of a public index."""
    yield from ("/simple/", f"/{MAIN}/+simple/", f"/{SCRATCH}/+simple/", f"/{MAIN}/+simple/large/")
    for place in ("/simple", "/+simple", "/legacy/+simple", "/pypi/+simple", f"/{MAIN}/+simple", f"/{SCRATCH}/+simple"):
        yield f"{place}/foo-bar/"
    places = (
        "/packages",
        "/legacy/packages",
        "/pypi/packages",
        f"/{MAIN}/+f",
        f"/{SCRATCH}/+f",
        f"/{SCRATCH}/packages",
    )
    for place, end in product(places, ("", ".metadata")):
        yield f"{place}/{url}{end}"


class Behind:
    """What stands behind: it notes what it is asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.asked.append(dict(environ))
        start_response("418 I'm a teapot", [])
        return []


def test_every_page_and_file_of_a_public_index_is_answered_in_front(peopled, url):
    behind = Behind()
    client = Client(Published(behind, peopled.installation.tree, MAIN))
    for path, method in product(reads(url), ("GET", "HEAD")):
        answer = client.open(path, method=method, headers={"Accept": PIP})
        assert (answer.status_code, bool(answer.data)) == (200, method == "GET"), path
    assert not behind.asked


LEFT_OVER = [
    ("GET", "/"),
    ("GET", ""),
    ("GET", "/simple"),
    ("GET", "/simple/foo-bar"),
    ("GET", "/simple/Foo.Bar/"),
    ("GET", "/simple/foo-bar/?format=nothing"),
    ("GET", "/simple/?:action=list_classifiers"),
    ("GET", "/simple/?%3Aaction=list_classifiers"),
    ("POST", "/simple/"),
    ("OPTIONS", "/simple/foo-bar/"),
    ("GET", f"/{SECRET}/+simple/"),
    ("GET", f"/{SECRET}/+simple/foo-bar/"),
    ("GET", f"/{INSIDE}/+simple/foo-bar/"),
    ("GET", "/team/nowhere/+simple/"),
    ("GET", "/simple/../simple/"),
    ("GET", "/packages/000/0000000000000/foo-1.0.tar.gz"),
    ("GET", "/packages/../../mypi.sqlite"),
    ("GET", f"/{SECRET}/+f/000/0000000000000/foo-1.0.tar.gz"),
    ("GET", "/+search"),
    ("GET", "/simple/%ff/"),
]


@pytest.mark.parametrize(("method", "path"), LEFT_OVER)
def test_everything_else_is_handed_on_as_it_came(peopled, url, method, path):
    behind = Behind()
    published = Published(behind, peopled.installation.tree, MAIN)
    environ = create_environ(path, method=method, headers={"Accept": PIP})
    before = dict(environ)
    assert run_wsgi_app(published, environ)[1] == "418 I'm a teapot"
    assert behind.asked == [before]


def test_a_page_that_nobody_accepts_is_left_to_the_application(peopled, url):
    behind = Behind()
    client = Client(Published(behind, peopled.installation.tree, MAIN))
    assert client.get("/simple/foo-bar/", headers={"Accept": "image/png"}).status_code == 418


def test_that_there_is_no_such_project_is_said_in_front_of_a_whole_tree(peopled):
    behind = Behind()
    client = Client(Published(behind, peopled.installation.tree, MAIN))
    for index, path in product((MAIN, SCRATCH), ("nothing", "foo-bar-2")):
        answer = client.get(f"/{index}/+simple/{path}/", headers={"Accept": PIP})
        assert answer.status == "404 Not Found"
        assert answer.text == f"there is no project '{path}' in the index '{index}'\n"
        assert answer.headers["Cache-Control"] == "no-store"
    assert not behind.asked


@pytest.mark.parametrize("accept", [f"{JSON}, application/json", f"{JSON}, application/problem+json;q=0.5"])
def test_who_wants_to_hear_of_it_in_json_is_left_to_the_application(peopled, accept):
    client = Client(Published(Behind(), peopled.installation.tree, MAIN))
    assert client.get("/simple/nothing/", headers={"Accept": accept}).status_code == 418


def test_while_everything_is_rendered_no_project_is_said_to_be_missing(peopled):
    tree = peopled.installation.publisher.tree
    tree.set_mark(replace(tree.mark(), rebuilt_to=1))
    client = Client(Published(Behind(), peopled.installation.tree, MAIN))
    assert client.get("/simple/nothing/", headers={"Accept": PIP}).status_code == 418
    tree.set_mark(replace(tree.mark(), rebuilt_to=None))


class Vanishing(PublishedTree):
    """A tree from which an index goes away as soon as somebody has looked for it."""

    def public(self, full_name: str) -> IndexPaths | None:
        paths = super().public(full_name)
        if paths:
            shutil.rmtree(paths.root)
        return paths


@pytest.mark.parametrize("which", [0, 4, 10])
def test_what_goes_away_between_the_look_and_the_opening_is_left_to_the_application(peopled, url, which):
    behind = Behind()
    path = list(reads(url))[which]
    tree = Vanishing(peopled.installation.publisher.tree.paths)
    assert Client(Published(behind, tree, MAIN)).get(path).status_code == 418
    peopled.installation.publisher.rebuild()


def heard(application: Any, path: str, method: str, headers: dict[str, str]) -> Heard:
    body, status, said = run_wsgi_app(application, create_environ(path, method=method, headers=headers), buffered=True)
    if "Vary" in said:  # Flask looks for a session before it knows that the index is public.
        said["Vary"] = said["Vary"].replace(", Cookie", "").replace("Cookie", "")
    return int(status.split()[0]), {name: value for name, value in said.items() if value}, b"".join(body)


WISHES: list[dict[str, str]] = [
    {},
    {"Accept": PIP, "Accept-Encoding": "gzip, deflate"},
    {"Accept": JSON},
    {"Accept": HTML_V1, "Accept-Encoding": "identity"},
    {"If-None-Match": "*"},
    {"If-None-Match": '"other"'},
    {"If-Match": '"other"'},
    {"Range": "bytes=5-9"},
    {"Range": "bytes=-7"},
    {"Range": "bytes=99999999-"},
    {"Range": "bytes=5-9", "If-Range": '"other"'},
]


def test_flask_would_say_the_same(peopled, url):
    app = create_app(peopled.settings)
    large = peopled.page("large")["files"][0]["url"].replace("../../", "/")
    for path, method, headers in product([*reads(url), large], ("GET", "HEAD"), WISHES):
        in_front = heard(app.wsgi_app, path, method, headers)
        behind = heard(lambda *call: Flask.wsgi_app(app, *call), path, method, headers)
        assert in_front == behind, (path, method, headers)


def test_it_answers_under_a_prefix_and_behind_a_proxy(peopled, url):
    client = peopled.client()
    for path in reads(url):
        assert client.get(path, base_url="https://mypi.example/mypi").status_code == 200
