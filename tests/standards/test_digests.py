"""Digests and the claims of clients."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.standards.digests import Digests, Hasher, check_claims


def digests_of(*pieces: bytes) -> Digests:
    hasher = Hasher()
    for piece in pieces:
        hasher.update(piece)
    return hasher.digests()


@given(st.lists(st.binary(max_size=50)))
def test_the_digests_do_not_depend_on_how_the_bytes_were_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    expected = (len(whole), hashlib.sha256(whole).hexdigest(), hashlib.md5(whole).hexdigest())
    found = digests_of(*pieces)
    assert (found.size, found.sha256, found.md5) == expected
    assert found.blake2b_256 == hashlib.blake2b(whole, digest_size=32).hexdigest()


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("algorithm", ["md5", "sha256", "blake2_256"])
def test_a_right_claim_is_believed_in_any_letter_case(algorithm: str, upper: bool) -> None:
    found = digests_of(b"x")
    right = {"md5": found.md5, "sha256": found.sha256, "blake2_256": found.blake2b_256}[algorithm]
    check_claims({algorithm: right.upper() if upper else right}, found)


@pytest.mark.parametrize(
    ("algorithm", "claim"),
    [
        ("md5", "0" * 32),
        ("sha256", "0" * 64),
        ("sha256", "0"),
        ("blake2_256", "0" * 64),
        ("sha256", "ä"),
        ("md5", "0" * 128),
    ],
)
def test_a_wrong_claim_is_refused_and_both_digests_are_named(algorithm: str, claim: str) -> None:
    with pytest.raises(errors.DigestMismatch) as refusal:
        check_claims({algorithm: claim}, digests_of(b"x"))
    assert refusal.value.algorithm == algorithm
    assert claim in refusal.value.message


@pytest.mark.parametrize(
    "claims",
    [{}, {"sha256": ""}, {"sha256": "UNKNOWN"}, {"sha1": "0" * 40}, {"blake2_256": hashlib.blake2b(b"x").hexdigest()}],
)
def test_no_claim_an_unknown_one_or_a_mislabelled_blake2_is_not_judged(claims: dict[str, str]) -> None:
    check_claims(claims, digests_of(b"x"))
