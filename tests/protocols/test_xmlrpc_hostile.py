"""What is no call, or an attack: told as a fault in a clear sentence, and never a mistake of the server."""

import io
import xmlrpc.client

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mypi.errors import UnreadableBody
from mypi.protocols.xmlrpc import answers, calls
from tests.protocols.xmlrpc_calls import called, fault, fault_of, posted
from tests.support import builders

CALL = xmlrpc.client.dumps((0,), "changelog_since_serial")
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<methodCall><methodName>&b;</methodName></methodCall>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<methodCall><methodName>&a;</methodName></methodCall>"
)
DEEP = f"<methodCall><methodName>search</methodName><params><param>{'<value><array><data>' * 500}"
WIDE = xmlrpc.client.dumps(([0] * 5000,), "browse")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (BOMB, "it declares a document type or entities"),
        (OUTSIDE, "it declares a document type or entities"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><methodCall/>', "it declares a document type or entities"),
        (DEEP, "it is nested deeper than 20 elements"),
        (WIDE, "it has more than 2000 elements"),
        ("", "no element found"),
        ("<methodCall><methodName>x</methodName>", "no element found"),
        ("not xml", "syntax error"),
        ("<methodCall><params/></methodCall>", "it names no method"),
        (xmlrpc.client.dumps((1,), methodresponse=True), "it names no method"),
        (xmlrpc.client.dumps(xmlrpc.client.Fault(1, "x")), "Fault 1"),
        (CALL.replace("<int>0</int>", "<int>many</int>"), "invalid literal"),
        (CALL.replace("<int>0</int>", f"<int>{'9' * 5000}</int>"), "Exceeds the limit"),
        (CALL.replace("<int>0</int>", "<boolean>2</boolean>"), "bad boolean value"),
        (CALL.replace("<int>0</int>", "<dateTime.iso8601>x</dateTime.iso8601>"), "does not match format"),
        (CALL.replace("<int>0</int>", "<bigdecimal>x</bigdecimal>"), "ConversionSyntax"),
        (CALL.replace("<int>0</int>", "<struct><member><value>x</value></member></struct>"), ""),
        (CALL.replace("<int>0</int>", "<weird>0</weird>"), "unknown tag"),
        ("<?xml version='1.0' encoding='nonsense'?><methodCall/>", ""),
        (b"<methodCall><methodName>\xff</methodName></methodCall>", "not well-formed"),
        (b"<methodCall><methodName>\x00</methodName></methodCall>", "not well-formed"),
    ],
)
def test_what_is_no_call_is_a_fault_that_says_why(peopled, body, reason):
    code, text = fault_of(posted(peopled.client(), body))
    assert code == -32700
    assert text.startswith("the body of this request cannot be read as a call of XML-RPC: ")
    assert reason in text


@pytest.mark.parametrize(
    "method", ["system.multicall", "system.listMethods", "changelog", "top_packages", "__init__", "ü"]
)
def test_a_method_that_is_not_there_is_a_fault_that_names_those_that_are(peopled, method):
    code, text = fault(peopled.client(), method, [])
    assert code == -32601
    assert text.startswith(f"there is no method '{method}' here; those that there are: ")
    assert "list_packages_with_serial" in text


@pytest.mark.parametrize(
    ("method", "values", "wrong"),
    [
        ("changelog_since_serial", (), "0 parameters"),
        ("changelog_since_serial", (1, 2), "2 parameters"),
        ("changelog_since_serial", ("1",), "a 'serial' that is not a whole number"),
        ("changelog_since_serial", (True,), "a 'serial' that is not a whole number"),
        ("changelog_since_serial", (1.5,), "a 'serial' that is not a whole number"),
        ("changelog_since_serial", (None,), "a 'serial' that is not a whole number"),
        ("changelog_last_serial", (1,), "1 parameters"),
        ("search", ("word",), "a 'words' that is not a struct of name and summary"),
        ("search", ({"description": "x"},), "a 'words' that is not a struct of name and summary"),
        ("search", ({"name": [1]},), "a 'words' that is not a struct of name and summary"),
        ("search", ({"name": "x"}, "xor"), "a 'operator' that is not 'and' or 'or'"),
        ("search", ({"name": "x"}, ["or"]), "a 'operator' that is not 'and' or 'or'"),
        ("browse", ("Framework :: Flask",), "a 'classifiers' that is not an array"),
        ("browse", (["x"] * 21,), "a 'classifiers' that is not an array"),
        ("browse", (["x" * 201],), "a 'classifiers' that is not an array"),
        ("package_roles", (b"foo",), "a 'project' that is not a text"),
        ("release_data", ("foo",), "1 parameters"),
        ("release_urls", ("foo", 1.0), "a 'version' that is not a text"),
    ],
)
def test_wrong_parameters_are_a_fault_that_says_what_is_right(peopled, method, values, wrong):
    code, text = fault(peopled.client(), method, *values)
    assert code == -32602
    assert f"was called with {wrong}" in text
    assert f": call it as {method}(" in text


def test_a_body_that_is_larger_than_any_call_is_413(peopled):
    body = CALL.encode() + b" " * calls.LARGEST_CALL
    answer = posted(peopled.client(), body)
    assert answer.status_code == 413
    assert str(calls.LARGEST_CALL) in answer.text
    exactly = CALL.encode().ljust(calls.LARGEST_CALL)
    assert posted(peopled.client(), exactly).status_code == 200


def test_a_body_without_a_length_is_read_and_one_without_an_end_is_413(peopled):
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}

    def chunked(body):
        stream = io.BytesIO(body)
        return peopled.client().post("/pypi", input_stream=stream, content_type="text/xml", environ_overrides=environ)

    assert xmlrpc.client.loads(chunked(CALL.encode()).data)
    assert chunked(b" " * (calls.LARGEST_CALL + 1)).status_code == 413


def test_an_encoded_body_is_not_unpacked(peopled):
    body = xmlrpc.client.gzip_encode(b" " * 10_000_000)
    answer = peopled.client().post("/pypi", data=body, content_type="text/xml", headers={"Content-Encoding": "gzip"})
    assert fault_of(answer) == (
        -32700,
        "the body of this request cannot be read as a call of XML-RPC: its Content-Encoding is 'gzip'",
    )


def test_other_types_at_the_same_url_go_to_the_upload_protocol(peopled):
    client = peopled.client()
    assert "form" in posted(client, CALL, content_type="application/json").text
    form = {":action": "verify", "name": "foo"}
    assert client.post("/pypi", data=form).text == "foo can be registered: its name is legal\n"
    assert called(client, "list_packages") == []
    assert fault_of(posted(client, "", content_type="application/xml; charset=utf-8"))[0] == -32700


def test_xml_that_is_posted_elsewhere_is_no_call(peopled):
    peopled.upload(builders.wheel("foo", "1.0"))
    for url in ("/team/main/foo/+yank", "/+login", "/simple/foo/", "/pypi/foo"):
        assert posted(peopled.client(), CALL, url).status_code in {400, 403, 404, 405}


def test_a_session_is_nobody_here(peopled):
    # A browser would send it with what another site makes it post.
    client = peopled.client()
    with client.session_transaction() as session:
        session["_user_id"] = "1"
    assert posted(client, CALL, "/team/secret/").status_code == 401


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_call_with_anything_changed_is_read_or_refused(data):
    body = bytearray(CALL.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body)))
        body[place : place + data.draw(st.integers(0, 9))] = data.draw(
            st.one_of(
                st.binary(max_size=4), st.sampled_from([b"<value>", b"</value>", b"<struct>", b"</data>", b"<nil/>"])
            )
        )
    try:
        call = calls.read(bytes(body))
    except UnreadableBody:
        return
    assert isinstance(call.method, str)
    assert isinstance(call.values, tuple)


_words = st.text("aZ 9\t\n<>&'\"ü✓🦊", max_size=8)
_values = st.recursive(
    st.one_of(st.integers(-(2**70), 2**70), st.booleans(), st.none(), _words),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_words, inner, max_size=4)),
    max_leaves=20,
)


@given(_values)
def test_every_value_is_read_as_it_was_written(value):
    assert xmlrpc.client.loads(answers.value(value))[0] == (value,)


def test_a_number_beyond_32_bits_is_written_with_all_its_digits():
    assert b"<int>2147483648</int>" in answers.value(2**31)
    assert b"<int>-9223372036854775808</int>" in answers.value(-(2**63))
    assert xmlrpc.client.loads(answers.value([2**40]))[0] == ([2**40],)


def test_control_characters_of_a_summary_leave_the_answer_readable(peopled):
    peopled.upload(builders.wheel("foo", "1.0", summary="bell \x07 and ]]> <!-- &"))
    (hit,) = called(peopled.client(), "search", {"name": "foo"})
    assert hit["summary"].endswith("and ]]> <!-- &")
    assert "\x07" not in hit["summary"]


def test_a_fault_can_hold_anything_that_was_asked():
    text = "'\x07\ud800<&>]]>'"
    with pytest.raises(xmlrpc.client.Fault) as told:
        xmlrpc.client.loads(answers.fault(1, text))
    assert told.value.faultString == "'<&>]]>'"
