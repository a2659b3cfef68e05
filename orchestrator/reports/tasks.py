"""What became of each task: a fold that keeps a row of numbers for every one."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Announced,
    BidsClosed,
    Event,
    Finished,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Verified,
)
from protocols.stopping import SetAside
from protocols.units import TaskId, WorkerId

OPEN: Final = "open"
"""The state of a task that has not ended."""


@dataclass(slots=True)
class TaskRow:
    """One task; money in nano-units.

    Attributes:
        needs: The tasks that must be solved first.
        value: What a success is worth.
        state: How it ended, or `OPEN`.
        reason: Why, where that was said.
        attempts: How often it was announced; each copy for peers counts.
        calls: How many workers were called for it.
        worker: Who was called last.
        success: The best verified success.
        paid: What contracts paid for it.
        cost: The metered cost of the work.
        asking: What making bids has cost.
        judging: What verdicts have cost.
    """

    task: TaskId
    kind: str
    needs: tuple[TaskId, ...]
    value: int
    state: str = OPEN
    reason: str = ""
    attempts: int = 0
    calls: int = 0
    worker: WorkerId | None = None
    success: float | None = None
    paid: int = 0
    cost: int = 0
    asking: int = 0
    judging: int = 0


class Tasks:
    """Keeps the rows of all tasks; give every event to `note`. Memory grows with the tasks.

    Attributes:
        rows: By task, in the order in which they entered.
    """

    def __init__(self) -> None:
        self.rows: dict[TaskId, TaskRow] = {}
        self._origins: dict[TaskId, TaskId] = {}

    @property
    def linked(self) -> bool:
        """Whether some task needs another."""
        return any(row.needs for row in self.rows.values())

    def states(self) -> Counter[str]:
        """Return how many tasks are in each state."""
        return Counter(row.state for row in self.rows.values())

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case TaskAdded(lot=lot):
                needs = tuple(dict.fromkeys((*event.needs, *event.reads)))
                self.rows[lot.task] = TaskRow(lot.task, lot.kind, needs, lot.value)
            case Announced(announcement=call):
                for lot in call.lots:
                    if lot.group is not None:
                        self._origins[lot.task] = lot.group
                    self._row(lot.task).attempts += 1
            case BidsClosed():
                for bid in event.bids:
                    self._row(bid.task).asking += bid.charge
                for refusal in event.refusals:
                    self._row(refusal.task).asking += refusal.charge
            case Started(task=task, worker=worker):
                row = self._row(task)
                row.calls, row.worker = row.calls + 1, worker
            case Finished(report=report):
                self._row(report.task).cost += report.cost
            case Verified(outcome=said):
                row = self._row(said.task)
                row.success = max(row.success or 0.0, said.success)
                row.judging += event.cost
            case Settled(settlement=done):
                self._row(done.task).paid += done.payment
            case SetAside():
                self._row(event.task).paid += event.payment
            case Lapsed():
                self._row(event.task).paid -= event.penalty
            case Withdrawn():
                row = self._row(event.task)
                row.cost, row.paid = row.cost + event.cost, row.paid + event.owed
            case TaskEnded():
                row = self.rows[event.task]
                row.state, row.reason = event.state, event.reason
            case _:
                pass  # what else happens belongs to no single task

    def _row(self, task: TaskId) -> TaskRow:
        return self.rows[self._origins.get(task, task)]
