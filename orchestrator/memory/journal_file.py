"""What a journal file is made of: its mark, its tables, its lock and the test of its soundness."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO, Final

from orchestrator.memory.journal import GENESIS, JournalError, Row, checked_chain

APPLICATION_ID: Final = 0x74727562
"""Marks the file as ours ('trub') in the SQLite header."""

SCHEMA_VERSION: Final = 1

CHAIN: Final = "SELECT seq, at, key, body, hash FROM events WHERE seq <= ? ORDER BY seq"
"""Reads the entries, up to a number, as they lie in the file."""

CALLS: Final = "SELECT seq, at, key, body, hash FROM calls ORDER BY seq"
"""Reads the recorded model calls, if there is a table of them."""

_TABLES: Final = {
    "events": """CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, key TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL, hash BLOB NOT NULL
) STRICT""",
    "transfers": """CREATE TABLE transfers (
    seq INTEGER NOT NULL REFERENCES events, book TEXT NOT NULL, source TEXT NOT NULL,
    target TEXT NOT NULL, amount INTEGER NOT NULL CHECK (amount > 0), purpose TEXT NOT NULL
) STRICT""",
}

_CALLS: Final = """CREATE TABLE calls (
    seq INTEGER PRIMARY KEY, at REAL NOT NULL, key TEXT NOT NULL,
    body TEXT NOT NULL, hash BLOB NOT NULL
) STRICT"""
"""Made with the first call that is recorded; a run without models has no such table."""

_ALL: Final = 2**63 - 1

_TRIGGER: Final = """CREATE TRIGGER {table}_are_never_{change}d BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are never {change}d'); END;"""
"""Stops a slip of the hand; who means harm is found out by the chain."""


def lock(path: Path) -> IO[bytes]:
    """Lock a journal for writing, beside the file; the lock ends with the process that holds it.

    Raises:
        JournalError: If another writer holds it, or the folder is missing or read-only.
    """
    real = path.resolve()  # two names of one file are one journal
    try:
        held = real.with_name(real.name + ".lock").open("ab")
    except FileNotFoundError:
        raise JournalError(f"{path}: there is no folder {real.parent}") from None
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror} (writing to {real.parent})") from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise JournalError(f"{path}: another process is writing this journal") from None
    except OSError as error:
        held.close()
        raise JournalError(f"{path}: cannot be locked: {error.strerror}") from error
    return held


def create(path: Path) -> sqlite3.Connection:
    """Make an empty journal and return its only writing connection.

    Raises:
        JournalError: If it cannot be made; no file is left behind then.
    """
    try:
        path.open("xb").close()
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}") from error
    connection = _connect(path, "rw")
    try:
        _log_ahead(connection, path)
        triggers = [trigger for table in _TABLES for trigger in _guards(table)]
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID};"
            f" PRAGMA user_version = {SCHEMA_VERSION};"
            f" {';'.join(_TABLES.values())}; {''.join(triggers)} COMMIT;"
        )
    except BaseException as error:
        connection.close()
        path.unlink()
        if isinstance(error, sqlite3.Error):
            raise JournalError(f"{path}: {error}") from error
        raise
    return connection


def reopen(path: Path) -> sqlite3.Connection:
    """Open a sound journal to go on with it, and return its only writing connection.

    Raises:
        JournalError: If the file is missing, no journal, of another format, or damaged.
    """
    with closing(open_to_read(path)) as connection:
        if (problem := damage(connection) or _break(connection)) is not None:
            raise JournalError(f"{path}: damaged: {problem}")
    connection = _connect(path, "rw")
    try:
        _log_ahead(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise JournalError(f"{path}: {error}") from error
        raise
    return connection


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open a journal for reading; a writer may be at work in it.

    Raises:
        JournalError: If the file is missing, no journal, or of another format.
    """
    if not path.is_file():
        raise JournalError(f"{path}: there is no such journal")
    connection = _connect(path, "ro")
    try:
        _check_format(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def has_calls(connection: sqlite3.Connection) -> bool:
    """Return whether model calls are recorded in a journal."""
    query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'calls'"
    return connection.execute(query).fetchone() is not None


def add_calls(connection: sqlite3.Connection) -> None:
    """Make the table of recorded calls, as part of the transaction that is open."""
    for statement in (_CALLS, *_guards("calls")):
        connection.execute(statement)


def head(connection: sqlite3.Connection, table: str) -> tuple[int, bytes]:
    """Return the last number and hash of a chain."""
    query = f"SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1"
    found: tuple[int, bytes] | None = connection.execute(query).fetchone()
    return found or (0, GENESIS)


def _guards(table: str) -> list[str]:
    return [_TRIGGER.format(table=table, change=change) for change in ("update", "delete")]


def damage(connection: sqlite3.Connection) -> str | None:
    """Return the first thing that SQLite itself finds wrong with a file, if there is one."""
    try:
        found: str = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if found == "ok" else " ".join(found.split())


def _break(connection: sqlite3.Connection) -> str | None:
    try:
        rows = map(Row._make, connection.execute(CHAIN, (_ALL,)))
        return next((problem for _, problem in checked_chain(rows) if problem), None)
    except sqlite3.DatabaseError as error:
        return str(error)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
    except sqlite3.Error as error:
        raise JournalError(f"{path}: {error}") from error


def _log_ahead(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA busy_timeout = 5000")
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    connection.execute("PRAGMA synchronous = FULL")
    if mode != "wal":
        raise JournalError(f"{path}: this file system does not allow a write-ahead log")


def _check_format(connection: sqlite3.Connection, path: Path) -> None:
    try:
        connection.execute("BEGIN")  # it may be in the making: look at it at one moment
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        tables = dict(
            connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
        )
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:  # the file may well be a journal, out of reach
        raise JournalError(f"{path}: cannot be read: {error}") from error
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path}: no journal, or damaged: {error}") from error
    if not (application or tables):
        raise JournalError(
            f"{path}: no journal yet: nothing was recorded in it; delete it and start again"
        )
    if application != APPLICATION_ID:
        raise JournalError(f"{path}: this is no journal")
    if version != SCHEMA_VERSION:
        age = "a newer" if version > SCHEMA_VERSION else "another"
        raise JournalError(
            f"{path}: written by {age} version of truthbid (format {version}; this one reads"
            f" {SCHEMA_VERSION}); use that one for it"
        )
    if _TABLES.items() - tables.items():
        raise JournalError(f"{path}: damaged: its tables are not those of a journal")
