"""What a journal is: an append-only record of events that says when they are safe.

The canonical bytes of an event are its JSON with the fields in the order of their declaration,
without spaces, the shortest digits for floats and neither NaN nor infinities. They are written once
and never re-encoded, so the chain of hashes covers exactly what lies on the disk.
"""

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final, NamedTuple, Protocol

from protocols.events import Event

GENESIS: Final = bytes(32)
"""What the first link of the chain hashes as its predecessor."""


class JournalError(Exception):
    """Raised, with one line, when a journal cannot be opened, read or written."""


class Journal(Protocol):
    """Where a run records what happened."""

    def append(self, event: Event) -> int:
        """Put an event in line, without waiting, and return its sequence number.

        Raises:
            JournalError: If an earlier event could not be written, or the journal is closed.
        """
        ...

    def keep_call(self, lane: str, body: str) -> None:
        """Put a recorded model call in line; it is safe when the next event is.

        Calls are kept beside the events and in a chain of their own: no decision depends on them.

        Args:
            lane: Whose call it was.
            body: The call in JSON.

        Raises:
            JournalError: As for `append`.
        """
        ...

    async def durable(self, seq: int) -> None:
        """Wait until the event with this number, and so all before it, survives a power loss.

        Raises:
            JournalError: If it could not be written.
        """
        ...

    def close(self) -> None:
        """Write what is in line and release the file.

        Raises:
            JournalError: If anything that was put in line could not be written.
        """
        ...


class Unrecorded:
    """The journal of a run that is not kept: counts events and forgets them.

    >>> from protocols.events import RunClosed
    >>> Unrecorded().append(RunClosed(reason="done"))
    1
    """

    def __init__(self) -> None:
        self._seq = 0

    def append(self, event: Event) -> int:
        """Count the event."""
        del event
        self._seq += 1
        return self._seq

    def keep_call(self, lane: str, body: str) -> None:
        """Forget the call."""

    async def durable(self, seq: int) -> None:
        """Return at once: there is nothing to wait for."""

    def close(self) -> None:
        """Do nothing."""


class Row(NamedTuple):
    """One entry as it lies in the file."""

    seq: int
    at: float
    key: str
    body: str
    hash: bytes


def link(previous: bytes, seq: int, at: float, key: str, body: str) -> bytes:
    """Return the hash of a link of the chain, which binds everything that came before it."""
    return sha256(previous + f"{seq}\x1f{at!r}\x1f{key}\x1f{body}".encode()).digest()


def encoded(event: Event) -> str:
    """Return the canonical JSON of an event."""
    # what `model_dump_json` calls, without its dozen of options: this is done for every event
    return event.__pydantic_serializer__.to_json(event).decode()


def checked_chain(rows: Iterable[Row]) -> Iterator[tuple[Row, str | None]]:
    """Yield rows with what is wrong with each, in plain words, up to the first break of the chain.

    A chain shows every edit, insertion, removal and change of order before its end. It does not
    show that entries were cut off at the end, nor that somebody computed the whole of it anew: for
    that, keep the last hash where the writer of the file cannot reach it.
    """
    previous, expected = GENESIS, 1
    for row in rows:
        problem = None
        if row.seq != expected:
            problem = f"entry {expected} is missing"
        elif link(previous, row.seq, row.at, row.key, row.body) != row.hash:
            problem = f"entry {row.seq} does not continue the chain: it was changed"
        yield row, problem
        if problem:
            return
        previous, expected = row.hash, row.seq + 1
