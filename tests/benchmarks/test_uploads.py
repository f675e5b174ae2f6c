"""What was acknowledged is looked for, and what is gone is noticed."""

from urllib.parse import urlsplit

import pytest

from benchmarks import uploads
from benchmarks.checks import WrongAnswer
from benchmarks.systems.system import Running, UploadTo
from tests.support.installations import ADMINISTRATOR, PASSWORD, CommandLine, running_server

FOR_EVER = float("inf")


@pytest.fixture
def running(settings):
    """Yield a real server as the benchmark sees it."""
    with running_server(settings) as server:
        port = urlsplit(server.url).port
        yield Running(port, server.process.pid, "/simple/", 0.0, UploadTo("/", ADMINISTRATOR, PASSWORD))


def test_all_that_two_clients_upload_is_found_again(running):
    outcome = uploads.upload(running, uploads.prepared("test", clients=2, each=3), FOR_EVER)
    assert (len(outcome.seconds), outcome.remarks) == (6, [])
    assert outcome.rate > 0


def test_an_acknowledged_file_that_is_gone_is_noticed(running, settings, monkeypatch):
    monkeypatch.setattr(uploads, "SETTLED", 0.0)
    clients = uploads.prepared("test", clients=1, each=2)
    uploads.upload(running, clients, FOR_EVER)
    assert uploads.lost(running, clients[0]) == 0
    done = CommandLine(settings)("delete", clients[0].project, "1.0", "--yes")
    assert done.code == 0, done.err
    assert uploads.lost(running, clients[0]) == 1


def test_other_bytes_under_an_acknowledged_name_are_noticed(running):
    clients = uploads.prepared("test", clients=1, each=1)
    uploads.upload(running, clients, FOR_EVER)
    clients[0].acknowledged = dict.fromkeys(clients[0].acknowledged, "0" * 64)
    assert uploads.lost(running, clients[0]) == 1


def test_a_server_that_takes_nothing_has_no_figure(running):
    stranger = Running(running.port, running.pid, "/simple/", 0.0, UploadTo("/"))
    with pytest.raises(WrongAnswer, match="nothing was acknowledged"):
        uploads.upload(stranger, uploads.prepared("test", clients=1, each=1), FOR_EVER)
