"""Conditional and partial answers: through the test client, and through a real server on a socket."""

import http.client
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from waitress import create_server

from mypi.http.conditional import Caching, etag_of, send_bytes, send_file, set_caching
from mypi.http.file_part import BLOCK, FilePart

BODY = bytes(range(256)) * 4
BIG = os.urandom(3 * BLOCK + 17)


def answered(path: Path, method: str = "GET", sent: dict[str, str] | None = None, **facts: Any) -> Any:
    """Return the finished answer of an application that sends this file to a request with these headers."""
    app = Flask(__name__)
    facts = {"content_type": "application/octet-stream", "cache": Caching.IMMUTABLE, **facts}
    app.add_url_rule("/", "file", lambda: send_file(path, **facts))
    return app.test_client().open("/", method=method, headers=sent, buffered=True)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pkg-1.0.tar.gz"
    path.write_bytes(BODY)
    return path


def test_a_whole_file_has_length_type_etag_and_lasting_caching(file: Path) -> None:
    answer = answered(file)
    assert (answer.status_code, answer.data) == (200, BODY)
    assert dict(answer.headers) == {
        "Content-Type": "application/octet-stream",
        "Content-Length": "1024",
        "Accept-Ranges": "bytes",
        "Cache-Control": "max-age=365000000, immutable",
        "ETag": etag_of(file.stat()),
    }


def test_the_etag_is_size_and_microseconds_in_hex_as_apache_writes_it(file: Path) -> None:
    os.utime(file, ns=(0, 1_700_000_000_123_456_789))
    assert etag_of(file.stat()) == f'"400-{1_700_000_000_123_456:x}"'


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_head_has_the_status_and_headers_of_get_and_no_body(file: Path, encoding: str | None) -> None:
    get, head = answered(file, encoding=encoding), answered(file, "HEAD", encoding=encoding)
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)


@pytest.mark.parametrize("shape", ["{}", "W/{}", '"other", {}', 'W/"x",W/{}', "*"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match_with_our_etag_is_answered_304(file: Path, shape: str, method: str) -> None:
    etag = etag_of(file.stat())
    answer = answered(file, method, {"If-None-Match": shape.format(etag), "Range": "bytes=0-1"}, vary=("Accept",))
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == etag
    assert answer.headers["Cache-Control"] == Caching.IMMUTABLE.value
    assert answer.headers["Vary"] == "Accept"
    assert "Content-Length" not in answer.headers


def test_a_compressed_page_is_answered_304_as_well(file: Path) -> None:
    sent = {"If-None-Match": etag_of(file.stat())}
    assert answered(file, sent=sent, encoding="gzip", cache=Caching.PAGE).status_code == 304


@pytest.mark.parametrize("tags", ['"other"', "junk", '"', "", 'W/"other", "*"'])
def test_if_none_match_without_our_etag_gets_the_content(file: Path, tags: str) -> None:
    assert answered(file, sent={"If-None-Match": tags}).data == BODY


def test_if_match_with_another_etag_is_answered_412_and_with_ours_the_content(file: Path) -> None:
    refused = answered(file, sent={"If-Match": '"other"'})
    assert (refused.status_code, refused.mimetype) == (412, "text/plain")
    assert refused.headers["Cache-Control"] == "no-store"
    assert answered(file, sent={"If-Match": "W/" + etag_of(file.stat())}).status_code == 412
    for tags in (etag_of(file.stat()), "*"):
        assert answered(file, sent={"If-Match": tags}).data == BODY


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-0", 0, 0), ("bytes=10-19", 10, 19), ("bytes=1000-", 1000, 1023), ("bytes=-24", 1000, 1023),
     ("bytes=-10000", 0, 1023), ("bytes=1000-9999", 1000, 1023)],
)  # fmt: skip
def test_a_range_is_answered_206_with_just_that_part(file: Path, asked: str, first: int, last: int) -> None:
    answer = answered(file, sent={"Range": asked})
    assert (answer.status_code, answer.data) == (206, BODY[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer.headers["Content-Length"] == str(last - first + 1)
    assert answer.headers["ETag"] == etag_of(file.stat())


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_past_the_end_is_answered_416_with_the_size_in_plain_text(file: Path, asked: str) -> None:
    answer = answered(file, sent={"Range": asked})
    assert (answer.status_code, answer.mimetype) == (416, "text/plain")
    assert answer.headers["Content-Range"] == "bytes */1024"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=5-2", "lines=0-1", "bytes=x-y"])
def test_several_ranges_and_unreadable_ones_get_the_whole_file(file: Path, asked: str) -> None:
    answer = answered(file, sent={"Range": asked})
    assert (answer.status_code, answer.data) == (200, BODY)


def test_if_range_with_our_etag_resumes_and_with_a_stale_one_starts_anew(file: Path) -> None:
    etag = etag_of(file.stat())
    resumed = answered(file, sent={"Range": "bytes=1000-", "If-Range": etag})
    assert (resumed.status_code, resumed.data) == (206, BODY[1000:])
    for stale in ('"other"', f"W/{etag}", "Wed, 21 Oct 2015 07:28:00 GMT"):
        for asked in ("bytes=1000-", "bytes=5000-"):
            anew = answered(file, sent={"Range": asked, "If-Range": stale})
            assert (anew.status_code, anew.data) == (200, BODY)


def test_a_range_of_a_compressed_representation_is_passed_over(file: Path) -> None:
    answer = answered(file, sent={"Range": "bytes=0-1"}, encoding="gzip")
    assert (answer.status_code, answer.data) == (200, BODY)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Accept-Ranges"] == "none"


def test_a_file_is_never_sent_with_a_content_encoding_or_a_disposition(file: Path) -> None:
    answer = answered(file, sent={"Accept-Encoding": "gzip"})
    assert not {"Content-Encoding", "Content-Disposition", "Last-Modified", "Set-Cookie"} & set(answer.headers.keys())


def test_an_empty_file_is_sent_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    answer = answered(tmp_path / "empty")
    assert (answer.status_code, answer.data, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answered(tmp_path / "empty", sent={"Range": "bytes=-5"}).status_code == 200
    assert answered(tmp_path / "empty", sent={"Range": "bytes=0-"}).headers["Content-Range"] == "bytes */0"


@pytest.mark.parametrize("cache", [Caching.PRIVATE_PAGE, Caching.PRIVATE_IMMUTABLE])
def test_a_private_answer_varies_by_who_asks(file: Path, cache: Caching) -> None:
    for sent in ({}, {"If-None-Match": "*"}, {"Range": "bytes=5000-"}):
        answer = answered(file, sent=sent, cache=cache, vary=("Accept", "Accept-Encoding"))
        assert set(answer.vary) == {"Accept", "Accept-Encoding", "Authorization"}
    assert answered(file, cache=cache).headers["Cache-Control"].startswith("private, ")


def test_other_headers_go_with_the_content_and_with_304(file: Path) -> None:
    for sent in ({}, {"If-None-Match": "*"}):
        answer = answered(file, sent=sent, headers={"X-PyPI-Last-Serial": "7"})
        assert answer.headers["X-PyPI-Last-Serial"] == "7"


def test_a_file_that_is_not_there_is_the_callers_to_tell(tmp_path: Path) -> None:
    app = Flask(__name__)
    with app.test_request_context(), pytest.raises(FileNotFoundError):
        send_file(tmp_path / "none", content_type="text/html", cache=Caching.PAGE)


def test_bytes_have_an_etag_of_their_content_and_are_answered_304() -> None:
    app = Flask(__name__)
    app.add_url_rule(
        "/<word>", "w", lambda word: send_bytes(word.encode(), content_type="text/html", cache=Caching.PAGE)
    )
    client = app.test_client()
    answer = client.get("/one")
    assert (answer.data, answer.headers["Cache-Control"]) == (b"one", "max-age=0")
    assert client.get("/one", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/two", headers={"If-None-Match": answer.headers["ETag"]}).data == b"two"
    assert client.head("/one").headers["Content-Length"] == "3"


def test_caching_is_added_to_what_already_varies() -> None:
    response = Response(headers={"Vary": "Accept"})
    set_caching(response, Caching.PRIVATE_PAGE, ("accept", "Cookie"))
    assert response.headers["Vary"] == "Accept, Cookie, Authorization"
    assert set_caching(response, Caching.NO_STORE).headers["Cache-Control"] == "no-store"


# --- large files: read in blocks, closed always ---------------------------------------------------------------------


@pytest.fixture
def big(tmp_path: Path) -> Path:
    path = tmp_path / "big-1.0.tar.gz"
    path.write_bytes(BIG)
    return path


def descriptors(path: Path) -> int:
    """Return how often this process has the file open."""
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        try:
            found += link.readlink() == path
        except FileNotFoundError:  # The descriptor of this very listing.
            continue
    return found


def test_a_part_of_a_file_is_read_in_blocks_and_closed_after_its_last(big: Path) -> None:
    file = big.open("rb")
    blocks = list(FilePart(file, 2 * BLOCK + 1))
    assert [len(block) for block in blocks] == [BLOCK, BLOCK, 1]
    assert b"".join(blocks) == BIG[: 2 * BLOCK + 1]
    assert file.closed


def test_a_part_of_a_file_that_was_cut_short_ends_and_is_closed(big: Path) -> None:
    file = big.open("rb")
    assert b"".join(FilePart(file, len(BIG) + 5)) == BIG
    assert file.closed


@pytest.mark.parametrize(
    ("method", "sent", "status"),
    [
        ("GET", {}, 200),
        ("GET", {"Range": "bytes=1-"}, 206),
        ("GET", {"Range": "bytes=1-150000"}, 206),
        ("GET", {"Range": "bytes=999999999-"}, 416),
        ("GET", {"If-None-Match": "*"}, 304),
        ("HEAD", {}, 200),
    ],
)
def test_no_answer_leaves_the_file_open(big: Path, method: str, sent: dict[str, str], status: int) -> None:
    answer = answered(big, method, sent)
    assert answer.status_code == status
    assert descriptors(big) == 0


def test_a_failure_while_answering_leaves_the_file_closed(big: Path) -> None:
    app = Flask(__name__)
    with app.test_request_context(), pytest.raises(ValueError, match="newline"):
        send_file(big, content_type="text/html", cache=Caching.PAGE, headers={"X-Bad": "a\r\nX-Worse: b"})
    assert descriptors(big) == 0


Ask = Callable[[str, dict[str, str]], tuple[http.client.HTTPResponse, bytes]]


@pytest.fixture
def ask(big: Path) -> Iterator[Ask]:
    """Serve the large file by the embedded server; give a function that asks it on a connection kept open."""
    app = Flask(__name__)
    app.add_url_rule("/", "f", lambda: send_file(big, content_type="application/octet-stream", cache=Caching.IMMUTABLE))
    server = create_server(app, host="127.0.0.1", port=0, threads=1)
    thread = threading.Thread(target=server.run)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=30)

    def asked(method: str, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        connection.request(method, "/", headers=headers)
        answer = connection.getresponse()
        return answer, answer.read()

    yield asked
    connection.close()
    server.trigger.pull_trigger(lambda: stop(server))
    thread.join()


def stop(server: Any) -> None:
    server.task_dispatcher.shutdown()
    server.close()
    for channel in list(server.active_channels.values()):
        channel.close()


def test_the_embedded_server_sends_whole_files_and_parts_of_them(ask: Ask, big: Path) -> None:
    cases = [("GET", None, BIG), ("HEAD", None, b""), ("GET", "bytes=70000-", BIG[70000:]), ("GET", None, BIG)]
    cases += [("GET", "bytes=5-140000", BIG[5:140001]), ("GET", "bytes=-5", BIG[-5:]), ("HEAD", "bytes=0-1", b"")]
    for method, asked, expected in cases:
        answer, body = ask(method, {"Range": asked} if asked else {})
        assert body == expected
        assert int(answer.headers["Content-Length"]) == (len(BIG) if method == "HEAD" else len(expected))
        assert answer.headers["ETag"] == etag_of(big.stat())
    assert descriptors(big) == 0


def test_the_wrapper_of_the_server_is_used_where_the_part_ends_with_the_file(
    big: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Flask(__name__)
    wrapped: list[int] = []

    def wrapper(file: Any, block: int) -> Iterator[bytes]:
        wrapped.append(file.tell())
        with file:
            yield from iter(lambda: file.read(block), b"")

    app.add_url_rule("/", "f", lambda: send_file(big, content_type="text/html", cache=Caching.PAGE))
    for asked, expected in (("bytes=0-", BIG), ("bytes=9-", BIG[9:]), ("bytes=9-99999", BIG[9:100000])):
        answer = app.test_client().get(
            "/", headers={"Range": asked}, environ_overrides={"wsgi.file_wrapper": wrapper}, buffered=True
        )
        assert answer.data == expected
    assert wrapped == [0, 9]
    assert descriptors(big) == 0
