"""The journal in a file: nothing acknowledged is ever lost, nobody who waits ever hangs."""

import resource
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
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
from protocols.events import RunOpened, TaskAdded
from protocols.units import Money
from tests.orchestrator.journals import (
    added,
    by_hand,
    clock,
    hold_and_release,
    lot,
    moved,
    on_disk,
    opened,
    run,
)

pytestmark = pytest.mark.anyio

LONG = 10.0
"""Seconds after which a wait is taken for a hang."""


@pytest.fixture(autouse=True)
def _nothing_leaks(tmp_path: Path) -> Iterator[None]:
    """Check that every test leaves no thread and no open file of a journal behind."""
    yield
    assert [thread.name for thread in threading.enumerate() if "truthbid" in thread.name] == []
    assert open_files(tmp_path) == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the journal goes."""
    return tmp_path / "run.db"


def open_files(folder: Path) -> list[str]:
    """Return the files of a folder that this process has open."""
    found: list[str] = []
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.append(str(each.readlink()))
    return [name for name in found if name.startswith(str(folder))]


def sound(path: Path) -> int:
    """Check a journal of single events and return how many it has."""
    with Record(path) as record:
        assert list(record.problems()) == []
        return len(record)


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


# Failures -------------------------------------------------------------------------------------


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


# Other processes ------------------------------------------------------------------------------

WRITER = """
import sys, itertools
from pathlib import Path
import anyio
from orchestrator.memory.journal import JournalError
from orchestrator.memory.sqlite_journal import SqliteJournal
from tests.orchestrator.journals import hold_and_release, moved

async def write(journal, numbers):
    while True:
        for _ in range(7):
            last = journal.append(moved(next(numbers), hold_and_release(5)))
        await journal.durable(last)
        sys.stdout.write(f"{last}\\n")
        sys.stdout.flush()

async def main(journal):
    numbers = itertools.count(1)
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(write, journal, numbers)

try:
    journal = SqliteJournal(Path(sys.argv[1]), lambda: 0.0)
except JournalError as error:
    sys.exit(str(error))
anyio.run(main, journal, backend=sys.argv[2])
"""


def writer(path: Path, backend: str) -> subprocess.Popen[str]:
    """Start a process that writes events and says which are acknowledged."""
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, path, backend],
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("acknowledgements", [1, 60])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_killed_writer_leaves_every_acknowledged_event(
    path: Path, backend: str, acknowledgements: int
) -> None:
    """After SIGKILL amid commits the journal opens, verifies, and goes on; the lock is free."""
    with writer(path, backend) as child:
        assert child.stdout is not None
        said = [int(child.stdout.readline()) for _ in range(acknowledgements)]
        child.send_signal(signal.SIGKILL)
        said += [int(line) for line in child.stdout if line.endswith("\n")]

    stored = sound(path)
    assert stored >= max(said)
    resumed = SqliteJournal(path, clock, resume=True)
    assert resumed.append(opened()) == stored + 1
    resumed.close()
    with Record(path) as record:
        transfers = list(record.transfers())
        assert record.stray_transfers() == 0
    assert len(transfers) == 2 * stored + 1
    assert sound(path) == stored + 1


def test_a_writer_in_another_process_is_refused(path: Path) -> None:
    """The lock holds across processes."""
    journal = SqliteJournal(path, clock)
    path.rename(path.with_name("moved.db"))  # so that only the lock stands in the way
    with writer(path, "asyncio") as child:
        assert child.stderr is not None
        assert child.stderr.read().strip() == f"{path}: another process is writing this journal"
    path.with_name("moved.db").rename(path)
    journal.close()


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


# Recorded calls --------------------------------------------------------------------------------


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
