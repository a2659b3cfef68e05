"""The journal in a file when it cannot be written: everybody who waits is told."""

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from orchestrator.memory.journal import JournalError
from orchestrator.memory.sqlite_journal import SqliteJournal
from protocols.events import TaskAdded
from tests.orchestrator.journals import (
    added,
    clock,
    hold_and_release,
    lot,
    moved,
    on_disk,
    sound,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_leaks")]

LONG = 10.0
"""Seconds after which a wait is taken for a hang."""


@pytest.fixture
def full_disk() -> Iterator[None]:
    """Let no file of this process grow beyond some hundred kilobytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def waiting(journal: SqliteJournal, seq: int, told: list[str]) -> None:
    """Wait for an event and note the error."""
    try:
        await journal.durable(seq)
    except JournalError as error:
        told.append(str(error))


async def fail(journal: SqliteJournal, numbers: Iterator[int], *, waiters: int = 20) -> list[str]:
    """Have many wait for events, in several groups, until one group fails; return what they hear.

    The first half of the waiters waits for the group that fails, the others for the next one.
    """
    told: list[str] = []
    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            for number in range(waiters):
                if number == waiters // 2:
                    await checkpoint()
                seq = journal.append(moved(next(numbers), hold_and_release(5)))
                group.start_soon(waiting, journal, seq, told)
    return told


async def test_a_failed_insertion_reaches_every_waiter(path: Path) -> None:
    """Everybody who waits is told, later events are refused, and closing says it again."""
    journal = SqliteJournal(path, clock)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE transfers")

    told = await fail(journal, count(1))

    assert told == ["the journal cannot be written: no such table: transfers"] * 20
    with pytest.raises(JournalError, match="no such table"):
        journal.append(added(1))
    with pytest.raises(JournalError, match="no such table"):
        journal.close()
    assert on_disk(path) == 0


async def test_a_full_disk_reaches_every_waiter_and_leaves_whole_commits(
    path: Path, full_disk: None
) -> None:
    """What was acknowledged stays, the rest is not there, and the run goes on when there is room."""
    del full_disk
    journal, numbers = SqliteJournal(path, clock), count(1)
    acknowledged, told = 0, list[str]()
    while not told:
        told = await fail(journal, numbers)
        acknowledged += 20 - len(told)
    with pytest.raises(JournalError, match="cannot be written"):
        journal.append(added(1))
    with pytest.raises(JournalError, match="could not be written"):
        journal.close()

    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    stored = on_disk(path)
    assert stored >= acknowledged
    resumed = SqliteJournal(path, clock, resume=True)
    assert resumed.append(added(1)) == stored + 1
    resumed.close()
    assert sound(path) == stored + 1


def test_a_failure_that_nobody_waited_for_is_told_at_the_end(path: Path) -> None:
    """Closing raises if anything that was put in line is not on the disk."""
    journal = SqliteJournal(path, clock)
    journal.append(added(1))
    journal.append(added(1))  # the same key again

    with pytest.raises(JournalError, match=r"UNIQUE constraint failed: events\.key"):
        journal.close()
    assert on_disk(path) == 0


async def test_an_event_that_cannot_be_written_down_is_refused_alone(path: Path) -> None:
    """What is no Unicode has no JSON: the event is refused and the journal goes on."""
    journal = SqliteJournal(path, clock)
    try:
        with pytest.raises(ValueError, match="surrogates not allowed"):
            journal.append(TaskAdded(lot=lot(), verify={"pattern": "\ud800"}))
        with anyio.fail_after(LONG):
            await journal.durable(journal.append(added(1)))
    finally:
        journal.close()
    assert sound(path) == 1
