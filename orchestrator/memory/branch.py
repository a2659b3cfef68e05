"""Writes a journal that begins with the entries of another one, and proves that it does."""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path

from orchestrator.memory.journal import GENESIS, JournalError, Row, encoded, link
from orchestrator.memory.journal_file import create, lock
from orchestrator.memory.upcasting import decoded
from protocols.events import EVENT, RunOpened, transfers_of
from protocols.forking import Forked


def branch(path: Path, opened: RunOpened, rows: Iterable[Row]) -> None:
    """Write a new journal: another first event, then entries as they are in the parent.

    Args:
        path: The file; it must not exist.
        opened: The first event.
        rows: The entries of the parent, its first included; that one only says when it was.

    Raises:
        JournalError: If it cannot be written; no file is left behind then.
    """
    held = lock(path)
    try:
        connection = create(path)
        try:
            _insert(connection, list(_linked(opened, rows)))
            connection.execute("PRAGMA journal_mode = DELETE")
        except BaseException as error:
            connection.close()
            path.unlink()
            if isinstance(error, sqlite3.Error):
                raise JournalError(f"{path}: {error}") from error
            raise
        connection.close()
    finally:
        held.close()


def parent_hash(forked: Forked, rows: Iterable[Row]) -> str:
    """Return the hash that the parent's chain has at the fork, from the entries of the fork.

    Args:
        forked: What the fork says of its parent.
        rows: The entries of the fork, from the first.
    """
    previous = link(GENESIS, 1, forked.at, "run-opened", forked.opened)
    for row in rows:
        if 1 < row.seq <= forked.seq:
            previous = link(previous, row.seq, row.at, row.key, row.body)
    return previous.hex()


def _linked(opened: RunOpened, rows: Iterable[Row]) -> Iterator[Row]:
    previous = GENESIS
    for row in rows:
        body = encoded(opened) if row.seq == 1 else row.body
        previous = link(previous, row.seq, row.at, row.key, body)
        yield Row(row.seq, row.at, row.key, body, previous)


def _insert(connection: sqlite3.Connection, rows: list[Row]) -> None:
    moved = [
        (row.seq, each.book, each.source, each.target, each.amount, each.purpose)
        for row in rows
        for each in transfers_of(decoded(row.body, EVENT))
    ]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO transfers VALUES (?, ?, ?, ?, ?, ?)", moved)
    connection.commit()
