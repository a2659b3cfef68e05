"""What tests of runs without a network share: sockets that refuse, and journals without time."""

import socket
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from orchestrator.memory.record import Record
from protocols.events import RunOpened


def block_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every attempt to reach another address fail the test that makes it."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise AssertionError("a socket was used")

    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)


def story(journal: Path) -> dict[str, Any]:
    """Return every event of a run by its key, without how long things took.

    The opening event is left out: it tells at which address the models are.
    """
    with Record(journal) as record:
        return {
            entry.event.key: _timeless(entry.event.model_dump(mode="json"))
            for entry in record.entries()
            if not isinstance(entry.event, RunOpened)
        }


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        fields = cast("dict[str, object]", value)
        return {name: _timeless(each) for name, each in fields.items() if name != "seconds"}
    if isinstance(value, list):
        return [_timeless(each) for each in cast("list[object]", value)]
    return value
