"""Reads a journal file: entry by entry, by key, and with every hash checked."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import ValidationError

from orchestrator.journal import GENESIS, JournalError, link
from orchestrator.sqlite_journal import check_format
from protocols.events import EVENT, Event

E = TypeVar("E")


class Entry(NamedTuple):
    """One line of a journal.

    Attributes:
        seq: Its place, from 1 without gaps.
        at: When it was written, in seconds since 1970.
        event: What happened.
    """

    seq: int
    at: float
    event: Event


class Record:
    """A journal file opened for reading; a writer may be at work in it.

    Raises:
        JournalError: If the file is missing or is no journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.is_file():
            raise JournalError(f"{path}: there is no such journal")
        try:
            self._connection = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise JournalError(f"{path}: {error}") from error
        try:
            check_format(self._connection, path)
        except JournalError:
            self._connection.close()
            raise

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self._connection.close()

    def __len__(self) -> int:
        """Return the number of entries."""
        count: int = self._connection.execute("SELECT count(*) FROM events").fetchone()[0]
        return count

    def entries(self) -> Iterator[Entry]:
        """Yield every entry in order, without checking the chain."""
        for seq, at, body in self._rows("SELECT seq, at, body FROM events ORDER BY seq"):
            yield Entry(seq, at, self._decode(seq, body))

    def get(self, key: str) -> Event | None:
        """Return the event with this idempotency key."""
        row = self._connection.execute(
            "SELECT seq, body FROM events WHERE key = ?", (key,)
        ).fetchone()
        return self._decode(*row) if row else None

    def of(self, tag: str, kind: type[E]) -> Iterator[E]:
        """Yield the events of one kind, such as ``task-added``, in order."""
        for seq, body in self._rows(
            f"SELECT seq, body FROM events WHERE key GLOB '{tag}\t*' ORDER BY seq"
        ):
            event = self._decode(seq, body)
            if isinstance(event, kind):
                yield event

    def broken_links(self) -> Iterator[str]:
        """Yield what is wrong with the chain, in plain words; an honest journal yields nothing.

        A chain shows any edit, insertion or removal before its end. It cannot show that entries at
        the end were cut off: for that, keep the last hash elsewhere.
        """
        previous, expected = GENESIS, 1
        for seq, at, key, body, found in self._rows(
            "SELECT seq, at, key, body, hash FROM events ORDER BY seq"
        ):
            if seq != expected:
                yield f"entry {expected} is missing"
            if link(previous, seq, at, key, body.encode()) != found:
                yield f"entry {seq} does not continue the chain: it, or one before it, was changed"
                return
            if self._decode(seq, body).key != key:
                yield f"entry {seq} is filed under the key of another event"
            previous, expected = found, seq + 1

    def head(self) -> tuple[int, str]:
        """Return the last sequence number and, in hexadecimal, the last hash."""
        row = self._connection.execute(
            "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return (row[0], row[1].hex()) if row else (0, GENESIS.hex())

    def transfers(self) -> Iterator[tuple[int, str, str, str, int, str]]:
        """Yield the rows of the ledger table as (seq, book, source, target, amount, purpose)."""
        yield from self._rows(
            "SELECT seq, book, source, target, amount, purpose FROM transfers ORDER BY rowid"
        )

    def _rows(self, query: str) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query)
        except sqlite3.DatabaseError as error:
            raise JournalError(f"{self.path}: damaged: {error}") from error

    def _decode(self, seq: int, body: str) -> Event:
        try:
            return EVENT.validate_json(body)
        except ValidationError as error:
            raise JournalError(f"{self.path}: entry {seq} cannot be read: {error}") from error
