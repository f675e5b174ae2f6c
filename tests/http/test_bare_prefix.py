"""The bare prefix: what is posted arrives, what is looked at is redirected, and the rest is as it was."""

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from mypi.http.bare_prefix import BarePrefix


@Request.application
def echo(request: Request) -> Response:
    """Answer with what was asked."""
    return Response(f"{request.method} {request.script_root} {request.environ['PATH_INFO']} {request.get_data()!r}")


client = Client(BarePrefix(echo))
HERE = {"SCRIPT_NAME": "/team/mypi", "PATH_INFO": ""}


def test_what_is_posted_to_the_bare_prefix_arrives_at_the_root():
    assert client.post(data=b"a=b", environ_overrides=HERE).text == "POST /team/mypi / b'a=b'"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_reader_of_the_bare_prefix_is_sent_to_the_slash_and_to_no_host(method):
    answer = client.open(method=method, environ_overrides=HERE | {"HTTP_HOST": "evil.example"})
    assert answer.status_code == 301
    assert answer.headers["Location"] == "mypi/"


def test_the_query_is_kept():
    answer = client.get(environ_overrides=HERE | {"QUERY_STRING": "q=%20a"})
    assert answer.headers["Location"] == "mypi/?q=%20a"


def test_other_paths_are_handed_on():
    answer = client.get(environ_overrides={"SCRIPT_NAME": "/team/mypi", "PATH_INFO": "/simple/"})
    assert answer.text == "GET /team/mypi /simple/ b''"
