"""Reads a journal file: entry by entry, by key, and with every hash checked."""

import sqlite3
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from pydantic import ValidationError

from orchestrator.memory.journal import GENESIS, JournalError, Row, checked_chain
from orchestrator.memory.journal_file import CALLS, CHAIN, damage, has_calls, open_to_read
from orchestrator.memory.upcasting import UnknownEventError, decoded
from protocols.events import EVENT, Event
from protocols.frozen import Frozen

E = TypeVar("E", bound=Frozen)


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
    """What a journal file held when it was opened; a writer may be at work in it.

    Raises:
        JournalError: If the file is missing, no journal, or of another format; from every method,
            if it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = open_to_read(path)
        try:
            last = self._one("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
        except JournalError:
            self.close()
            raise
        self._last: int = last[0] if last else 0
        self._head: bytes = last[1] if last else GENESIS

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def __len__(self) -> int:
        """Return the number of entries."""
        count: int = self._one("SELECT count(*) FROM events WHERE seq <= ?", self._last)[0]
        return count

    def entries(self, *kinds: type[Frozen]) -> Iterator[Entry]:
        """Yield the entries in order, without checking the chain.

        Args:
            kinds: The events that are wanted; all, if none are named. The others are passed over
                undecoded: decoding is most of what reading a journal takes.
        """
        wanted = " OR ".join(["key BETWEEN ? AND ?"] * len(kinds)) or "TRUE"
        query = f"SELECT seq, at, body FROM events WHERE seq <= ? AND ({wanted}) ORDER BY seq"
        for seq, at, body in self._all(query, self._last, *chain(*map(_keys, kinds))):
            yield Entry(seq, at, self._decode(seq, body))

    def get(self, key: str) -> Event | None:
        """Return the event with this idempotency key."""
        row = self._one("SELECT seq, body FROM events WHERE key = ? AND seq <= ?", key, self._last)
        return self._decode(*row) if row else None

    def of(self, kind: type[E]) -> Iterator[E]:
        """Yield the events of one kind in order."""
        for entry in self.entries(kind):
            if isinstance(entry.event, kind):
                yield entry.event

    def head(self) -> tuple[int, str]:
        """Return the last sequence number and, in hexadecimal, the last hash."""
        return self._last, self._head.hex()

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with the file and its chain; an honest journal yields nothing."""
        if (found := damage(self._connection)) is not None:
            yield f"the file is damaged: {found}"
            return
        for row, problem in checked_chain(map(Row._make, self._all(CHAIN, self._last))):
            if problem is not None:
                yield problem
            elif self._decode(row.seq, row.body).key != row.key:
                yield f"entry {row.seq} is filed under the key of another event"
        if has_calls(self._connection):
            for _, problem in checked_chain(map(Row._make, self._all(CALLS))):
                if problem is not None:
                    yield f"recorded calls: {problem}"

    def calls(self) -> Iterator[str]:
        """Yield the recorded model calls in JSON, in the order in which they ended."""
        if has_calls(self._connection):
            for row in map(Row._make, self._all(CALLS)):
                yield row.body

    def rows(self) -> Iterator[Row]:
        """Yield the entries as they lie in the file, without checking the chain."""
        yield from map(Row._make, self._all(CHAIN, self._last))

    def transfers(self) -> Iterator[tuple[int, str, str, str, int, str]]:
        """Yield the rows of the ledger table as (seq, book, source, target, amount, purpose)."""
        yield from self._all(
            "SELECT seq, book, source, target, amount, purpose FROM transfers WHERE seq <= ?"
            " ORDER BY rowid",
            self._last,
        )

    def stray_transfers(self) -> int:
        """Return how many rows of the ledger table belong to no entry."""
        count: int = self._one(
            "SELECT count(*) FROM transfers WHERE seq NOT IN (SELECT seq FROM events)"
        )[0]
        return count

    def _one(self, query: str, *values: object) -> Any:
        return next(self._all(query, *values), None)

    def _all(self, query: str, *values: object) -> Iterator[Any]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise JournalError(f"{self.path}: damaged: {error}") from error

    def _decode(self, seq: int, body: str) -> Event:
        try:
            return decoded(body, EVENT)
        except UnknownEventError as error:
            raise JournalError(f"{self.path}: entry {seq} cannot be read: {error}") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise JournalError(
                f"{self.path}: entry {seq} cannot be read: {where}: {first['msg']}"
            ) from error


def _keys(kind: type[Frozen]) -> tuple[str, str]:
    """Return the bounds of the keys of one kind of event: its tag, alone or before a tab."""
    tag = str(kind.model_fields["event"].default).partition(".")[0]
    return tag, f"{tag}\n"
