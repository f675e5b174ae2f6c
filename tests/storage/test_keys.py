"""A blob's place and its digest are each other's inverse."""

from pathlib import PurePosixPath

import pytest
from hypothesis import given, strategies

from mypi.storage import keys

DIGESTS = strategies.text("0123456789abcdef", min_size=64, max_size=64)


@given(DIGESTS)
def test_the_place_of_a_blob_says_its_digest(sha256):
    assert keys.of_blob(keys.blob_key(sha256)) == sha256


@given(strategies.text(max_size=70).filter(lambda word: not keys.SHA256.fullmatch(word)))
def test_what_is_no_digest_has_no_place(word):
    with pytest.raises(ValueError, match="not a sha256"):
        keys.blob_key(word)


@given(DIGESTS)
def test_a_blob_in_another_place_is_a_stranger(sha256):
    assert keys.of_blob(PurePosixPath("zz", sha256)) is None
    assert keys.of_blob(PurePosixPath(sha256)) is None
