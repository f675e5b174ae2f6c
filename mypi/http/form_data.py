"""Forms that carry files: the files stream into storage while they are hashed, the fields stay small.

Werkzeug's parser reads CRLF and the bare LF of old distutils alike, and parts without a content type.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Self

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from mypi.errors import RepeatedField, TooManyFields, UnreadableBody
from mypi.storage.interface import Incoming

MOST_PARTS = 20_000  # a field for each of several thousand requirements is legal
MOST_FIELD_BYTES = 64 * 1024**2  # of all fields together: descriptions of 5 MB and attestations of 2 MB are seen
MOST_FILES = 4  # the file, its signature, and something unknown


class ReceivedFile:
    """A file part on its way into storage; what the parser takes for a file."""

    def __init__(self, incoming: Incoming) -> None:
        self.incoming = incoming
        self.size = 0

    def write(self, data: bytes) -> int:
        """Take more bytes. Raises DiskFull."""
        self.size += len(data)
        return self.incoming.write(data)

    def seek(self, _offset: int) -> int:
        """Do nothing: the parser rewinds what it has written."""
        return 0

    def close(self) -> None:
        """Do nothing: whoever asked for the form keeps or discards the bytes."""


@dataclass
class Form:
    """A form that was read: its fields, and its files by field name as (filename, received bytes)."""

    fields: MultiDict[str, str]
    files: dict[str, tuple[str, Incoming]]
    received: list[Incoming]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for incoming in self.received:
            incoming.discard()

    def field(self, name: str) -> str:
        """Return a field that may be there once; '' when it is absent, empty or UNKNOWN. Raises RepeatedField."""
        values = {value.strip() for value in self.fields.getlist(name)} - {"", "UNKNOWN"}
        if len(values) > 1:
            raise RepeatedField(field=name)
        return values.pop() if values else ""


class _Measured:
    """A body whose bytes outside of files are counted."""

    def __init__(self, stream: IO[bytes], in_files: Callable[[], int]) -> None:
        self._stream = stream
        self._in_files = in_files
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._read += len(data)
        if self._read - self._in_files() > MOST_FIELD_BYTES:
            raise TooManyFields(reason=f"more than {MOST_FIELD_BYTES} bytes outside of files")
        return data


def read_form(request: Request, receive: Callable[[], Incoming]) -> Form:
    """Return the form in the body of a request, multipart or urlencoded; close it when done.

    Raises UnreadableBody when it is neither or was cut off, TooManyFields when it is too large for a form, DiskFull.
    """
    received: list[ReceivedFile] = []

    def factory(*_: Any, **__: Any) -> Any:
        if len(received) == MOST_FILES:
            raise TooManyFields(reason=f"more than {MOST_FILES} files")
        received.append(ReceivedFile(receive()))
        return received[-1]

    try:
        fields, files = _parsed(request, factory, lambda: sum(file.size for file in received))
        return Form(fields, _by_field(files), [file.incoming for file in received])
    except BaseException:
        for file in received:
            file.incoming.discard()
        raise


def _by_field(files: MultiDict[str, Any]) -> dict[str, tuple[str, Incoming]]:
    for name in files:
        if len(files.getlist(name)) > 1:
            raise RepeatedField(field=name)
    return {name: (part.filename or "", part.stream.incoming) for name, part in files.items()}


def _parsed(request: Request, factory: Callable[..., Any], in_files: Callable[[], int]) -> Any:
    """Return the fields and the file parts of a body."""
    parser = FormDataParser(
        stream_factory=factory,
        max_form_memory_size=MOST_FIELD_BYTES,
        max_form_parts=MOST_PARTS,
        silent=False,
    )
    body: Any = _Measured(request.stream, in_files)
    mimetype, options = request.mimetype, request.mimetype_params
    if mimetype not in {"multipart/form-data", "application/x-www-form-urlencoded"}:
        raise UnreadableBody(expected="multipart/form-data", reason=f"its Content-Type is '{mimetype}'")
    if coding := request.headers.get("Content-Encoding"):
        raise UnreadableBody(expected="multipart/form-data", reason=f"its Content-Encoding is '{coding}'")
    try:
        _, fields, files = parser.parse(body, mimetype, request.content_length, options)
    except ClientDisconnected as error:
        raise UnreadableBody(expected="multipart/form-data", reason="it ended too early") from error
    except RequestEntityTooLarge as error:
        raise TooManyFields(reason=f"more than {MOST_PARTS} fields, or a field of {MOST_FIELD_BYTES} bytes") from error
    except ValueError as error:
        raise UnreadableBody(expected="multipart/form-data", reason=str(error) or "it is malformed") from error
    return fields, files
