"""A journal on a disk that is slow, fails and loses what was not committed, all by a seed."""

from dataclasses import dataclass, field
from random import Random

import anyio

from orchestrator.memory.journal import JournalError
from protocols.events import Event


class KilledError(BaseException):
    """The process is gone: no handler of ours may catch this, and nothing after it is kept."""


@dataclass
class Disk:
    """What survives a process.

    Attributes:
        events: What is committed.
        acknowledged: How many of them somebody was told of.
    """

    events: list[Event] = field(default_factory=list[Event])
    acknowledged: int = 0


@dataclass(frozen=True)
class Fate:
    """What happens to the journal of one process.

    Attributes:
        dies_at: Which event of the process is its last; ``None`` for none.
        keeps_last: Whether that event is in line before the process dies.
        fails_at: Which commit of the process fails; ``None`` for none.
        reason: What the disk says then.
        slowness: The longest that a commit takes, in seconds.
    """

    dies_at: int | None = None
    keeps_last: bool = True
    fails_at: int | None = None
    reason: str = "disk is full"
    slowness: float = 0.0


class FaultyStore:
    """A journal that commits in groups, in virtual time, and ends as its fate says.

    As with the real one, ``append`` waits for nothing, a commit takes all that is in line, and after
    a failure nothing more is accepted. A process that dies may leave any beginning of what was in
    line behind.

    Args:
        disk: What earlier processes have left.
        fate: What happens to this one.
        draws: Decides how long commits take and how much of the line survives.
    """

    def __init__(self, disk: Disk, fate: Fate, draws: Random) -> None:
        self._disk, self._fate, self._draws = disk, fate, draws
        self._line: list[Event] = []
        self._appended = self._commits = 0
        self._error: str | None = None
        self.dead = False

    @property
    def over(self) -> bool:
        """Whether the process is dead, or its disk has failed."""
        return self.dead or self._error is not None

    def append(self, event: Event) -> int:
        """Put an event in line; the last one of the process kills it."""
        self._check()
        self._appended += 1
        dies = self._appended == self._fate.dies_at
        if dies and not self._fate.keeps_last:
            self.die()
        self._line.append(event)
        if dies:
            self.die()
        return len(self._disk.events) + len(self._line)

    def keep_call(self, lane: str, body: str) -> None:
        """Forget the call of a model: no worker here makes any."""

    async def durable(self, seq: int) -> None:
        """Wait for the next commit."""
        if seq > len(self._disk.events):
            await anyio.sleep(self._draws.uniform(0.0, self._fate.slowness))
            self._check()
        if seq > len(self._disk.events):
            self._commit()
        self._disk.acknowledged = max(self._disk.acknowledged, seq)

    def close(self) -> None:
        """Commit what is in line, unless the process is dead."""
        if not self.dead:
            self._check()
            self._commit()

    def die(self) -> None:
        """Kill the process: some of what was in line is on the disk, in order, and the rest is not.

        Raises:
            KilledError: Always.
        """
        if not (self.dead or self._error):
            self._disk.events += self._line[: self._draws.randint(0, len(self._line))]
        self.dead = True
        raise KilledError

    def _check(self) -> None:
        if self.dead:
            raise KilledError
        if self._error is not None:
            raise JournalError(f"the journal cannot be written: {self._error}")

    def _commit(self) -> None:
        self._commits += 1
        if self._commits == self._fate.fails_at:
            self._error = self._fate.reason
            self._line.clear()
            self._check()
        self._disk.events += self._line
        self._line.clear()
