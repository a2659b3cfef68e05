"""Which workers gave the same answers: shares over tasks that went to both."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from protocols.consultation import Compared
from protocols.events import Announced, Event, Finished, TaskEnded
from protocols.messages import Result
from protocols.units import TaskId, WorkerId
from workers.verifiers import normalised


class Pair(NamedTuple):
    """Two workers, in the order of their names."""

    first: WorkerId
    second: WorkerId


class Agreement:
    """Counts equal answers to tasks with redundancy; give every event to `note`.

    Two answers are equal if a judge put them into one class, or else if they differ in case, space
    and punctuation at the end alone. Memory grows with the pairs of workers and with the tasks that
    are open.

    Attributes:
        shared: In how many tasks both answered.
        equal: In how many of these the answers are the same.
    """

    def __init__(self) -> None:
        self.shared: dict[Pair, int] = defaultdict(int)
        self.equal: dict[Pair, int] = defaultdict(int)
        self._origins: dict[TaskId, TaskId] = {}
        self._copies: dict[TaskId, list[TaskId]] = defaultdict(list)
        self._answers: dict[TaskId, dict[TaskId, tuple[WorkerId, str]]] = defaultdict(dict)

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Announced(announcement=call):
                for lot in call.lots:
                    if lot.group is not None and lot.task not in self._origins:
                        self._origins[lot.task] = lot.group
                        self._copies[lot.group].append(lot.task)
            case Finished(report=Result() as report) if report.task in self._origins:
                answers = self._answers[self._origins[report.task]]
                answers[report.task] = report.worker, normalised(report.answer)
            case Compared(label=str(label)):
                answers = self._answers.get(self._origins[event.task], {})
                if event.task in answers:
                    answers[event.task] = answers[event.task][0], normalised(label)
            case TaskEnded():
                self._compare(self._answers.pop(event.task, {}).values())
                for copy in self._copies.pop(event.task, ()):
                    del self._origins[copy]
            case _:
                pass  # peers have no part in it

    def workers(self) -> list[WorkerId]:
        """Return who shared a task with somebody, by name."""
        return sorted({worker for pair in self.shared for worker in pair})

    def share(self, one: WorkerId, other: WorkerId) -> tuple[float, int] | None:
        """Return the share of equal answers and of how many, or ``None`` if they shared no task."""
        pair = Pair(*sorted((one, other)))
        count = self.shared.get(pair, 0)
        return (self.equal[pair] / count, count) if count else None

    def _compare(self, answers: Iterable[tuple[WorkerId, str]]) -> None:
        for (one, said), (other, replied) in combinations(sorted(answers), 2):
            if one != other:
                self.shared[Pair(one, other)] += 1
                self.equal[Pair(one, other)] += said == replied
