"""The model calls that a journal keeps beside its events, in a chain of their own."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.verification import verify
from tests.orchestrator.journals import (
    by_hand,
    clock,
    opened,
    sound,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_leaks")]


def calls(path: Path) -> list[str]:
    """Return the recorded calls that another connection sees."""
    with Record(path) as record:
        return list(record.calls())


async def test_a_call_is_safe_with_the_next_event(path: Path) -> None:
    """Who waits for an event has everything on the disk that was kept before it."""
    journal = SqliteJournal(path, clock)
    for number in range(3):
        journal.keep_call("t/w/bid", f"call {number}")
    await journal.durable(journal.append(opened()))
    assert calls(path) == ["call 0", "call 1", "call 2"]
    journal.keep_call("t/w/bid", "call 3")
    journal.close()
    assert calls(path)[3:] == ["call 3"]
    assert sound(path) == 1


def test_a_resumed_journal_goes_on_with_its_calls(path: Path) -> None:
    """Calls of two processes make one chain, also where the first one called nobody."""
    with closing(SqliteJournal(path, clock)) as journal:
        journal.append(opened())
    for number in (1, 2):
        with closing(SqliteJournal(path, clock, resume=True)) as journal:
            journal.keep_call("t/w/bid", f"call {number}")
    assert calls(path) == ["call 1", "call 2"]
    assert sound(path) == 1


def test_a_run_without_models_has_no_calls(path: Path) -> None:
    """Its file is what it was before calls were recorded."""
    with closing(SqliteJournal(path, clock)) as journal:
        journal.append(opened())
    assert calls(path) == []
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        assert {name for (name,) in tables} == {"events", "transfers"}


def test_calls_that_nobody_waits_for_cannot_fill_the_memory(path: Path) -> None:
    """Many calls without an event are written in groups on the way."""
    with closing(SqliteJournal(path, clock)) as journal:
        for number in range(10_000):
            journal.keep_call("t/w/bid", f"call {number}")
        assert len(journal._calls) < 10_000  # pyright: ignore[reportPrivateUsage]
    assert len(calls(path)) == 10_000


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("UPDATE calls SET body = 'x' WHERE seq = 2", "entry 2 does not continue the chain"),
        ("UPDATE calls SET key = 'x' WHERE seq = 1", "entry 1 does not continue the chain"),
        ("DELETE FROM calls WHERE seq = 2", "entry 2 is missing"),
    ],
)
def test_a_changed_call_is_found(path: Path, change: str, problem: str) -> None:
    """A slip of the hand is stopped; who means it is found out by the chain of the calls."""
    with closing(SqliteJournal(path, clock)) as journal:
        journal.append(opened())
        for number in range(3):
            journal.keep_call("t/w/bid", f"call {number}")
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(change)
    by_hand(path, change)
    with Record(path) as record:
        (found,) = verify(record).problems
    assert found.startswith(f"recorded calls: {problem}")
