"""A journal in one SQLite file: write-ahead log, full sync, one writer, commits in groups.

Events are encoded, hashed and inserted on the event loop, which is cheap, and committed on a
thread, which waits for the disk. While one commit is under way the next group gathers, so a slow
disk makes groups larger and stalls nobody who has not asked to wait.
"""

import fcntl
import sqlite3
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any, Final

import anyio
from anyio.lowlevel import current_token

from orchestrator.journal import GENESIS, JournalError, link
from protocols.events import Event, transfers_of

APPLICATION_ID: Final = 0x74727562
"""Marks the file as ours ('trub') in the SQLite header."""

SCHEMA_VERSION: Final = 1

SCHEMA: Final = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL, hash BLOB NOT NULL
) STRICT;
CREATE TABLE transfers (
    seq INTEGER NOT NULL REFERENCES events, book TEXT NOT NULL, source TEXT NOT NULL,
    target TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), purpose TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
"""

_GROUP: Final = 512
"""So many events in line are committed even if nobody waits, which bounds the memory."""

Clock = Callable[[], float]


class _Group:
    """The events of one commit and those who wait for it."""

    __slots__ = ("done", "last", "wanted")

    def __init__(self) -> None:
        self.done = anyio.Event()
        self.last = 0
        self.wanted = False


class SqliteJournal:
    """The only writer of a journal file.

    Args:
        path: The file; it must not exist unless ``resume`` is set.
        clock: Returns seconds since 1970; shown to people, decides nothing.
        resume: Go on with an existing file.

    Raises:
        JournalError: If the file exists, is missing, is no journal, or another process writes it.
    """

    def __init__(self, path: Path, clock: Clock, *, resume: bool = False) -> None:
        self._clock = clock
        self._lock = _lock(path)
        try:
            self._connection = _open(path, resume=resume)
            self._seq, self._hash = _head(self._connection)
        except BaseException:
            self._lock.close()
            raise
        self._queue: list[tuple[int, float, Event]] = []
        self._gathering = _Group()
        self._committing: _Group | None = None
        self._durable = self._seq
        self._error: BaseException | None = None
        self._call_soon: Callable[..., object] | None = None
        self._commits: SimpleQueue[_Group | None] = SimpleQueue()
        self._thread = Thread(target=self._commit_groups, name="truthbid-journal", daemon=True)
        self._thread.start()

    def append(self, event: Event) -> int:
        """Put an event in line and return its sequence number."""
        self._check()
        self._seq += 1
        self._queue.append((self._seq, self._clock(), event))
        if len(self._queue) >= _GROUP and self._committing is None and self._call_soon is not None:
            self._begin()
        return self._seq

    async def durable(self, seq: int) -> None:
        """Wait until this event is on the disk."""
        if seq <= self._durable:
            return
        self._check()
        if self._call_soon is None:
            native: Any = current_token().native_token  # an event loop, or trio's word for one
            self._call_soon = getattr(native, "call_soon_threadsafe", None) or native.run_sync_soon
        group = self._committing
        if group is None or seq > group.last:
            group = self._gathering
            if not group.wanted and self._committing is None:
                self._call_soon(self._begin_if_idle)
            group.wanted = True
        await group.done.wait()
        self._check()

    def close(self) -> None:
        """Commit what is in line, stop the thread and release the file."""
        self._commits.put(None)
        self._thread.join()
        try:
            if self._queue and self._error is None:
                self._insert()
                self._connection.commit()
        except sqlite3.Error as error:
            raise JournalError(f"the end of the journal could not be written: {error}") from error
        finally:
            self._connection.close()
            self._lock.close()

    def _check(self) -> None:
        if self._error is not None:
            raise JournalError(f"the journal cannot be written: {self._error}") from self._error

    def _begin_if_idle(self) -> None:
        if self._committing is None and self._queue:
            self._begin()

    def _begin(self) -> None:
        group, self._gathering = self._gathering, _Group()
        self._committing = group
        try:
            group.last = self._insert()
        except sqlite3.Error as error:
            self._finish(group, error)
        else:
            self._commits.put(group)

    def _insert(self) -> int:
        queue, self._queue = self._queue, []
        events: list[tuple[object, ...]] = []
        transfers: list[tuple[object, ...]] = []
        previous = self._hash
        for seq, at, event in queue:
            key, body = event.key, event.model_dump_json().encode()
            previous = link(previous, seq, at, key, body)
            events.append((seq, at, key, body.decode(), previous))
            transfers.extend(
                (seq, t.book, t.source, t.target, t.amount, t.purpose) for t in transfers_of(event)
            )
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", events)
        self._connection.executemany("INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?)", transfers)
        self._hash = previous
        return queue[-1][0]

    def _commit_groups(self) -> None:
        while (group := self._commits.get()) is not None:
            error: sqlite3.Error | None = None
            try:
                self._connection.commit()
            except sqlite3.Error as reason:
                error = reason
            assert self._call_soon is not None  # noqa: S101 - set before the first group
            self._call_soon(self._finish, group, error)

    def _finish(self, group: _Group, error: sqlite3.Error | None) -> None:
        self._committing = None
        if error is None:
            self._durable = group.last
        else:
            self._error = error
            if self._connection.in_transaction:
                self._connection.rollback()
            self._gathering.done.set()
        group.done.set()
        if error is None and self._queue and (self._gathering.wanted or len(self._queue) >= _GROUP):
            self._begin()


def _lock(path: Path) -> IO[bytes]:
    try:
        lock = path.with_name(path.name + ".lock").open("wb")
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise JournalError(f"{path}: another process is writing this journal") from None
    return lock


def _open(path: Path, *, resume: bool) -> sqlite3.Connection:
    if resume and not path.exists():
        raise JournalError(f"{path}: there is no such journal")
    if not resume and path.exists():
        raise JournalError(f"{path}: exists already; resume it or name another file")
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA busy_timeout = 5000")
        if not resume:
            connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID};"
                f" PRAGMA user_version = {SCHEMA_VERSION}; {SCHEMA} COMMIT;"
            )
        check_format(connection, path)
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {error}") from error
    if mode != "wal":
        raise JournalError(f"{path}: this file system does not allow a write-ahead log")
    return connection


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Raise JournalError unless the file is a journal of a format that this version reads."""
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path}: this is no journal ({error})") from error
    if application != APPLICATION_ID:
        raise JournalError(f"{path}: this is no journal")
    if version > SCHEMA_VERSION:
        raise JournalError(f"{path}: written by a newer version (format {version})")


def _head(connection: sqlite3.Connection) -> tuple[int, bytes]:
    row = connection.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, GENESIS)
