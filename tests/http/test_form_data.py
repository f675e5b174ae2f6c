"""Forms: files stream into storage, fields stay small, and what is not kept is gone."""

import io

import pytest
from flask import Flask, request

from mypi.errors import Failure, RepeatedField, TooManyFields, UnreadableBody
from mypi.http import form_data
from mypi.http.form_data import read_form
from mypi.storage.file_system import FileSystemStorage
from tests.protocols.raw_bodies import BOUNDARY, bare_lf, crlf


@pytest.fixture
def storage(tmp_path):
    return FileSystemStorage(tmp_path)


@pytest.fixture
def read(storage):
    """Read a body as a form, and look that nothing is left of it afterwards."""

    def read_body(body: bytes, content_type: str, look=lambda form: None):
        environ = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": content_type}
        with Flask("test").test_request_context("/", method="POST", environ_overrides=environ):
            try:
                with read_form(request, storage.receive) as form:
                    return look(form)
            finally:
                assert list(storage.incoming.glob("*")) == []

    return read_body


FILE = ("a.zip", bytes(range(256)) * 500)


@pytest.mark.parametrize(
    "written",
    [crlf([("one", "1"), ("two", "a\r\nb")], [("content", FILE, "")]), bare_lf([("one", "1")], [("content", FILE)])],
    ids=["crlf", "bare lf"],
)
def test_fields_and_files_come_out_as_they_went_in(read, written):
    def look(form):
        filename, incoming = form.files["content"]
        with incoming.reader() as stream:
            return form.field("one"), filename, stream.read()

    assert read(*written, look) == ("1", *FILE)


def test_what_is_kept_stays_and_the_rest_goes(read, storage):
    written = crlf([], [("content", FILE, ""), ("gpg_signature", ("a.asc", b"PGP"), "")])
    sha256 = read(*written, lambda form: form.files["content"][1].keep())
    assert [blob[0] for blob in storage.blobs()] == [sha256]


def test_an_urlencoded_form_is_read(read):
    body = b"%3Aaction=submit&name=foo+bar"
    fields = read(body, "application/x-www-form-urlencoded", lambda form: (form.field(":action"), form.field("name")))
    assert fields == ("submit", "foo bar")


@pytest.mark.parametrize(
    ("values", "value"),
    [((), ""), (("",), ""), (("UNKNOWN",), ""), ((" a ",), "a"), (("a", "a"), "a"), (("a", ""), "a")],
)
def test_a_field_that_may_be_there_once(read, values, value):
    written = crlf([("x", ""), *(("name", item) for item in values)])
    assert read(*written, lambda form: form.field("name")) == value


def test_a_field_with_two_values_and_a_file_that_comes_twice_are_refused(read):
    with pytest.raises(RepeatedField):
        read(*crlf([("name", "a"), ("name", "b")]), lambda form: form.field("name"))
    with pytest.raises(RepeatedField):
        read(*crlf([], [("content", FILE, ""), ("content", FILE, "")]))


@pytest.mark.parametrize("kept", range(0, 600, 37))
def test_a_body_that_is_cut_off_is_refused_wherever_it_ends(read, kept):
    body, content_type = crlf([("one", "1")], [("content", FILE, "")])
    with pytest.raises(UnreadableBody):
        read(body[:kept], content_type)


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=other"]
)
def test_a_type_that_does_not_fit_is_refused(read, content_type):
    with pytest.raises(UnreadableBody):
        read(crlf([("one", "1")])[0], content_type)


@pytest.mark.parametrize(
    ("limit", "most", "written"),
    [
        ("MOST_PARTS", 3, crlf([(f"f{number}", "") for number in range(4)])),
        ("MOST_FIELD_BYTES", 1000, crlf([("long", "x" * 1001)])),
        ("MOST_FIELD_BYTES", 1000, crlf([(f"f{number}", "x" * 200) for number in range(20)])),
        ("MOST_FILES", 1, crlf([], [("a", FILE, ""), ("b", FILE, "")])),
        (
            "MOST_FIELD_BYTES",
            1000,
            (b"\r\n" * 2000 + crlf([("a", "b")])[0], f"multipart/form-data; boundary={BOUNDARY}"),
        ),
        ("MOST_FIELD_BYTES", 1000, (b"a=" + b"x" * 2000, "application/x-www-form-urlencoded")),
    ],
)
def test_what_is_too_much_for_a_form_is_refused(read, monkeypatch, limit, most, written):
    monkeypatch.setattr(form_data, limit, most)
    with pytest.raises(TooManyFields):
        read(*written)


def test_a_large_file_is_not_too_large_a_form(read, monkeypatch):
    monkeypatch.setattr(form_data, "MOST_FIELD_BYTES", 200_000)
    large = ("a.zip", bytes(3_000_000))
    assert read(*crlf([], [("content", large, "")]), lambda form: form.files["content"][1].digests().size) == 3_000_000


def test_a_failure_while_a_file_is_received_leaves_nothing(storage, read, monkeypatch):
    def full(_self, _data):
        raise Failure

    monkeypatch.setattr(form_data.ReceivedFile, "write", full)
    with pytest.raises(Failure):
        read(*crlf([], [("content", FILE, "")]))
