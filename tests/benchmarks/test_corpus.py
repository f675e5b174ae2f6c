"""The corpus that every system under comparison holds."""

import hashlib
from dataclasses import replace

import pytest
from packaging.requirements import Requirement

from benchmarks import corpus as corpora
from benchmarks.corpus import GRAPH, GRAPH_PROJECTS, MANY, QUICK, TWENTY, Size
from mypi.standards import core_metadata

TINY = replace(QUICK, projects=2, files=2, many=3, graph_versions=1)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a corpus of a few files."""
    return corpora.made(tmp_path_factory.mktemp("corpus"), TINY)


def test_the_same_size_gives_the_same_bytes(tiny, tmp_path):
    assert corpora.made(tmp_path, TINY).distributions == tiny.distributions


def test_it_has_as_many_files_as_its_size_says(tiny):
    assert {len(tiny.of(project)) for project in ("project-0", "project-1")} == {2}
    assert (len(tiny.of(TWENTY)), len(tiny.of(MANY))) == (20, 3)
    assert len(corpora.made(tiny.folder.parent, Size("plain", 4, 1, 0, others=False)).distributions) == 4


def test_what_the_listing_says_of_a_file_is_true(tiny):
    for one in tiny.distributions:
        body = tiny.path(one).read_bytes()
        assert (one.size, one.sha256) == (len(body), hashlib.sha256(body).hexdigest())
        assert one.metadata_sha256 == hashlib.sha256(tiny.core_metadata(one)).hexdigest()


def test_the_first_project_of_the_graph_needs_all_the_others(tiny):
    needs = {}
    for number in range(GRAPH_PROJECTS):
        one = tiny.of(GRAPH.format(number))[-1]
        parsed = core_metadata.parse(tiny.core_metadata(one), one.filename)
        needs[one.project] = {Requirement(line).name for line in parsed.requires_dist}
    reached, next_ones = set(), {GRAPH.format(0)}
    while next_ones:
        reached |= next_ones
        next_ones = {need for project in next_ones for need in needs[project]} - reached
    assert len(reached) == GRAPH_PROJECTS
