"""Failures as answers: status, reason, body; what is unexpected tells nothing but a reference."""

import json
import logging

import pytest
from flask import Flask
from hypothesis import given, strategies
from werkzeug.exceptions import BadRequest, ImATeapot, MethodNotAllowed, NotFound, RequestEntityTooLarge

from mypi import errors
from mypi.errors import Failure, Kind
from mypi.http import failures

EXISTS = errors.FileExists(filename="foo-1.0.tar.gz")


def respond(failure: Failure, accept: str | None = None, **how):
    headers = {"Accept": accept} if accept is not None else {}
    with Flask("test").test_request_context("/x", headers=headers):
        return failures.respond(failure, **how)


def everything(parent=Failure):
    for failure in parent.__subclasses__():
        yield failure
        yield from everything(failure)


@pytest.mark.parametrize("failure", list(everything()), ids=lambda failure: failure.code)
def test_every_failure_has_its_status_its_reason_and_is_kept_by_nobody(failure):
    facts = {name: 7 if "int" in str(kind) else "x" for name, kind in failure.__annotations__.items()}
    made = failure(**facts)
    response = respond(made)
    assert response.status_code == failure.kind.value
    assert response.get_data(as_text=True) == made.message + "\n"
    assert response.status.startswith(f"{failure.kind.value} ")
    assert response.headers["Cache-Control"] == "no-store"
    assert {"Accept", "Authorization"} <= set(response.vary)
    assert ("WWW-Authenticate" in response.headers) is (failure.kind is Kind.UNAUTHENTICATED)


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/plain; charset=utf-8"),
        ("*/*", "text/plain; charset=utf-8"),
        ("text/html", "text/plain; charset=utf-8"),
        ("application/json", "application/json"),
        ("application/problem+json", "application/problem+json"),
        ("application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7", "application/json"),
        ("text/plain, application/json;q=0.5", "text/plain; charset=utf-8"),
    ],
)
def test_the_form_is_the_one_that_the_client_prefers(accept, kind):
    assert respond(EXISTS, accept).headers["Content-Type"] == kind


def test_json_and_problem_details_hold_the_same_sentence():
    said = json.loads(respond(EXISTS, "application/json").get_data())
    problem = json.loads(respond(EXISTS, "application/problem+json").get_data())
    assert said["message"] == problem["detail"] == EXISTS.message
    assert (said["error"], problem["status"]) == ("file-exists", 409)


def test_json_has_the_reason_in_code_as_uv_shows_nothing_else():
    assert json.loads(respond(EXISTS, "application/json").get_data())["code"] == f"409 {EXISTS.message}"


def test_a_protocol_may_have_a_status_of_its_own():
    response = respond(errors.WrongPassword(), status=403)
    assert response.status_code == 403
    assert "WWW-Authenticate" not in response.headers


@given(strategies.text())
def test_a_reason_is_one_line_of_printable_ascii(text):
    reason = failures.reason_phrase(text)
    assert reason.isascii()
    assert reason.isprintable()
    assert len(reason) <= failures.LONGEST_REASON


@given(strategies.text(max_size=1000))
def test_a_hostile_value_comes_back_short_and_on_one_line(text):
    response = respond(errors.NoSuchPage(path=text))
    body = response.get_data(as_text=True)
    assert len(body.splitlines()) == 1
    assert len(body) < 1200
    assert "\n" not in response.status


@pytest.mark.parametrize(
    ("failure", "seconds"), [(errors.DatabaseBusy(), "5"), (errors.TooManyGuesses(seconds=8), "8")]
)
def test_where_a_time_is_known_it_is_said(failure, seconds):
    assert respond(failure).headers["Retry-After"] == seconds


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (EXISTS, errors.FileExists),
        (NotFound(), errors.NoSuchPage),
        (MethodNotAllowed(["POST"]), errors.MethodNotAllowed),
        (RequestEntityTooLarge(), errors.TooManyFields),
        (BadRequest("half a header"), errors.UnreadableBody),
        (ImATeapot(), errors.UnreadableBody),
    ],
)
def test_what_the_framework_raises_becomes_a_failure(error, failure):
    with Flask("test").test_request_context("/x"):
        assert isinstance(failures.as_failure(error), failure)


def test_an_unexpected_error_is_logged_under_a_reference_and_tells_the_client_nothing_else(caplog):
    with Flask("test").test_request_context("/x"), caplog.at_level(logging.ERROR, "mypi"):
        failure = failures.as_failure(KeyError("the secret"))
    assert failure.kind is Kind.BROKEN
    assert "secret" not in failure.message
    (record,) = caplog.records
    assert failure.reference in record.getMessage()
    assert record.exc_info


def test_the_log_holds_no_line_break_of_a_request(caplog):
    with Flask("test").test_request_context("/a%0aERROR injected"), caplog.at_level(logging.ERROR, "mypi"):
        failures.as_failure(KeyError())
    assert "\n" not in caplog.records[0].getMessage()


@pytest.mark.parametrize("tail", ["+simple/", "+simple/foo/", "", "+api", "+events", "+events.atom", "foo", "foo/1.0"])
@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*"])
def test_however_an_index_is_spelt_one_that_is_not_ones_own_is_answered_as_none(peopled, tail, accept):
    client = peopled.client("stranger")
    there, nowhere = (client.get(f"/Team/{name}/{tail}", headers={"Accept": accept}) for name in ("Secret", "Nowhere"))
    told = [there.status + there.text, nowhere.status + nowhere.text]
    assert told[0].replace("Secret", "Nowhere").replace("secret", "nowhere") == told[1]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_however_an_index_is_spelt_an_act_on_it_is_answered_as_on_none(peopled, method):
    client = peopled.client("stranger")
    there, nowhere = (client.open(f"/Team/{name}", method=method, json={}) for name in ("Secret", "Nowhere"))
    told = [there.status + there.text, nowhere.status + nowhere.text]
    assert told[0].replace("Secret", "Nowhere").replace("secret", "nowhere") == told[1]
