"""Calls of XML-RPC through the test client, written and read by the standard library."""

import xmlrpc.client
from typing import Any


def posted(client: Any, body: bytes | str, url: str = "/pypi", content_type: str = "text/xml") -> Any:
    """Return what is answered to a body."""
    return client.post(url, data=body, content_type=content_type)


def called(client: Any, method: str, *values: Any, url: str = "/pypi") -> Any:
    """Return the value that a method answers. Raises xmlrpc.client.Fault."""
    answer = posted(client, xmlrpc.client.dumps(values, method, allow_none=True), url)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == "text/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    (value,), _ = xmlrpc.client.loads(answer.data)
    return value


def fault(client: Any, method: str, *values: Any, url: str = "/pypi") -> tuple[int, str]:
    """Return code and text of the fault that a call is answered by."""
    return fault_of(posted(client, xmlrpc.client.dumps(values, method, allow_none=True), url))


def fault_of(answer: Any) -> tuple[int, str]:
    """Return code and text of a fault."""
    assert answer.status_code == 200, answer.text
    try:
        raise AssertionError(f"no fault: {xmlrpc.client.loads(answer.data)}")
    except xmlrpc.client.Fault as told:
        return told.faultCode, told.faultString
