"""Relative links, local paths, and what of somebody's metadata may be a link."""

from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from hypothesis import given, strategies

from mypi.pages import links

PARTS = strategies.lists(strategies.text("abcdefghij+.-_", min_size=1, max_size=8).filter(lambda part: part.strip(".")))
PATHS = strategies.builds(lambda parts, end: "/" + "/".join(parts) + end, PARTS, strategies.sampled_from(["", "/"]))
APP = Flask(__name__)


@given(here=PATHS, there=PATHS, prefix=strategies.sampled_from(["", "/mypi", "/a/b"]))
def test_a_relative_link_leads_to_its_path_under_any_prefix(here, there, prefix):
    here, there = here.replace("//", "/"), there.replace("//", "/")
    with APP.test_request_context(here, environ_overrides={"SCRIPT_NAME": prefix}):
        found = urljoin(f"http://localhost{prefix}{here}", links.relative(there))
    assert urlsplit(found).path == prefix + there


@pytest.mark.parametrize("here", ["/", "/+login", "/package/x/"])
def test_a_relative_link_never_begins_with_a_scheme(here):
    with APP.test_request_context(here):
        assert links.relative("/javascript:alert(1)").startswith(("./", "../"))


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/a?b#c", "https://example.com/a?b#c"),
        ("http://example.com", "http://example.com"),
        (" https://example.com ", "https://example.com"),
        ("MAILTO:ada@example.com", "MAILTO:ada@example.com"),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("//example.com/", None),
        ("/local", None),
        ("https:", None),
        ("https:///path", None),
        ("http://[::1", None),
        ("https://exa\nmple.com", None),
        ("UNKNOWN", None),
        ("", None),
    ],
)
def test_only_addresses_of_pages_and_mailboxes_become_links(url, shown):
    assert links.outside(url) == shown


@given(strategies.text())
def test_whatever_the_text_a_link_out_of_metadata_has_one_of_three_schemes(text):
    found = links.outside(text)
    assert found is None or found.lower().startswith(("http://", "https://", "mailto:"))


@pytest.mark.parametrize("path", ["/", "/team/main/", "/package/gearbox/?q=x%2Fy"])
def test_a_path_of_this_server_is_local(path):
    assert links.is_local(path)


@pytest.mark.parametrize("path", ["", "x", "//x", "/\\x", "\\/x", "https://x/", "/\n/x", "/\t/x", "/x\r\ny"])
def test_what_could_leave_this_server_is_not_local(path):
    assert not links.is_local(path)
