"""The Range header, against the slices of real bytes."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mypi import errors
from mypi.http.byte_range import ByteRange, byte_range

bodies = st.binary(max_size=40)
positions = st.integers(0, 50)


def part(body: bytes, header: str) -> bytes | None:
    """Return what the header asks of the body, or None where it cannot be had."""
    try:
        wanted = byte_range(header, len(body))
    except errors.RangeNotSatisfiable:
        return None
    if wanted is None:
        return body
    assert 0 <= wanted.first <= wanted.last < len(body)
    found = body[wanted.first : wanted.last + 1]
    assert len(found) == wanted.length
    return found


@given(bodies, positions, positions)
def test_from_a_position_to_another_is_the_slice(body: bytes, first: int, last: int) -> None:
    expected = body if last < first else body[first : last + 1] or None
    assert part(body, f"bytes={first}-{last}") == expected


@given(bodies, positions)
def test_from_a_position_on_is_the_slice(body: bytes, first: int) -> None:
    assert part(body, f"bytes={first}-") == (body[first:] or None)


@given(bodies, positions)
def test_the_last_bytes_are_the_slice_and_never_more_than_all(body: bytes, length: int) -> None:
    assert part(body, f"bytes=-{length}") == (None if length == 0 else body[-length:])


def test_a_suffix_longer_than_the_file_is_the_whole_file_as_a_part() -> None:
    assert byte_range("bytes=-10000", 7) == ByteRange(0, 6)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=-1-2",
        "items=0-1",
        "bytes=5-2",
    ],
)
def test_a_header_that_cannot_be_understood_is_passed_over(header: str | None) -> None:
    assert byte_range(header, 10) is None


def test_several_ranges_get_the_whole_file() -> None:
    assert byte_range("bytes=0-1,3-4", 10) is None


def test_case_and_white_space_do_not_matter() -> None:
    assert byte_range("Bytes = 2 - 3 ", 10) == ByteRange(2, 3)


def test_a_number_of_a_hundred_thousand_digits_is_only_past_the_end() -> None:
    digits = "9" * 100_000
    assert byte_range(f"bytes=2-{digits}", 10) == ByteRange(2, 9)
    assert byte_range(f"bytes=-{digits}", 10) == ByteRange(0, 9)
    assert byte_range(f"bytes={'0' * 100_000}5-", 10) == ByteRange(5, 9)
    with pytest.raises(errors.RangeNotSatisfiable):
        byte_range(f"bytes={digits}-", 10)


@given(st.text() | st.text("bytes=0123456789-, "), st.integers(0, 20))
def test_no_header_breaks_the_reading(header: str, size: int) -> None:
    with suppress(errors.RangeNotSatisfiable):
        wanted = byte_range(header, size)
        assert wanted is None or 0 <= wanted.first <= wanted.last < size
