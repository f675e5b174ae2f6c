"""Apache serves the published tree without Python, and says to the byte what the application says.

A request with a query is the application's; the same without one is Apache's where that is beyond doubt.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import pytest

from mypi.publishing.paths import page_state
from mypi.publishing.rendering import RenderedPage
from mypi.publishing.tree import Tree
from tests.protocols.simple_pages import HTML_V1, JSON, PIP, POETRY, UV
from tests.standards.test_negotiation import CLIENTS
from tests.support import builders
from tests.support.apache import ApacheServer, mypi_under_apache
from tests.support.apache_alone import apache_alone
from tests.system.apache_requests import Answer, ask, form

LOCAL = "1.0+de.fr2"
"""A version whose parts are endings of names: to Apache's mod_mime `de` is a language."""


@dataclass(frozen=True)
class Both:
    """One installation under Apache as it is delivered, and again without the application."""

    server: ApacheServer
    alone: ApacheServer

    @cached_property
    def files(self) -> list[str]:
        """The paths of all files of the default index, as its pages have them."""
        found = []
        for name in ("plain", "odd"):
            page = json.loads(ask(self.server, "GET", f"/simple/{name}/", Accept=JSON).body)
            found += [file["url"].removeprefix("../..") for file in page["files"]]
        return found

    def file(self, part: str) -> str:
        """The path of the file whose name holds this."""
        (found,) = [path for path in self.files if part in path]
        return found

    def lay_beside(self) -> None:
        """Put provenance and a signature beside a file: what verifies the former is not installed here."""
        url = self.file("plain-1.0-py3").removeprefix("/packages/")
        for ending in (".provenance", ".asc"):
            place = self.server.data_directory / f"tree/public/team/main/files/{url}{ending}"
            place.write_bytes(f"what stands in {ending}".encode())
            os.utime(place, (0, 1_600_000_000))


@pytest.fixture(scope="module", params=["", "/mypi"], ids=["at the root", "under a prefix"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    """Yield an installation with a few files."""
    with mypi_under_apache(request.param) as server:
        built = [
            builders.wheel("plain", "1.0"),
            builders.sdist("plain", "1.0"),
            builders.wheel("odd", "1!2.0"),
            builders.sdist("odd", LOCAL),
        ]
        for one in built:
            body = form(one, action="file_upload", name="", version="")
            assert ask(server, "POST", "/", body, login=True).status == 200
        made = Both(server, apache_alone(server))
        made.lay_beside()
        yield made


def reads(both: Both) -> list[str]:
    """Return each kind of read URL that Apache may answer."""
    pages = [
        "/simple/",
        "/simple/plain/",
        "/team/main/+simple/",
        "/team/main/+simple/odd/",
        "/team/main/%2Bsimple/plain/",
    ]
    wheel = both.file("plain-1.0-py3")
    behind = wheel.removeprefix("/packages")
    files = [
        wheel,
        f"{wheel}.metadata",
        f"{wheel}.asc",
        f"{wheel}.provenance",
        f"/team/main/+f{behind}",
        f"/team/main/%2Bf{behind}",
        f"/team/main/packages{behind}",
    ]
    return pages + files + [both.file("plain-1.0.tar.gz"), both.file("odd-1!2")]


def compare(both: Both, method: str, path: str, **headers: str) -> Answer:
    """Compare what Apache and the application say, and return it."""
    tree, application = ask(both.server, method, path, **headers), ask(both.server, method, f"{path}?by", **headers)
    for answer in (tree, application):
        del answer.headers["Date"]
    assert (tree.status, tree.reason, tree.body) == (application.status, application.reason, application.body)
    assert sorted(tree.headers.items()) == sorted(application.headers.items())
    return tree


ACCEPTED = [
    *dict.fromkeys(accept or "" for accept, _ in CLIENTS.values()),
    *(PIP, UV, POETRY, JSON, HTML_V1, "application/vnd.pypi.simple.latest+json", f"{JSON};q=0.1, text/html"),
    *(f"{JSON}, {JSON};q=0, text/html", "TEXT/HTML", "image/png", "text/html;q=0", "application/*", "text/*;q=0.5"),
    *(f"{JSON}, application/json", f"{JSON}, application/*", "text/html, APPLICATION/PROBLEM+JSON"),
    *(f"{JSON} ;q=1", f"text/html, {JSON}", "*/*, text/html", "x", ",", "*", JSON.upper(), f" {JSON} , x/y"),
]
ENCODINGS = [
    "",
    "gzip, deflate",
    "identity",
    "br",
    "gzip;q=0",
    "*",
    "x-gzip",
    "GZIP",
    "identity;q=1, gzip;q=0.5",
    "gzipped",
]


@pytest.mark.parametrize("path", ["/simple/", "/team/main/+simple/plain/", "/simple/unknown/"])
def test_every_wish_for_a_form_is_answered_alike(both, path):
    for accept, encoding, method in product(ACCEPTED, ENCODINGS, ("GET", "HEAD")):
        compare(both, method, path, Accept=accept, Accept_Encoding=encoding)


def conditions(tag: str) -> list[dict[str, str]]:
    """Return conditions and ranges, plain and odd ones."""
    never = "Wed, 21 Oct 2065 07:28:00 GMT"
    etags = [tag, '"other"', f"W/{tag}", "*", f'{tag}, "other"', "", "x", tag.strip('"')]
    ranges = [
        "bytes=5-",
        "bytes=5-9",
        "bytes=0-",
        "bytes=-5",
        "bytes=-99999999",
        "bytes=99999999-",
        "bytes=9-5",
        "bytes=7-7",
        "bytes=0-0",
        "bytes=0-99999999",
        "bytes=9-99999999",
        "bytes=0-999999999999999999",
        "bytes=-999999999999999999",
        "bytes=9-9999999999999999999",
        "bytes=-0",
        "bytes=-000",
        "bytes=007-010",
        "bytes=-",
        "bytes=+5-",
        "bytes=5-,",
        "x=5-",
    ]
    return [
        *({"If-None-Match": one} for one in etags),
        # An empty one, which nobody sends, is refused by both, by Apache without a text.
        *({"If-Match": one} for one in etags if one),
        *({"If-Modified-Since": when} for when in (never, "x")),
        *({"If-Unmodified-Since": when} for when in (never, "Wed, 21 Oct 2015 07:28:00 GMT")),
        *({"Range": one} for one in (*ranges, "bytes=1-2,4-5", "BYTES=5-", "bytes = 5 - 7", "bytes=05-")),
        *({"Range": "bytes=5-", "If-Range": one} for one in (*etags, never)),
        *({"Range": "bytes=5-", "If-None-Match": one} for one in etags),
        {"Request-Range": "bytes=5-"},
    ]


def test_every_condition_and_range_is_answered_alike(both):
    for path in reads(both):
        tag = ask(both.server, "GET", path).headers["ETag"] or ""
        for headers, method in product(conditions(tag), ("GET", "HEAD")):
            compare(both, method, path, **{name.replace("-", "_"): value for name, value in headers.items()})


def test_pages_and_files_need_no_python(both):
    for path, accept, encoding, method in product(
        reads(both), (PIP, UV, "*/*"), ("gzip, deflate", ""), ("GET", "HEAD")
    ):
        headers = {"Accept": accept, "Accept_Encoding": encoding}
        told, alone = compare(both, method, path, **headers), ask(both.alone, method, path, **headers)
        del alone.headers["Date"]
        assert (alone.status, alone.body) == (200, told.body)
        assert sorted(alone.headers.items()) == sorted(told.headers.items())


def test_who_knows_a_page_is_told_so_without_python(both):
    for path, encoding in product(reads(both), ("gzip", "identity")):
        tag = ask(both.alone, "GET", path, Accept_Encoding=encoding).headers["ETag"]
        again = ask(both.alone, "GET", path, Accept_Encoding=encoding, If_None_Match=tag)
        assert (again.status, again.headers["ETag"], again.body) == (304, tag, b"")


@pytest.mark.parametrize("ending", ["", ".metadata", ".asc", ".provenance"])
def test_a_part_of_a_file_comes_without_python(both, ending):
    path = both.file("plain-1.0-py3") + ending
    whole = ask(both.alone, "GET", path)
    parts = {"10-": whole.body[10:], "3-9": whole.body[3:10], "-7": whole.body[-7:], "-99999999": whole.body}
    for asked, expected in (*parts.items(), ("0-", whole.body), ("0-99999999", whole.body), ("0-0", whole.body[:1])):
        part = ask(both.alone, "GET", path, Range=f"bytes={asked}", If_Range=whole.headers["ETag"] or "")
        assert (part.status, part.body) == (206, expected), asked


def test_a_name_whose_parts_mean_a_language_to_apache_is_served_like_any_other(both):
    path = both.file("de.fr2")
    answer = compare(both, "GET", path)
    assert answer.status == 200
    assert not {"Content-Language", "Content-Encoding"} & set(answer.headers)


UNKNOWN = ["/simple/unknown/", "/team/main/+simple/un-known/", f"/simple/{'x' * 100}/"]


def test_that_there_is_no_such_project_is_said_without_python(both):
    for path, accept in product(UNKNOWN, (PIP, UV, "*/*")):
        told, alone = compare(both, "GET", path, Accept=accept), ask(both.alone, "GET", path, Accept=accept)
        del alone.headers["Date"]
        assert (alone.status, alone.reason) == (404, "Not Found")
        project = path.split("/")[-2]
        assert alone.body.decode() == f"there is no project '{project}' in the index 'team/main'\n"
        assert (told.body, sorted(told.headers.items())) == (alone.body, sorted(alone.headers.items()))
        compare(both, "HEAD", path, Accept=accept)


def test_an_index_that_is_not_public_or_not_there_is_never_said_to_lack_a_project(both):
    for path in ("/team/nowhere/+simple/unknown/", f"/simple/{'x' * 256}/", "/simple/un--known/"):
        assert b"no project" not in ask(both.alone, "GET", path).body


def test_while_everything_is_rendered_nobody_says_that_a_project_is_not_there(both):
    mark = both.server.data_directory / "tree/mark"
    before = mark.read_text()
    mark.write_text(before.replace('"rebuilt_to": null', '"rebuilt_to": 1'))
    try:
        assert b"no project" not in ask(both.alone, "GET", "/simple/unknown/").body
        assert compare(both, "GET", "/simple/plain/").status == 200
    finally:
        mark.write_text(before)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/simple/Plain/", 301),
        ("/simple/plain", 301),
        ("/simple/unknown/", 404),
        ("/team/nowhere/+simple/", 401),
        ("/team/main/simple/plain/", 404),
        ("/simple/plain/current.txt", 404),
        ("/+again/simple/plain/", 404),
        ("/packages/000/0000000000000/plain-1.0-py3-none-any.whl", 404),
        ("/packages/000/0000000000000/../../current.txt", 404),
    ],
)
def test_everything_else_is_the_applications(both, path, status):
    assert ask(both.server, "GET", path).status == status
    assert ask(both.alone, "GET", path).status == 404


def test_nothing_but_reading_is_apaches(both):
    for method, path in product(("POST", "PUT", "DELETE", "OPTIONS"), ("/simple/", both.file("plain-1.0-py3"))):
        tree, application = (ask(both.server, method, asked) for asked in (path, f"{path}?by"))
        assert (tree.status, tree.body) == (application.status, application.body)
        alone = ask(both.alone, method, path)
        assert (alone.status in {404, 405}) or (method == "OPTIONS" and not alone.body)


def test_a_file_that_is_withheld_is_gone_at_once(both):
    path = both.file("plain-1.0.tar.gz")
    assert ask(both.alone, "GET", path).status == 200
    assert both.server.mypi("status", "plain", "quarantined").returncode == 0
    assert ask(both.alone, "GET", path).status == 404
    assert compare(both, "GET", path).status == 403
    assert both.server.mypi("status", "plain", "active").returncode == 0
    assert ask(both.alone, "GET", path).status == 200


def other_state(number: int) -> RenderedPage:
    """Return a page that is as long as no other one near it."""
    body = json.dumps({"number": number, "padding": "x" * (100 + number % 7 * 500)}).encode()
    state = page_state(number, body, body)
    files = {f"{state}.{form}": body for form in ("html", "html.gz", "json", "json.gz")}
    return RenderedPage({**files, "current.txt": state.encode()}, number * 10**9)


def test_a_page_that_is_replaced_again_and_again_is_never_sent_in_part(both):
    data = both.server.data_directory
    tree, folder = Tree(data / "tree"), data / "tree/public/team/main/simple/plain"
    stop, faults, seen = threading.Event(), [], set()

    def read() -> None:
        while not stop.is_set():
            answer = ask(both.server, "GET", "/simple/plain/", Accept=JSON)
            try:
                seen.add(json.loads(answer.body).get("number"))
            except ValueError:
                faults.append(answer.body)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 400):
        tree.put_page(folder, other_state(number))
    stop.set()
    for reader in readers:
        reader.join()
    assert faults == []
    assert len(seen) > 10
    said = both.server.mypi("verify", "--repair")
    assert said.returncode == 0, said.stdout
