"""Which tasks are called off: those of the record in their places, then those that are asked for."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import anyio

from orchestrator.agenda import State
from protocols.decommitment import Cancelled
from protocols.units import TaskId

LOST: Final = frozenset[State]({"failed", "unsold", "unfunded"})
"""The ends of a task that nobody wanted and that nothing can mend."""


@dataclass(slots=True, eq=False)
class Request:
    """Somebody asks that a task be called off.

    Attributes:
        seq: The number of the event that says so; ``None`` if it was too late.
        answered: Set once that is known.
    """

    task: TaskId
    reason: str
    seq: int | None = None
    answered: anyio.Event = field(default_factory=anyio.Event)

    def answer(self, seq: int | None) -> None:
        """Say what became of it."""
        self.seq = seq
        self.answered.set()


class Cancellations:
    """The tasks that are called off.

    Args:
        recorded: Those of an earlier process, in their order.
        stops: Whether one task that is lost for good calls off all others, and those to come.

    Attributes:
        reasons: Why tasks that have not ended yet are called off.
        stopped_by: Why all tasks are called off, once they are.
    """

    def __init__(self, recorded: Iterable[Cancelled] = (), *, stops: bool = False) -> None:
        self.stopped_by: str | None = None
        self._stops = stops
        self._recorded = deque(recorded)
        self._asked: deque[Request] = deque()
        self.reasons: dict[TaskId, str] = {}

    def ask(self, request: Request) -> None:
        """Take a request; it is answered when it is its turn."""
        self._asked.append(request)

    def note_entry(self, task: TaskId) -> None:
        """Take note of a task that enters: after a stop it is called off at once."""
        if self.stopped_by is not None:
            self.ask(Request(task, self.stopped_by))

    def note_end(self, task: TaskId, state: State, open_tasks: Iterable[TaskId]) -> None:
        """Take note of how a task has ended: one that is lost may stop the others."""
        if self._stops and state in LOST and self.stopped_by is None:
            self.stopped_by = f"task {task!r} is {state}, and on_failure is stop"
            for other in open_tasks:
                self.ask(Request(other, self.stopped_by))

    def next_recorded(
        self, entered: int, announced: int, closed: int, *, stuck: bool
    ) -> Cancelled | None:
        """Return the next one of the record if it is its turn, or if nothing else can happen."""
        if not self._recorded or self._recorded[0].entered > entered:
            return None
        first = self._recorded[0]
        if stuck or (first.announced <= announced and first.closed <= closed):
            return self._recorded.popleft()
        return None

    def next_asked(self) -> Request | None:
        """Return the next request, once no earlier process has anything to say."""
        return self._asked.popleft() if self._asked and not self._recorded else None
