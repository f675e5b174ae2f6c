"""Connections to databases that a test leaves open are closed after it: whoever unmounts or counts them finds none."""

from collections.abc import Iterator

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine


@pytest.fixture(autouse=True)
def _connections_closed() -> Iterator[None]:
    """Let go of all connections that were used. Set up first, and so done after the test's own fixtures."""
    used: dict[int, Engine] = {}

    def remember(connection: Connection, _branch: bool) -> None:
        used[id(connection.engine)] = connection.engine

    event.listen(Engine, "engine_connect", remember)
    yield
    event.remove(Engine, "engine_connect", remember)
    for engine in used.values():
        engine.dispose()
