"""Bodies as old and new clients write them, byte by byte: no library of today makes these."""

from collections.abc import Iterable
from typing import IO

from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from tests.support.peopled import Built

Field = tuple[str, str]
BOUNDARY = "--------------GHSKFJDLGDS7543FJKLFHRE75642756743254"


def metadata_fields(name: str, version: str) -> list[Field]:
    """Return the fields that distutils sends of any project: what is absent is UNKNOWN, and lists are repeated."""
    return [
        ("name", name),
        ("version", version),
        ("metadata_version", "1.0"),
        ("summary", "UNKNOWN"),
        ("home_page", "UNKNOWN"),
        ("license", "UNKNOWN"),
        ("download_url", "UNKNOWN"),
        ("description", "UNKNOWN"),
        ("keywords", "one"),
        ("keywords", "two"),
        ("platform", "any"),
        ("platform", "linux"),
        ("classifiers", "Programming Language :: Python :: 2"),
        ("classifiers", "Programming Language :: Python :: 3"),
    ]


def crlf(fields: Iterable[Field], files: Iterable[tuple[str, Built, str]] = ()) -> tuple[bytes, str]:
    """Return body and Content-Type as clients of today write them; a file's third part is its own content type."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
    ]
    body = "".join(parts).encode()
    for name, (filename, content), content_type in files:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        head += f"Content-Type: {content_type}\r\n" if content_type else ""
        body += head.encode() + b"\r\n" + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def bare_lf(fields: Iterable[Field], files: Iterable[tuple[str, Built]] = ()) -> tuple[bytes, str]:
    """Return body and type as distutils before 2014, and setuptools' `register` for ever, write them.

    Line ends are bare LF, the body begins with one, the file name follows its semicolon without a space, a value that
    ends in CR is followed by one more LF, and the type names a charset.
    """
    separator, end = f"\n--{BOUNDARY}".encode(), f"\n--{BOUNDARY}--".encode()
    body = b""
    for name, value in fields:
        body += separator + f'\nContent-Disposition: form-data; name="{name}"'.encode() + b"\n\n" + value.encode()
        body += b"\n" if value.endswith("\r") else b""
    for name, (filename, content) in files:
        head = f'\nContent-Disposition: form-data; name="{name}";filename="{filename}"'
        body += separator + head.encode() + b"\n\n" + content
        body += b"\n" if content.endswith(b"\r") else b""
    return body + end + b"\n", f"multipart/form-data; boundary={BOUNDARY}; charset=utf-8"


def post_stream(
    app: Flask, stream: IO[bytes], content_type: str, length: int, authorization: str | None = None
) -> TestResponse:
    """Post to `/` what a stream holds, with exactly this Content-Length: test clients would correct it."""
    headers = {"Authorization": authorization} if authorization else {}
    environ = EnvironBuilder("/", method="POST", headers=headers).get_environ()
    environ |= {"wsgi.input": stream, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": content_type}
    return TestResponse(*run_wsgi_app(app, environ, buffered=True), request=Request(environ))
