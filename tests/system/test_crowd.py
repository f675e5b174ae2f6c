"""Many at once, on several servers that share their data: nothing is lost, one wins, readers see whole pages."""

import fcntl
import hashlib
import json
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urljoin

import pytest

from mypi import config
from mypi.config import Settings
from mypi.installation import opened
from mypi.registry import events
from tests.support import builders, forked, victims
from tests.support.installations import running_server
from tests.support.raw_http import Answer, get, upload

JSON = victims.JSON
Built = tuple[str, bytes]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of the data that all servers share."""
    return config.load(environ={}, data_directory=tmp_path_factory.mktemp("crowd") / "data")


@pytest.fixture(scope="module")
def servers(settings: Settings) -> Iterator[list[str]]:
    """Yield the addresses of three servers on one data directory; at the end everything agrees."""
    with ExitStack() as stack:
        yield [stack.enter_context(running_server(settings)).url for _ in range(3)]
    found: victims.Found = forked.call(victims.examining, settings.data_directory)
    assert found.wrong == []
    assert list((settings.data_directory / "incoming").iterdir()) == []


def at_once(*requests: tuple[str, Built]) -> list[Answer]:
    """Upload to these addresses, all begun in the same moment, and return the answers."""
    ready = threading.Barrier(len(requests))

    def send(url: str, built: Built) -> Answer:
        ready.wait()
        return upload(url, *built)

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(send, *zip(*requests, strict=True)))


def listed(url: str, project: str) -> dict[str, str]:
    """Return the files on a project's page with their digests; none when there is no page."""
    answer = get(url, f"/simple/{project}/", Accept=JSON)
    assert answer.status in {200, 404}
    if answer.status == 404:
        return {}
    return {file["filename"]: file["hashes"]["sha256"] for file in json.loads(answer.text)["files"]}


def served(url: str, project: str) -> dict[str, bytes]:
    """Return the bytes of each file of a project."""
    page = f"/simple/{project}/"
    files = json.loads(get(url, page, Accept=JSON).text)["files"]
    return {file["filename"]: get(url, urljoin(page, file["url"])).body for file in files}


def recorded(settings: Settings, project: str) -> Counter[str]:
    """Return the kinds of the events of a project, counted."""
    with opened(settings):
        return Counter(event.kind for event in events.since(0) if event.project == project)


class Reader:
    """Somebody who loads a project's page again and again, and notes every file that is missing from one."""

    def __init__(self, url: str, project: str) -> None:
        self.lost: list[str] = []
        self.pages = 0
        self._url, self._project = url, project
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _read(self) -> None:
        seen: set[str] = set()
        while not self._over.is_set():
            now = set(listed(self._url, self._project))
            self.lost += seen - now
            seen |= now
            self.pages += 1


def test_of_fifty_uploads_at_once_all_are_there_and_no_page_ever_lost_one(
    servers: list[str], settings: Settings
) -> None:
    crowd = [builders.wheel("crowd", f"1.{number}") for number in range(50)]
    with Reader(servers[0], "crowd") as reader:
        answers = at_once(*[(servers[number % 3], built) for number, built in enumerate(crowd)])
    assert {(answer.status, answer.reason) for answer in answers} == {(200, "OK")}
    assert reader.lost == []
    assert reader.pages
    for url in servers:
        assert served(url, "crowd") == dict(crowd)
    assert recorded(settings, "crowd") == {"file.uploaded": 50}


def test_fifty_new_projects_at_once_are_all_on_the_list(servers: list[str]) -> None:
    crowd = [builders.sdist(f"new-{number}", "1.0") for number in range(50)]
    answers = at_once(*[(servers[number % 3], built) for number, built in enumerate(crowd)])
    assert {answer.status for answer in answers} == {200}
    for url in servers:
        names = {project["name"] for project in json.loads(get(url, "/simple/", Accept=JSON).text)["projects"]}
        assert {f"new-{number}" for number in range(50)} <= names


def test_of_many_with_other_bytes_under_one_filename_exactly_one_wins(servers: list[str], settings: Settings) -> None:
    rivals = [builders.wheel("rival", "1.0", files={"rival.py": b"%d" % number}) for number in range(30)]
    assert len(dict(rivals)) == 1
    answers = at_once(*[(servers[number % 3], built) for number, built in enumerate(rivals)])
    assert Counter(answer.status for answer in answers) == {200: 1, 409: 29}
    assert all("already exists" in answer.reason for answer in answers if answer.status == 409)
    winner = next(built for built, answer in zip(rivals, answers, strict=True) if answer.status == 200)
    for url in servers:
        assert served(url, "rival") == dict([winner])
    assert recorded(settings, "rival") == {"file.uploaded": 1}


def test_of_many_with_the_same_bytes_all_are_told_that_it_is_there(servers: list[str], settings: Settings) -> None:
    same = builders.sdist("same", "1.0")
    answers = at_once(*[(servers[number % 3], same) for number in range(30)])
    assert {answer.status for answer in answers} == {200}
    assert listed(servers[0], "same") == {same[0]: hashlib.sha256(same[1]).hexdigest()}
    assert recorded(settings, "same") == {"file.uploaded": 1}


def test_of_many_sdists_of_one_version_exactly_one_wins(servers: list[str]) -> None:
    rivals = [builders.sdist("twin", "1.0"), builders.zip_sdist("twin", "1.0")] * 6
    answers = at_once(*[(servers[number % 3], built) for number, built in enumerate(rivals)])
    assert len({built[0] for built, answer in zip(rivals, answers, strict=True) if answer.status == 200}) == 1
    assert {answer.status for answer in answers} == {200, 409}
    assert len(listed(servers[0], "twin")) == 1


def test_of_many_spellings_of_one_new_name_one_project_comes(servers: list[str]) -> None:
    spellings = ["Spelt.Name", "spelt-name", "SPELT_NAME", "spelt.name"]
    crowd = [builders.wheel(name, f"1.{number}") for number, name in enumerate(spellings * 3)]
    answers = at_once(*[(servers[number % 3], built) for number, built in enumerate(crowd)])
    assert {answer.status for answer in answers} == {200}
    assert set(listed(servers[0], "spelt-name")) == {filename for filename, _ in crowd}


def test_the_history_of_all_that_is_one_unbroken_chain(servers: list[str], settings: Settings) -> None:
    with opened(settings):
        assert list(events.breaks_in_chain()) == []
        serials = [event.serial for event in events.since(0)]
    assert serials == list(range(1, len(serials) + 1))


def test_a_locked_database_holds_up_no_reader_and_a_writer_for_a_bounded_time(tmp_path: Path) -> None:
    settings = config.load(environ={}, data_directory=tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mypi.toml").write_text("busy_timeout = 1\n")
    with running_server(settings) as server:
        known = builders.wheel("known", "1.0")
        assert upload(server.url, *known).status == 200
        database = sqlite3.connect(tmp_path / "data" / "mypi.sqlite", isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        refused = upload(server.url, *builders.wheel("known", "1.1"))
        assert refused.status == 503
        assert int(refused.header("Retry-After")) > 0
        assert refused.text.count("\n") == 1
        assert served(server.url, "known") == dict([known])
        database.execute("ROLLBACK")
        database.close()
        assert upload(server.url, *builders.wheel("known", "1.1")).status == 200
        assert len(listed(server.url, "known")) == 2


def test_a_process_that_hangs_while_it_renders_holds_up_a_writer_for_a_bounded_time(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mypi.toml").write_text("busy_timeout = 1\n")
    with running_server(config.load(environ={}, data_directory=tmp_path / "data")) as server:
        built = builders.wheel("known", "1.0")
        with (tmp_path / "data/tree/lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            late = upload(server.url, *built)
            assert (late.status, late.header("Retry-After")) == (503, "60")
            assert "this is recorded" in late.text
            assert get(server.url, "/simple/").status == 200
        assert upload(server.url, *built).status == 200
        assert served(server.url, "known") == dict([built])
