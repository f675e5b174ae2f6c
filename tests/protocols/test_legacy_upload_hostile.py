"""POST to an upload URL with bodies that no client sends: a 4xx with a reason, and nothing is left of them."""

import io

import pytest

from mypi.http import form_data
from mypi.registry.files import File
from tests.protocols.raw_bodies import BOUNDARY, crlf, post_stream
from tests.support import builders
from tests.support.peopled import basic

WHEEL = builders.wheel("foo", "1.0")
UPLOAD = [(":action", "file_upload"), ("name", "foo")]
TYPE = f"multipart/form-data; boundary={BOUNDARY}"
GOOD, _ = crlf(UPLOAD, [("content", WHEEL, "")])


def sent(peopled, body: bytes, content_type: str = TYPE, length: int | None = None):
    """Send a body, with another length than it has if wanted, and look that nothing came of it."""
    length = len(body) if length is None else length
    answer = post_stream(peopled.app, io.BytesIO(body), content_type, length, basic("uploader"))
    assert peopled.litter() == []
    return answer


def assert_refused(peopled, answer, *statuses: int) -> None:
    assert answer.status_code in (statuses or (400,)), answer.text
    assert answer.content_type == "text/plain; charset=utf-8"
    assert len(answer.text.splitlines()) == 1
    assert len(answer.text) > 20
    assert peopled.rows(File) == []


@pytest.mark.parametrize("kept", [0, 1, 60, 150, 200, 300, len(GOOD) - 70, len(GOOD) - 10, len(GOOD) - 5])
def test_a_body_that_is_cut_off_is_refused_and_nothing_is_published(peopled, kept):
    assert_refused(peopled, sent(peopled, GOOD[:kept], length=len(GOOD)))


@pytest.mark.parametrize("kept", [0, 1, 60, 150, 200, 300, len(GOOD) - 70])
def test_a_body_that_ends_before_its_last_boundary_is_refused_also_with_the_right_length(peopled, kept):
    assert_refused(peopled, sent(peopled, GOOD[:kept]))


@pytest.mark.parametrize("less", [2000, 500, 80])
def test_a_length_that_is_too_short_is_refused(peopled, less):
    assert_refused(peopled, sent(peopled, GOOD, length=max(len(GOOD) - less, 0)))


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
        "multipart/mixed; boundary=" + BOUNDARY,
        "multipart/form-data; boundary=" + "b" * 5000,
        "nonsense",
    ],
)
def test_a_type_that_does_not_fit_the_body_is_refused(peopled, content_type):
    assert_refused(peopled, sent(peopled, GOOD, content_type))


@pytest.mark.parametrize("count", [form_data.MOST_PARTS + 1])
def test_too_many_parts_are_refused(peopled, count):
    body, _ = crlf([*UPLOAD, *((f"f{number}", "") for number in range(count))], [("content", WHEEL, "")])
    assert_refused(peopled, sent(peopled, body), 413)


def test_too_many_files_are_refused(peopled):
    body, _ = crlf(UPLOAD, [(f"file{number}", WHEEL, "") for number in range(form_data.MOST_FILES + 1)])
    assert_refused(peopled, sent(peopled, body), 413)


def test_too_large_fields_are_refused(peopled, monkeypatch):
    monkeypatch.setattr(form_data, "MOST_FIELD_BYTES", 100_000)
    body, _ = crlf([*UPLOAD, ("description", "d" * 100_001)], [("content", WHEEL, "")])
    assert_refused(peopled, sent(peopled, body), 413)


def test_a_field_that_comes_twice_with_two_values_is_refused_and_twice_with_one_is_taken(peopled):
    for field in ("name", "version", "md5_digest", ":action"):
        body, _ = crlf([*UPLOAD, (field, "one"), (field, "two")], [("content", WHEEL, "")])
        assert_refused(peopled, sent(peopled, body))
    body, _ = crlf([*UPLOAD, *UPLOAD], [("content", WHEEL, "")])
    assert sent(peopled, body).status_code == 200


def test_two_files_as_content_are_refused(peopled):
    body, _ = crlf(UPLOAD, [("content", WHEEL, ""), ("content", builders.wheel("foo", "2.0"), "")])
    assert_refused(peopled, sent(peopled, body))


def test_content_that_is_no_file_and_content_that_is_absent_are_refused(peopled):
    for body, _ in (crlf([*UPLOAD, ("content", "text")]), crlf(UPLOAD)):
        assert_refused(peopled, sent(peopled, body))


def test_a_nul_in_a_field_is_no_error_of_the_server(peopled):
    for field in ("name", "version", ":action", "md5_digest", "protocol_version"):
        body, _ = crlf([*UPLOAD[:1], (field, "a\x00b")], [("content", WHEEL, "")])
        assert_refused(peopled, sent(peopled, body))


@pytest.mark.parametrize("field", ["comment", "description", "a\x00b", "ü", "x" * 10_000])
def test_a_strange_field_that_tells_nothing_is_passed_over(peopled, field):
    body, _ = crlf([*UPLOAD, (field, "\x00\x1b[31m\ud7ff")], [("content", WHEEL, "")])
    assert sent(peopled, body).status_code == 200
    assert "\x00" not in peopled.rows(File)[0].comment


def test_bytes_that_are_no_utf_8_are_no_error_of_the_server(peopled):
    body = GOOD.replace(b"file_upload", b"file_\xff\xfe")
    assert_refused(peopled, sent(peopled, body))


def test_a_part_whose_header_never_ends_is_refused(peopled):
    body = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'.encode() + b"a" * 2_000_000
    assert_refused(peopled, sent(peopled, body), 400, 413)


def test_a_part_without_a_name_is_no_error_of_the_server(peopled):
    body = f"--{BOUNDARY}\r\nX: y\r\n\r\nvalue\r\n".encode() + GOOD
    assert sent(peopled, body).status_code in {200, 400}


@pytest.mark.parametrize("noise", [b"\r" * 1_000_000, b"\n" * 1_000_000, b"-" * 1_000_000, b"\r\n--" * 250_000])
def test_noise_before_the_first_boundary_costs_no_time_and_is_refused_or_passed_over(peopled, noise):
    answer = sent(peopled, noise)
    assert_refused(peopled, answer)
    assert sent(peopled, noise + b"\r\n" + GOOD).status_code in {200, 400, 413}


def test_an_archive_that_is_none_leaves_no_blob(peopled):
    body, _ = crlf(UPLOAD, [("content", (WHEEL[0], b"PK\x03\x04" + bytes(5000)), "")])
    assert_refused(peopled, sent(peopled, body))
    assert peopled.blobs() == set()


def test_a_header_that_is_not_latin_is_no_error_of_the_server(peopled):
    answer = peopled.client().post("/", data=GOOD, content_type=TYPE, headers={"Authorization": "Basic ÿÿÿ"})
    assert answer.status_code in {400, 401, 403}


@pytest.mark.parametrize("value", ["Basic", "Basic !!!", "Basic Og==", "Bearer x", "Digest a=b", "Basic " + "A" * 9000])
def test_credentials_that_cannot_be_read_are_none_or_wrong(peopled, value):
    answer = peopled.client().post("/", data=GOOD, content_type=TYPE, headers={"Authorization": value})
    assert answer.status_code in {401, 403}
    assert peopled.rows(File) == []
