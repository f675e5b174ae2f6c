"""POST to an upload URL: what each refusal answers, in which form, and that it leaves nothing behind."""

import io
import json
import sqlite3

import pytest

from mypi.http import actor
from mypi.registry.files import File
from mypi.registry.projects import Project
from tests.protocols.raw_bodies import BOUNDARY, crlf, metadata_fields, post_stream
from tests.support import builders
from tests.support.peopled import MAIN, PASSWORD, SECRET, at, basic, form

UV_ACCEPT = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"
WHEEL = builders.wheel("foo", "1.0")


def post(client, built=WHEEL, url="/", headers=None, **fields):
    return client.post(url, data=form(built, **fields), headers=headers or {})


def nothing_is_there(peopled) -> bool:
    return not (peopled.rows(File) or peopled.rows(Project) or peopled.litter() or peopled.blobs())


def conflict(peopled, accept=None):
    assert post(peopled.client("uploader")).status_code == 200
    headers = {"Accept": accept} if accept else {}
    return post(peopled.client("uploader"), builders.wheel("foo", "1.0", summary="other"), headers=headers)


def test_identical_bytes_again_are_200_and_leave_no_event(peopled):
    client = peopled.client("uploader")
    assert post(client).status_code == 200
    before = peopled.events()
    answer = post(client)
    assert (answer.status_code, peopled.events()) == (200, before)


def test_other_bytes_are_409_with_the_reason_in_the_status_line_and_in_the_body(peopled):
    answer = conflict(peopled)
    assert (answer.status_code, answer.content_type) == (409, "text/plain; charset=utf-8")
    assert answer.status.startswith("409 File already exists")
    assert answer.text.startswith("File already exists")
    assert len(answer.text.splitlines()) == 1


@pytest.mark.parametrize("accept", [UV_ACCEPT, "application/json"])
def test_a_client_that_prefers_json_gets_message_code_and_title_typed_exactly(peopled, accept):
    answer = conflict(peopled, accept)
    assert answer.headers["Content-Type"] == "application/json"
    said = json.loads(answer.data)
    assert {"message", "code", "title"} <= set(said)
    assert (said["error"], said["title"]) == ("file-exists", "Conflict")
    assert said["code"].startswith("409 File already exists")  # uv shows the code and nothing else
    assert said["message"].startswith("File already exists")


def test_a_client_that_asks_for_problem_details_gets_them(peopled):
    answer = conflict(peopled, "application/problem+json")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.data)["status"] == 409


@pytest.mark.parametrize("accept", [None, "*/*", "text/plain", "text/html", "image/png", "nonsense"])
def test_every_other_client_gets_plain_text(peopled, accept):
    assert conflict(peopled, accept).content_type == "text/plain; charset=utf-8"


@pytest.mark.parametrize("url", ["/legacy/", "/legacy", "/pypi", "/pypi/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_to_get_an_upload_url_is_405_and_never_a_page(peopled, url, method):
    answer = getattr(peopled.client(), method)(url)
    assert (answer.status_code, answer.content_type) == (405, "text/plain; charset=utf-8")
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize("url", ["/", "/legacy/", "/simple/", "/simple/foo/"])
def test_other_methods_are_405_and_change_nothing(peopled, method, url):
    post(peopled.client("uploader"))
    before = peopled.events()
    answer = getattr(peopled.client("admin"), method)(url)
    assert (answer.status_code, peopled.events()) == (405, before)


@pytest.mark.parametrize("url", ["/", "/legacy/", "/pypi", f"/{MAIN}/", f"/{SECRET}/", "/team/nowhere/"])
def test_an_upload_without_password_is_401_with_the_realm_wherever_it_goes(peopled, url):
    answer = post(peopled.client(), url=url)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="pypi"')
    assert answer.content_type == "text/plain; charset=utf-8"
    assert nothing_is_there(peopled)


class Unread(io.RawIOBase):
    """A body that tells whether somebody read of it."""

    def __init__(self) -> None:
        self.was_read = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        self.was_read = True
        buffer[:] = b"x" * len(buffer)
        return len(buffer)


@pytest.mark.parametrize(
    ("authorization", "status"),
    [(None, 401), (basic("uploader", "wrong-password"), 403), (basic("nobody-here"), 403), (basic("stranger"), 403)],
)
def test_who_may_not_upload_is_told_before_the_body_is_read(peopled, authorization, status):
    body = Unread()
    content_type = f"multipart/form-data; boundary={BOUNDARY}"
    answer = post_stream(peopled.app, body, content_type, 8 * 1024**3, authorization)
    assert (answer.status_code, body.was_read) == (status, False)


def test_a_wrong_password_is_403_as_distutils_would_send_it_again_after_a_401(peopled):
    answer = post(peopled.client("uploader", "wrong-password"))
    assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (403, None)
    assert nothing_is_there(peopled)


def test_guessing_is_slowed_down_with_a_time_to_wait(peopled, monkeypatch):
    monkeypatch.setattr(actor, "_proven", {})  # a right password of the test before may be remembered
    client = peopled.client("uploader", "wrong-password")
    answers = [post(client).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    braked = post(peopled.client("uploader"))
    assert braked.status_code == 429
    assert int(braked.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(("name", "status"), [("stranger", 403), ("reader", 403), ("yanker", 403), ("patterned", 403)])
def test_who_lacks_the_right_on_an_index_that_they_see_is_403(peopled, name, status):
    answer = post(peopled.client(name), name="foo")
    assert (answer.status_code, nothing_is_there(peopled)) == (status, True)
    assert "upload" in answer.text


def test_a_hidden_index_answers_like_one_that_is_not_there(peopled):
    hidden, missing = (post(peopled.client("stranger"), url=f"/{name}/") for name in (SECRET, "team/nowhere"))
    assert hidden.status_code == missing.status_code == 404
    assert hidden.text.replace(SECRET, "") == missing.text.replace("team/nowhere", "")


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"md5_digest": "0" * 32}, 400, "md5"),
        ({"sha256_digest": "0" * 64}, 400, "sha256"),
        ({"blake2_256_digest": "0" * 64}, 400, "blake2_256"),
        ({"sha256_digest": "zz"}, 400, "sha256"),
        ({"name": "bar"}, 400, "bar"),
        ({"version": "9"}, 400, "9"),
        ({"name": "not a name"}, 400, "not a name"),
        ({"protocol_version": "2"}, 400, "protocol_version"),
        ({":action": "explode"}, 400, "explode"),
        ({":action": ""}, 400, ":action"),
        ({"attestations": "[{}]"}, 400, "attestations"),
    ],
)
def test_a_form_that_is_wrong_is_told_what_is_wrong(peopled, fields, status, said):
    answer = post(peopled.client("uploader"), **fields)
    assert answer.status_code == status
    assert said in answer.text
    assert said in answer.status
    assert nothing_is_there(peopled)


@pytest.mark.parametrize("value", ["UNKNOWN", "", "  "])
def test_an_unknown_or_empty_field_counts_as_absent(peopled, value):
    fields = {"name": value, "version": value, "md5_digest": value, "protocol_version": value, "comment": value}
    assert post(peopled.client("uploader"), **fields).status_code == 200
    assert peopled.rows(File)[0].comment == ""


@pytest.mark.parametrize(
    "filename",
    [
        "",
        "foo-1.0.tar.gz/../../x",
        "..\\foo-1.0.tar.gz",
        "/etc/passwd",
        "foo-1.0.tar.gz\x00.whl",
        "foo-1.0.tar.gz\x7f",
        ".foo-1.0.tar.gz",
        "foo-1.0.tar.xz",
        "foo-1.0.rpm",
        "foo.whl",
        "föö-1.0.tar.gz",
        "a" * 300 + "-1.0.tar.gz",
    ],
)
def test_a_filename_that_is_none_is_refused(peopled, filename):
    body, content_type = crlf([(":action", "file_upload")], [("content", (filename, WHEEL[1]), "")])
    answer = peopled.client("uploader").post("/", data=body, content_type=content_type)
    assert answer.status_code == 400, answer.text
    assert nothing_is_there(peopled)


def test_a_deleted_filename_and_a_second_sdist_and_a_lookalike_are_409(peopled):
    from mypi.registry import deleting

    client = peopled.client("uploader")
    assert post(client).status_code == 200
    deleting.delete_file(peopled.registry, peopled.actor("admin"), peopled.index(), "foo", WHEEL[0])
    assert post(client).status_code == 409
    assert post(client, builders.sdist("foo", "1.0")).status_code == 200
    assert post(client, builders.zip_sdist("foo", "1.0")).status_code == 409
    assert post(client, builders.wheel("f0o", "1.0")).status_code == 409


@pytest.mark.parametrize("status", ["archived", "quarantined"])
def test_a_closed_project_answers_403(peopled, status):
    from mypi.registry import project_statuses
    from mypi.standards.project_status import ProjectStatus

    post(peopled.client("uploader"))
    shell = peopled.actor("shell")
    project_statuses.set_status(peopled.registry, shell, peopled.index(), "foo", ProjectStatus(status))
    answer = post(peopled.client("uploader"), builders.wheel("foo", "2.0"))
    assert answer.status_code == 403
    assert status in answer.text


def test_a_file_above_the_limit_is_413(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "small", max_file_size=100) as small:
        answer = post(small.client("uploader"))
        assert (answer.status_code, nothing_is_there(small)) == (413, True)


def test_a_locked_database_is_503_with_a_time_to_wait(peopled_template, tmp_path):
    with at(peopled_template, tmp_path / "busy", busy_timeout=0) as busy:
        client = busy.client("uploader")
        assert post(client, builders.wheel("bar", "1.0")).status_code == 200
        other = sqlite3.connect(busy.data / "mypi.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            answer = post(client)
        finally:
            other.execute("ROLLBACK")
            other.close()
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert busy.litter() == []
        assert post(client).status_code == 200


def test_while_a_body_comes_slowly_others_write(peopled):
    body, content_type = crlf([(":action", "file_upload"), ("name", "foo")], [("content", WHEEL, "")])
    wrote = []

    def write() -> None:
        other = sqlite3.connect(peopled.data / "mypi.sqlite", timeout=0, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE users SET name = name")
        other.execute("COMMIT")
        other.close()
        wrote.append(True)

    class Slowly(io.RawIOBase):
        def __init__(self) -> None:
            self._body = io.BytesIO(body)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer) -> int:
            if not wrote:
                write()
            return self._body.readinto(buffer)

    answer = post_stream(peopled.app, Slowly(), content_type, len(body), basic("uploader"))
    assert (answer.status_code, wrote) == (200, [True])


def test_answers_are_kept_by_nobody_and_set_no_cookie(peopled):
    answers = [post(peopled.client("uploader")), post(peopled.client()), conflict(peopled)]
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


def test_a_password_may_hold_any_character(peopled):
    from mypi.registry import accounts

    accounts.set_password(peopled.registry, peopled.actor("shell"), "uploader", "pass:wörd %2f ✓")
    assert post(peopled.client("uploader", "pass:wörd %2f ✓")).status_code == 200
    assert post(peopled.client("uploader", PASSWORD), builders.wheel("bar", "1.0")).status_code == 403


def test_metadata_fields_of_a_register_need_a_legal_name(peopled):
    for name in ("", "-", "a b", "UNKNOWN", "n" * 201, "\x00"):
        fields = [(":action", "submit"), *metadata_fields(name, "1.0")]
        body, content_type = crlf(fields)
        answer = peopled.client("uploader").post("/", data=body, content_type=content_type)
        assert answer.status_code == 400
    assert nothing_is_there(peopled)
