"""Reading a call of XML-RPC: a small document without entities, with a name and values in it.

The parser is that of the standard library behind defusedxml's guard; what a call never holds ends the reading early.
"""

from dataclasses import dataclass
from typing import Any
from xml.parsers.expat import ExpatError
from xmlrpc.client import Error, Unmarshaller

from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser
from flask import Request

from mypi.errors import BodyTooLarge, UnreadableBody

LARGEST_CALL = 1024**2
"""Bytes. The largest calls that make sense, a search for several words or a list of classifiers, have some thousand."""

DEEPEST = 20
"""Elements in each other. A text in an array in a struct, which is the deepest that a method takes, has twelve."""

MOST_ELEMENTS = 2_000

UNREADABLE = (ExpatError, Error, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What the parser, and the reader of values behind it, raise of a document that is none of theirs."""


@dataclass(frozen=True)
class Call:
    """The name of a method, and the values that it is called with."""

    method: str
    values: tuple[Any, ...]


def body_of(request: Request) -> bytes:
    """Return the body of a request. Raises BodyTooLarge, UnreadableBody."""
    if coding := request.headers.get("Content-Encoding"):
        raise _unreadable(f"its Content-Encoding is '{coding}'")
    body = b""
    while len(body) <= LARGEST_CALL and (more := request.stream.read(LARGEST_CALL + 1 - len(body))):
        body += more
    if len(body) > LARGEST_CALL:
        raise BodyTooLarge(most=LARGEST_CALL)
    return body


def read(body: bytes) -> Call:
    """Return the call that a document makes. Raises UnreadableBody."""
    reader = _CarefulReader()
    parser = DefusedExpatParser(reader, forbid_dtd=True)
    try:
        parser.feed(body)
        parser.close()
        values = reader.close()
        method = reader.getmethodname()
    except DefusedXmlException as error:
        raise _unreadable("it declares a document type or entities") from error
    except UNREADABLE as error:
        raise _unreadable(str(error) or "it is malformed") from error
    if not method:
        raise _unreadable("it names no method")
    return Call(method, tuple(values))


class _CarefulReader(Unmarshaller):
    """Reads values, and gives up where a document grows in a way that no call does."""

    def __init__(self) -> None:
        super().__init__(use_builtin_types=True)
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: Any) -> None:
        """Take the beginning of an element. Raises ValueError."""
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST:
            raise ValueError(f"it is nested deeper than {DEEPEST} elements")
        if self._elements > MOST_ELEMENTS:
            raise ValueError(f"it has more than {MOST_ELEMENTS} elements")
        super().start(tag, attrs)

    def end(self, tag: str) -> None:
        """Take the end of an element."""
        self._depth -= 1
        super().end(tag)


def _unreadable(reason: str) -> UnreadableBody:
    return UnreadableBody(expected="a call of XML-RPC", reason=reason)
