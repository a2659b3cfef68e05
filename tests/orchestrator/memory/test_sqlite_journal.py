"""The journal in a file: nothing acknowledged is ever lost, nobody who waits ever hangs."""

from contextlib import suppress
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
import pytest
from anyio.lowlevel import checkpoint
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.memory.journal import JournalError
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from orchestrator.verification import verify
from protocols.events import RunOpened
from protocols.units import Money
from tests.orchestrator.journals import (
    added,
    by_hand,
    clock,
    on_disk,
    opened,
    run,
    sound,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_leaks")]

LONG = 10.0
"""Seconds after which a wait is taken for a hang."""


# Acknowledgement ------------------------------------------------------------------------------


async def test_an_acknowledged_event_is_on_the_disk(path: Path) -> None:
    """When `durable` returns, another connection reads the event."""
    journal = SqliteJournal(path, clock)
    try:
        with anyio.fail_after(LONG):
            for number in range(1, 6):
                await journal.durable(journal.append(added(number)))
                assert on_disk(path) == number
    finally:
        journal.close()


@settings(max_examples=15)
@given(
    backend=st.sampled_from(["asyncio", "trio"]),
    waiters=st.lists(
        st.tuples(st.integers(0, 6), st.integers(1, 600), st.integers(0, 6), st.booleans()),
        min_size=1,
        max_size=12,
    ),
)
def test_no_interleaving_of_waiters_hangs(
    backend: str, waiters: list[tuple[int, int, int, bool]]
) -> None:
    """Waiters come at any time, with few events or many, and may be cancelled while they wait."""
    numbers = count(1)

    async def wait(journal: SqliteJournal, path: Path, plan: tuple[int, int, int, bool]) -> None:
        before, events, between, cancelled = plan
        for _ in range(before):
            await checkpoint()
        seqs = [journal.append(added(next(numbers))) for _ in range(events)]
        for _ in range(between):
            await checkpoint()
        if cancelled:
            with anyio.CancelScope() as scope:
                scope.cancel()
                await journal.durable(seqs[-1])
        else:
            await journal.durable(seqs[-1])
            assert on_disk(path) >= seqs[-1]

    async def work(journal: SqliteJournal, path: Path) -> None:
        with anyio.fail_after(LONG):
            async with anyio.create_task_group() as group:
                for plan in waiters:
                    group.start_soon(wait, journal, path, plan)

    with TemporaryDirectory() as folder:
        path = Path(folder) / "run.db"
        journal = SqliteJournal(path, clock)
        try:
            anyio.run(work, journal, path, backend=backend)
        finally:
            journal.close()
        assert sound(path) == sum(events for _, events, _, _ in waiters)


async def test_waiting_for_an_old_event_returns_at_once(path: Path) -> None:
    """An event that is on the disk needs no further commit."""
    journal = SqliteJournal(path, clock)
    try:
        seq = journal.append(added(1))
        await journal.durable(seq)
        with anyio.CancelScope() as scope:
            scope.cancel()
            await journal.durable(seq)
        assert not scope.cancelled_caught
    finally:
        journal.close()


async def test_waiting_for_an_event_that_nobody_recorded_is_an_error(path: Path) -> None:
    """Such a wait would never end, and it does not disturb the waits of others."""
    journal = SqliteJournal(path, clock)
    try:
        with pytest.raises(ValueError, match="event 1 was never put in line"):
            await journal.durable(1)
        with anyio.fail_after(LONG):
            await journal.durable(journal.append(added(1)))
    finally:
        journal.close()


async def test_events_before_the_first_wait_are_acknowledged_too(path: Path) -> None:
    """A commit that ended before anybody waited for anything is not waited for in vain."""
    journal = SqliteJournal(path, clock)
    try:
        for number in range(1, 5001):
            journal.append(added(number))
        with anyio.fail_after(LONG):
            for seq in (1, 512, 513, 5000):
                await journal.durable(seq)
    finally:
        journal.close()
    assert sound(path) == 5000


def test_who_never_waits_cannot_fill_the_memory(path: Path) -> None:
    """Without any event loop, all but the last ten thousand events are on the disk already."""
    journal = SqliteJournal(path, clock)
    try:
        for number in range(1, 20_001):
            journal.append(added(number))
        assert on_disk(path) >= 10_000
    finally:
        journal.close()
    assert sound(path) == 20_000


# The end --------------------------------------------------------------------------------------


def test_closing_writes_what_is_in_line(path: Path) -> None:
    """Events that nobody waited for are on the disk when the journal is closed; twice is once."""
    journal = SqliteJournal(path, clock)
    for event in run():
        journal.append(event)
    journal.close()
    journal.close()

    with Record(path) as record:
        assert [entry.event for entry in record.entries()] == run()
        assert verify(record).problems == ()


def test_a_closed_journal_refuses_events(path: Path) -> None:
    """An event after the end would be lost without a word."""
    journal = SqliteJournal(path, clock)
    journal.close()

    with pytest.raises(JournalError, match="the journal is closed"):
        journal.append(added(1))


async def test_closing_wakes_who_still_waits(path: Path) -> None:
    """A waiter of another task gets its answer from the close, in whichever state the group is."""
    for times in range(5):
        each = path.with_name(f"{times}.db")
        journal = SqliteJournal(each, clock)
        with anyio.fail_after(LONG):
            async with anyio.create_task_group() as group:
                for number in range(1, 5):
                    group.start_soon(journal.durable, journal.append(added(number)))
                    for _ in range(times):
                        await checkpoint()
                journal.close()
        assert sound(each) == 4


@pytest.mark.parametrize("end", [KeyboardInterrupt, RuntimeError, None])
@pytest.mark.parametrize("yields", [0, 1, 2, 3])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_loop_that_ends_during_a_commit_loses_nothing(
    path: Path, backend: str, yields: int, end: type[BaseException] | None
) -> None:
    """Whatever ends the loop, and wherever the commit is then, closing writes everything."""
    journal = SqliteJournal(path, clock)

    async def stop() -> None:
        async with anyio.create_task_group() as group:
            for number in range(1, 200):
                group.start_soon(journal.durable, journal.append(added(number)))
            for _ in range(yields):
                await checkpoint()
            for number in range(200, 300):
                journal.append(added(number))
            if end is not None:
                raise end
            group.cancel_scope.cancel()

    with suppress(KeyboardInterrupt, ExceptionGroup, BaseExceptionGroup):
        anyio.run(stop, backend=backend)
    journal.close()

    assert sound(path) == 299


def test_at_rest_a_journal_is_one_ordinary_file(path: Path) -> None:
    """A closed journal has no write-ahead log, so that copying the file copies all of it."""
    journal = SqliteJournal(path, clock)
    journal.append(added(1))
    journal.close()

    assert sorted(each.name for each in path.parent.iterdir()) == ["run.db", "run.db.lock"]


def test_a_reader_does_not_keep_a_journal_from_closing(path: Path) -> None:
    """Somebody in the middle of reading sees what there was, and the writer closes without him."""
    journal = SqliteJournal(path, clock)
    journal.append(added(1))
    journal.close()
    journal = SqliteJournal(path, clock, resume=True)
    with Record(path) as record:
        reading = record.entries()
        first = next(reading)
        journal.append(added(2))
        journal.close()
        assert [first.event, *(entry.event for entry in reading)] == [added(1)]
    assert sound(path) == 2


# Opening --------------------------------------------------------------------------------------


def test_a_new_journal_does_not_take_the_place_of_another(path: Path) -> None:
    """A file that exists is not written over."""
    SqliteJournal(path, clock).close()

    with pytest.raises(JournalError, match=f"^{path}: exists already; resume it or name another"):
        SqliteJournal(path, clock)


def test_a_missing_journal_cannot_be_resumed(path: Path) -> None:
    """Nothing is created beside a name that leads nowhere."""
    with pytest.raises(JournalError, match=f"^{path}: there is no such journal$"):
        SqliteJournal(path, clock, resume=True)

    assert list(path.parent.iterdir()) == []


def test_a_resumed_journal_continues_the_chain(path: Path) -> None:
    """Numbers and hashes go on where they ended."""
    journal = SqliteJournal(path, clock)
    journal.append(added(1))
    journal.close()

    journal = SqliteJournal(path, clock, resume=True)
    assert journal.append(added(2)) == 2
    journal.close()

    assert sound(path) == 2


def test_an_edited_journal_cannot_be_resumed(path: Path) -> None:
    """A run does not go on from a past that was changed, and the lock is free again."""
    journal = SqliteJournal(path, clock)
    for event in run():
        journal.append(event)
    journal.close()
    by_hand(path, "UPDATE events SET body = replace(body, '391', '392')")

    for _ in range(2):
        with pytest.raises(JournalError, match="entry 7 does not continue the chain"):
            SqliteJournal(path, clock, resume=True)


def test_two_writers_are_one_too_many(path: Path) -> None:
    """The second writer is refused while the first is at work, and not after it."""
    first = SqliteJournal(path, clock)
    with pytest.raises(JournalError, match=f"^{path}: another process is writing this journal$"):
        SqliteJournal(path, clock, resume=True)
    first.close()

    SqliteJournal(path, clock, resume=True).close()


@pytest.mark.parametrize("at", [5, 5.5, 1e9 + 0.1, -1.0])
def test_the_time_of_an_event_is_written_as_it_is_hashed(path: Path, at: float) -> None:
    """Whatever the clock returns, whole seconds too, the chain holds."""
    journal = SqliteJournal(path, lambda: at)
    journal.append(added(1))
    journal.close()

    with Record(path) as record:
        assert [entry.at for entry in record.entries()] == [at]
    assert sound(path) == 1


def test_a_clock_that_goes_backwards_changes_nothing(path: Path) -> None:
    """Numbers order events; the time is for people."""
    times = iter([3.0, 2.0, 1.0])
    journal = SqliteJournal(path, lambda: next(times))
    for number in (1, 2, 3):
        journal.append(added(number))
    journal.close()

    with Record(path) as record:
        assert [(entry.seq, entry.at) for entry in record.entries()] == [
            (1, 3.0),
            (2, 2.0),
            (3, 1.0),
        ]
        assert verify(record).events == 3


def test_the_opening_event_survives_as_it_was(path: Path) -> None:
    """What is read is equal to what was written, numbers and nested settings included."""
    config: dict[str, object] = {"a": [1, 2.5, None, {"b": "ü\x00\u2028"}], "c": {}}
    event = opened().model_copy(update={"config": config, "budget": Money(10**15 - 1)})
    journal = SqliteJournal(path, clock)
    journal.append(event)
    journal.close()

    with Record(path) as record:
        (entry,) = record.entries()
    assert isinstance(entry.event, RunOpened)
    assert entry.event == event
