"""A journal in one SQLite file: write-ahead log, full sync, one writer, commits in groups.

Events are encoded, hashed and inserted on the event loop, which is cheap, and committed on a
thread, which waits for the disk. While one commit is under way the next group gathers, so a slow
disk makes groups larger and stalls nobody who has not asked to wait.
"""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import anyio
from anyio.lowlevel import current_token

from orchestrator.memory.journal import GENESIS, JournalError, Row, encoded, link
from orchestrator.memory.journal_file import add_calls, create, has_calls, head, lock, reopen
from protocols.events import Event, transfers_of

if TYPE_CHECKING:
    from protocols.contract import Transfer

_GROUP: Final = 512
"""So many events in line are committed even if nobody waits for them."""

_LONGEST_LINE: Final = 16 * _GROUP
"""At so many, appending waits for the disk: who never waits cannot fill the memory."""

Clock = Callable[[], float]


class _Group:
    """The events of one commit and those who wait for it."""

    __slots__ = ("done", "error", "last", "over", "wanted")

    def __init__(self) -> None:
        self.wanted = False
        self.last = 0
        self.error: Exception | None = None
        self.over = Flag()  # set by the thread
        self.done = anyio.Event()  # set on the event loop


class SqliteJournal:
    """The only writer of a journal file. Its methods belong to one thread and one event loop.

    Args:
        path: The file; it must not exist unless ``resume`` is set.
        clock: Returns seconds since 1970; shown to people, decides nothing.
        resume: Go on with an existing file, which is checked first.

    Raises:
        JournalError: If the file exists, is missing, is no journal, is damaged, or another process
            writes it.
    """

    def __init__(self, path: Path, clock: Clock, *, resume: bool = False) -> None:
        if resume and not path.exists():
            raise JournalError(f"{path}: there is no such journal")
        if not resume and path.exists():
            raise JournalError(f"{path}: exists already; resume it or name another file")
        self._clock = clock
        self._lock = lock(path)
        try:
            self._connection = reopen(path) if resume else create(path)
            self._seq, self._hash = head(self._connection, "events")
            self._has_calls = has_calls(self._connection)
            self._call, self._call_hash = (
                head(self._connection, "calls") if self._has_calls else (0, GENESIS)
            )
        except BaseException:
            self._lock.close()
            raise
        self._line: list[tuple[Row, tuple[Transfer, ...]]] = []
        self._calls: list[Row] = []
        self._gathering = _Group()
        self._committing: _Group | None = None
        self._durable = self._seq
        self._error: Exception | None = None
        self._closed = False
        self._call_soon: Callable[..., object] | None = None
        self._commits: SimpleQueue[_Group | None] = SimpleQueue()
        self._thread = Thread(target=self._commit_groups, name="truthbid-journal", daemon=True)
        self._thread.start()

    def append(self, event: Event) -> int:
        """Put an event in line and return its sequence number."""
        self._check()
        seq, at, key, body = self._seq + 1, float(self._clock()), event.key, encoded(event)
        row = Row(seq, at, key, body, link(self._hash, seq, at, key, body))
        self._line.append((row, transfers_of(event)))
        self._seq, self._hash = seq, row.hash
        if self._is_full:
            self._shorten()
        return seq

    def keep_call(self, lane: str, body: str) -> None:
        """Put a recorded model call in line; it is committed with the events around it."""
        self._check()
        seq, at = self._call + 1, float(self._clock())
        row = Row(seq, at, lane, body, link(self._call_hash, seq, at, lane, body))
        self._calls.append(row)
        self._call, self._call_hash = seq, row.hash
        if self._is_full:
            self._shorten()

    async def durable(self, seq: int) -> None:
        """Wait until this event is on the disk."""
        if (call_soon := self._call_soon) is None:
            call_soon = self._call_soon = _call_soon()
            self._collect()  # a commit may have ended before anybody could be called
        if seq <= self._durable:
            return
        self._check()
        if seq > self._seq:
            raise ValueError(f"event {seq} was never put in line")
        group = self._committing
        if group is None or seq > group.last:
            group = self._gathering
            if not group.wanted and self._committing is None:
                call_soon(self._begin_if_idle)
            group.wanted = True
        await group.done.wait()
        if seq > self._durable:
            self._check()

    def close(self) -> None:
        """Commit what is in line, stop the thread and release the file."""
        if self._closed:
            return
        try:
            while self._error is None and (self._committing is not None or self._waiting):
                self._begin_if_idle()
                self._collect(wait=True)
        finally:
            self._closed = True
            self._commits.put(None)
            self._thread.join()
            self._put_to_rest()
            self._lock.close()
        if self._error is not None:
            raise JournalError(
                f"the end of the journal could not be written: {self._error}"
            ) from self._error

    def _check(self) -> None:
        if self._error is not None:
            raise JournalError(f"the journal cannot be written: {self._error}") from self._error
        if self._closed:
            raise JournalError("the journal is closed")

    @property
    def _waiting(self) -> int:
        """How much is in line."""
        return len(self._line) + len(self._calls)

    @property
    def _is_full(self) -> bool:
        return self._waiting >= _GROUP

    # Groups, on the event loop --------------------------------------------------------------

    def _begin_if_idle(self) -> None:
        if self._committing is None and self._waiting and not self._closed:
            self._begin()

    def _begin(self) -> None:
        """Insert what is in line and hand it to the thread."""
        group = self._gathering
        group.last = self._seq
        try:
            self._insert()
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
            group.error = error
            self._finish(group)
            return
        self._gathering, self._line, self._calls = _Group(), [], []
        self._commits.put(group)
        self._committing = group

    def _insert(self) -> None:
        execute, rows = self._connection.executemany, self._line
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", [row for row, _ in rows])
            moved = [
                (row.seq, t.book, t.source, t.target, t.amount, t.purpose)
                for row, transfers in rows
                for t in transfers
            ]
            execute("INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?)", moved)
            if self._calls:
                self._insert_calls()
        except BaseException:
            self._roll_back()
            raise

    def _insert_calls(self) -> None:
        if not self._has_calls:
            add_calls(self._connection)
            self._has_calls = True
        self._connection.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", self._calls)

    def _shorten(self) -> None:
        """Have a full group committed; wait for the disk if the line is at its longest."""
        self._collect(wait=self._waiting >= _LONGEST_LINE)
        self._begin_if_idle()

    def _collect(self, *, wait: bool = False) -> None:
        """Take note of a commit that is over, without the help of the event loop."""
        group = self._committing
        if group is None or not (wait or group.over.is_set()):
            return
        group.over.wait()
        self._finish(group)

    def _finish(self, group: _Group) -> None:
        """Wake those who waited for a group, and begin the next one."""
        if group.done.is_set():
            return
        self._committing = None
        if group.error is None:
            self._durable = group.last
        else:
            self._error = group.error
            self._line.clear()
            self._calls.clear()
            self._roll_back()
            self._gathering.done.set()
        group.done.set()
        if self._gathering.wanted or self._is_full:
            self._begin_if_idle()

    def _roll_back(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.rollback()

    # Commits, on the thread -----------------------------------------------------------------

    def _commit_groups(self) -> None:
        while (group := self._commits.get()) is not None:
            try:
                self._connection.commit()
            except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
                group.error = error
            group.over.set()
            if (call_soon := self._call_soon) is not None:
                with suppress(RuntimeError):  # the event loop is over; closing sees to the rest
                    call_soon(self._finish, group)

    def _put_to_rest(self) -> None:
        """Leave one ordinary file behind, which can be copied, and read on a read-only disk."""
        with suppress(sqlite3.Error):  # somebody reads it: it stays as it is
            self._connection.execute("PRAGMA busy_timeout = 0")
            self._connection.execute("PRAGMA journal_mode = DELETE")
        self._connection.close()


def _call_soon() -> Callable[..., object]:
    """Return what calls a function on the event loop, from any thread."""
    native: Any = current_token().native_token  # an event loop, or trio's word for one
    found: Callable[..., object] = getattr(native, "call_soon_threadsafe", None) or (
        native.run_sync_soon
    )
    return found
