"""What a journal is: an append-only record of events that says when they are safe.

The canonical bytes of an event are its JSON with the fields in the order of their declaration,
without spaces, the shortest digits for floats and neither NaN nor infinities. They are written once
and never re-encoded, so the chain of hashes covers exactly what lies on the disk.
"""

from hashlib import sha256
from typing import Final, Protocol

from protocols.events import Event

GENESIS: Final = bytes(32)
"""What the first link of the chain hashes as its predecessor."""


class JournalError(Exception):
    """Raised when a journal cannot be opened, read or written; nothing is half-written."""


class Journal(Protocol):
    """Where a run records what happened."""

    def append(self, event: Event) -> int:
        """Put an event in line, without waiting, and return its sequence number."""
        ...

    async def durable(self, seq: int) -> None:
        """Wait until the event with this number, and so all before it, survives a power loss.

        Raises:
            JournalError: If it could not be written.
        """
        ...

    def close(self) -> None:
        """Write what is in line and release the file."""
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

    async def durable(self, seq: int) -> None:
        """Return at once: there is nothing to wait for."""

    def close(self) -> None:
        """Do nothing."""


def link(previous: bytes, seq: int, at: float, key: str, body: bytes) -> bytes:
    """Return the hash of a link of the chain, which binds everything that came before it."""
    return sha256(b"%b%d\x1f%r\x1f%b\x1f%b" % (previous, seq, at, key.encode(), body)).digest()
