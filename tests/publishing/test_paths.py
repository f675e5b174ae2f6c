"""Paths of the tree are made of words that were checked; URLs within it lead back to them."""

from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from hypothesis import given, strategies

from mypi.publishing import paths, reading
from mypi.publishing.paths import TreePaths
from mypi.standards.negotiation import Representation
from mypi.standards.sidecars import Sidecar

ROOT = Path("/tree")
HOSTILE = ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\x00b", "a\n", ".hidden", "ü", "a b", "-a", "a" * 300]
NAMES = strategies.from_regex(r"[a-z0-9](?:[a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True)
FILENAMES = strategies.from_regex(r"[A-Za-z0-9][A-Za-z0-9._+!-]{0,30}", fullmatch=True)
DIGESTS = strategies.text("0123456789abcdef", min_size=64, max_size=64)


@pytest.mark.parametrize("word", HOSTILE)
def test_a_word_of_a_request_that_is_in_no_path_finds_nothing(word):
    public = TreePaths(ROOT).public("team/main")
    assert reading.project_folder(public, word) is None
    assert reading.file(public, "abc", "0123456789abc", word) is None or set(word) == {"a"}
    with pytest.raises(ValueError, match="no part of a path"):
        TreePaths(ROOT).public(f"team/{word}" if word != "a/b" else "team")


@pytest.mark.parametrize(("digits3", "digits13"), [("..", "0" * 13), ("ABC", "0" * 13), ("abc", "0" * 12), ("", "")])
def test_digits_that_no_digest_begins_with_find_nothing(digits3, digits13):
    assert reading.file(TreePaths(ROOT).public("team/main"), digits3, digits13, "foo-1.0.tar.gz") is None


@given(NAMES, NAMES, DIGESTS, FILENAMES)
def test_no_path_leaves_its_index(owner, name, sha256, filename):
    index = TreePaths(ROOT).public(f"{owner}/{name}")
    beside = [index.beside(sha256, filename, sidecar) for sidecar in Sidecar]
    for path in (index.file(sha256, filename), *beside, index.list_folder):
        assert path.is_relative_to(ROOT / "public" / owner / name)
        assert ".." not in path.parts


@given(DIGESTS, FILENAMES, strategies.sampled_from(["team/main", "team/other"]))
def test_the_url_of_a_file_leads_from_a_projects_page_to_its_place(sha256, filename, full_name):
    url = paths.file_url(full_name, "team/main", sha256, filename)
    from_default = urljoin("http://x/simple/foo/", url)
    from_named = urljoin(f"http://x/{full_name}/+simple/foo/", url)
    *_, folder, digits3, digits13, last = from_named.split("/")
    assert from_named.startswith(f"http://x/{full_name}/")
    assert folder == ("packages" if full_name == "team/main" else "+f")
    if full_name == "team/main":
        assert from_default == f"http://x/packages/{digits3}/{digits13}/{last}"
    index = TreePaths(ROOT).public(full_name)
    assert reading.file(index, digits3, digits13, unquote(last)) == index.file(sha256, filename)


@pytest.mark.parametrize(
    ("representation", "name"),
    [
        (Representation.JSON, "7-01234567.json"),
        (Representation.HTML, "7-01234567.html"),
        (Representation.HTML_V1, "7-01234567.html"),
    ],
)
def test_a_page_has_one_file_for_each_representation_and_a_twin(representation, name):
    assert paths.page_name("7-01234567", representation, gzipped=False) == name
    assert paths.page_name("7-01234567", representation, gzipped=True) == name + ".gz"
