"""Which tasks can be announced now: the dependencies between tasks and what became of them."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from protocols.messages import Lot
from protocols.units import TaskId

State = Literal["solved", "failed", "unsold", "skipped", "unfunded", "unsettled", "cancelled"]


@dataclass(slots=True)
class _Waiting:
    lot: Lot
    missing: set[TaskId]
    answers: dict[str, str] = field(default_factory=dict[str, str])


class Agenda:
    """The tasks that wait for others and the lots that are ready, in a fixed order.

    Args:
        lots_of: Returns the lots of a task that has become ready; the task itself if left out.
    """

    def __init__(self, lots_of: Callable[[Lot], Sequence[Lot]] | None = None) -> None:
        self._lots_of = lots_of
        self.ready: deque[Lot] = deque()
        self.parked: list[Lot] = []
        self._entered: dict[TaskId, None] = {}
        self._waiting: dict[TaskId, _Waiting] = {}
        self._dependents: dict[TaskId, list[TaskId]] = {}
        self._ended: dict[TaskId, State] = {}
        self._answers: dict[TaskId, str] = {}

    def __len__(self) -> int:
        """Return how many tasks are ready, parked or waiting."""
        return len(self.ready) + len(self.parked) + len(self._waiting)

    def add(self, lot: Lot, needs: Sequence[TaskId]) -> TaskId | None:
        """Take a task in; return a task that it needs and that was not solved, if there is one.

        Args:
            lot: The task as it will be announced.
            needs: The tasks that must be solved first, known already or added later.
        """
        self._entered[lot.task] = None
        states = {need: self._ended.get(need) for need in needs}
        for need, state in states.items():
            if state not in {None, "solved"}:
                return need
        waiting = _Waiting(lot, {need for need, state in states.items() if state is None})
        for need in waiting.missing:
            self._dependents.setdefault(need, []).append(lot.task)
        waiting.answers.update({need: self._answers.get(need, "") for need in needs})
        self._waiting[lot.task] = waiting
        self._release(lot.task)
        return None

    def knows(self, task: TaskId) -> bool:
        """Whether a task of this id has entered."""
        return task in self._ended or task in self._entered

    @property
    def open(self) -> Collection[TaskId]:
        """The tasks that have entered and not ended, in the order of their entry: a view."""
        return self._entered.keys()

    def has_ended(self, task: TaskId) -> bool:
        """Whether a task has ended."""
        return task in self._ended

    def remove(self, task: TaskId) -> list[Lot]:
        """Take a task out that waits or is ready; return its lots, none if they are elsewhere."""
        self.unpark(task)
        waiting = self._waiting.pop(task, None)
        if waiting is not None:
            return [waiting.lot]
        lots = [lot for lot in self.ready if lot.origin == task]
        for lot in lots:
            self.ready.remove(lot)
        return lots

    def end(self, task: TaskId, state: State, answer: str | None) -> list[Lot]:
        """Note how a task ended; return the lots that can never start because of it, in order.

        Tasks that only waited for a solved one become ready, with its answer among their inputs.
        """
        self._ended[task] = state
        self._entered.pop(task, None)
        dependents = self._dependents.pop(task, ())
        if answer and state == "solved":
            self._answers[task] = answer
        broken: list[Lot] = []
        for dependent in dependents:
            waiting = self._waiting.get(dependent)
            if waiting is None:
                continue
            if state == "solved":
                waiting.missing.discard(task)
                waiting.answers[task] = answer or ""
                self._release(dependent)
            else:
                broken.append(self._waiting.pop(dependent).lot)
        return broken

    def _release(self, task: TaskId) -> None:
        waiting = self._waiting[task]
        if not waiting.missing:
            del self._waiting[task]
            lot = waiting.lot
            if waiting.answers:
                lot = lot.model_copy(update={"inputs": dict(waiting.answers)})
            self.ready.extend([lot] if self._lots_of is None else self._lots_of(lot))

    def take(self, most: int, kinds: int | None = None) -> tuple[Lot, ...]:
        """Remove and return up to so many ready lots, oldest first, of up to so many kinds."""
        lots: list[Lot] = []
        seen: set[str] = set()
        while self.ready and len(lots) < most:
            seen.add(self.ready[0].kind)
            if kinds is not None and len(seen) > kinds:
                break
            lots.append(self.ready.popleft())
        return tuple(lots)

    def again(self, lot: Lot) -> None:
        """Put a lot back for another announcement."""
        self.ready.append(lot)

    def park(self, lot: Lot) -> None:
        """Put a lot aside until somebody is there who could do it."""
        self.parked.append(lot)

    def unpark(self, task: TaskId | None = None) -> None:
        """Put lots back that were put aside, before all others; those of one task if it is named."""
        parked, self.parked = self.parked, []
        back: list[Lot] = []
        for lot in parked:
            (back if task is None or lot.origin == task else self.parked).append(lot)
        self.ready.extendleft(reversed(back))
