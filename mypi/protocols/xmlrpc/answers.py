"""Writing what XML-RPC answers: one value, or a fault.

The writer is that of the standard library, with two differences. A number that needs more than the 32 bits of the
specification (the size of a large file; from 2038 on, a time) is written as `<int>` with all its digits, which every
client in Python reads, where the standard library refuses to write. Characters that XML cannot hold are left out.
"""

import re
from collections.abc import Callable
from typing import Any
from xmlrpc.client import Fault, Marshaller

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character to XML 1.0."""

Write = Callable[[str], Any]


def value(answer: Any) -> bytes:
    """Return the document that answers with a value: of texts, numbers, truths, times, None, in lists and dicts."""
    return _document(_writer().dumps((answer,)))


def fault(code: int, text: str) -> bytes:
    """Return the document that answers with a fault."""
    return _document(_writer().dumps(Fault(code, text)))


def _writer() -> Marshaller:
    writer = Marshaller(allow_none=True)
    writer.dispatch = {**writer.dispatch, int: _write_number, str: _write_text}
    return writer


def _write_number(_writer: Marshaller, number: int, write: Write) -> None:
    write(f"<value><int>{number}</int></value>\n")


def _write_text(writer: Marshaller, text: str, write: Write) -> None:
    writer.dump_unicode(_UNWRITABLE.sub("", text), write)


def _document(content: str) -> bytes:
    return f"<?xml version='1.0'?>\n<methodResponse>\n{content}</methodResponse>\n".encode()
