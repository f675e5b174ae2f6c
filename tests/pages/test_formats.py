"""Sizes and moments as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies

from mypi.pages import formats
from mypi.standards.filenames import FileType


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        *((0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1536, "1.5 kB"), (999_949, "999.9 kB")),
        *((999_950, "1.0 MB"), (5_300_000, "5.3 MB"), (2 * 1024**3, "2.1 GB"), (10**15, "1000.0 TB")),
    ],
)
def test_a_size_is_shown_in_the_unit_that_makes_it_readable(size, shown):
    assert formats.human_size(size) == shown


@given(strategies.integers(1000, 10**14))
def test_a_shown_size_is_the_size_to_two_digits(size):
    number, unit = formats.human_size(size).split()
    factor = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}[unit]
    assert abs(float(number) * factor - size) <= size * 0.06
    assert 1 <= float(number) < 1000


def test_a_moment_is_shown_in_utc():
    moment = datetime(2026, 2, 3, 1, 5, 59, 123456, tzinfo=timezone(timedelta(hours=2)))
    assert formats.minute(moment) == "2 Feb 2026, 23:05 UTC"
    assert formats.machine_time(moment) == "2026-02-02T23:05:59Z"
    assert formats.day(datetime(2026, 12, 31, tzinfo=UTC)) == "31 Dec 2026"


def test_every_type_of_file_has_a_name_for_people():
    assert all(formats.type_name(file_type) for file_type in FileType)
