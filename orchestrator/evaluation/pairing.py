"""Two runs next to each other: paired over the tasks that both had, unpaired over the others."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.evaluation.decided import limits_of, opening
from orchestrator.evaluation.resampling import bootstrap_errors
from orchestrator.evaluation.settings_diff import Setting, settings_diff
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import Announced, Finished, Settled, TaskAdded, TaskEnded
from protocols.stopping import SetAside
from protocols.units import NANO

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.memory.record import Record
    from protocols.messages import Lot
    from protocols.units import TaskId

    Floats = NDArray[np.float64]

QUANTITIES: Final = ("solved", "value", "cost", "paid", "utility")
"""What is compared, by task: the share that is solved, and money in units of the currency."""

SURE: Final = 2.0
"""So many standard errors make a difference that counts."""

PEER_SOLVED: Final = 1.0


class Contrast(NamedTuple):
    """One quantity in two runs, as means per task.

    Attributes:
        first: The mean in the first run.
        second: The mean in the second.
        difference: The second less the first.
        error: Its standard error, by a bootstrap over tasks; no number for a single task.
        more: In how many tasks the second has more; 0 where tasks are not paired.
        less: In how many it has less.
    """

    first: float
    second: float
    difference: float
    error: float
    more: int = 0
    less: int = 0

    @property
    def sign(self) -> int:
        """1 or -1 where chance does not explain the difference, else 0."""
        sure = abs(self.difference) > SURE * self.error  # never, where that is no number
        return 0 if not sure else 1 if self.difference > 0 else -1

    def to_data(self) -> dict[str, float | int | None]:
        """Return it as plain data; what is no number is ``null``."""
        data = {**self._asdict(), "sign": self.sign}
        return {key: value if value == value else None for key, value in data.items()}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs next to each other.

    Attributes:
        paired: How many tasks both runs had, the same in kind, prompt, value and reserve.
        only_first: How many tasks only the first run had, or had otherwise.
        only_second: How many only the second.
        same: The contrasts over the tasks that both had; empty without any.
        others: The contrasts over all other tasks; empty unless both runs had some.
        settings: In which settings the runs differ.
    """

    paired: int
    only_first: int
    only_second: int
    same: Mapping[str, Contrast]
    others: Mapping[str, Contrast]
    settings: tuple[Setting, ...]

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "paired": self.paired,
            "only_first": self.only_first,
            "only_second": self.only_second,
            "same_tasks": {name: each.to_data() for name, each in self.same.items()},
            "other_tasks": {name: each.to_data() for name, each in self.others.items()},
            "settings": [each._asdict() for each in self.settings],
        }


@dataclass(slots=True)
class _Came:
    """What one task came to."""

    lot: Lot
    state: str | None = None
    success: float = 0.0
    cost: int = 0
    paid: int = 0

    def row(self, solved_at: float) -> tuple[float, ...]:
        """Return the quantities."""
        solved = self.state == "solved"
        success = self.success if self.success >= solved_at else PEER_SOLVED
        value = round(self.lot.value * success) if solved else 0
        money = (value, self.cost, self.paid, value - self.cost)
        return (float(solved), *(each / NANO for each in money))


def compare_runs(first: Record, second: Record, *, seed: int = 0) -> Comparison:
    """Compare two journals, task by task.

    Tasks that have not ended, and those that were called off, are left out. Two tasks are the same
    if id, kind, prompt, value and reserve are.

    Args:
        first: The one to compare with.
        second: The other; differences are second less first.
        seed: Of the bootstrap.

    Raises:
        JournalError: If one of them cannot be read.
    """
    one, other = _tasks(first), _tasks(second)
    bars = [limits_of(opening(record)).solved_at for record in (first, second)]
    both = [task for task in one if task in other and _asks(one[task]) == _asks(other[task])]
    rest = [
        _rows([came for task, came in tasks.items() if task not in set(both)], bar)
        for tasks, bar in zip((one, other), bars, strict=True)
    ]
    mine, theirs = (
        _rows([tasks[task] for task in both], bar)
        for tasks, bar in zip((one, other), bars, strict=True)
    )
    return Comparison(
        paired=len(both),
        only_first=len(one) - len(both),
        only_second=len(other) - len(both),
        same=_paired(mine, theirs, seed) if both else {},
        others=_unpaired(rest, seed) if all(map(len, rest)) else {},
        settings=tuple(settings_diff(opening(first), opening(second))),
    )


def _tasks(record: Record) -> dict[TaskId, _Came]:
    """Return what every task came to that has ended and was not called off."""
    tasks: dict[TaskId, _Came] = {}
    origins: dict[TaskId, TaskId] = {}
    read = (TaskAdded, Announced, Finished, Settled, SetAside, Lapsed, Withdrawn, TaskEnded)
    for entry in record.entries(*read):
        match event := entry.event:
            case TaskAdded(lot=lot):
                tasks[lot.task] = _Came(lot)
            case Finished(report=report) if came := _of(tasks, origins, report.task):
                came.cost += report.cost
            case Settled(settlement=done) if came := _of(tasks, origins, done.task):
                came.paid += done.payment
                came.success = done.success
            case SetAside(task=task) if came := _of(tasks, origins, task):
                came.paid += event.payment
            case Lapsed(task=task) if came := _of(tasks, origins, task):
                came.paid -= event.penalty
            case Withdrawn(task=task) if came := _of(tasks, origins, task):
                came.cost += event.cost
                came.paid += event.owed
            case TaskEnded(task=task, state=state):
                tasks[task].state = state
            case Announced(announcement=call):
                origins |= {lot.task: lot.origin for lot in call.lots if lot.group is not None}
            case _:
                pass  # nothing else was read
    return {task: came for task, came in tasks.items() if came.state not in {None, "cancelled"}}


def _of(
    tasks: Mapping[TaskId, _Came], origins: Mapping[TaskId, TaskId], task: TaskId
) -> _Came | None:
    """Return where to add up the work on a lot: at the task that it is, or is a copy of."""
    return tasks.get(origins.get(task, task))


def _asks(came: _Came) -> tuple[object, ...]:
    lot = came.lot
    return lot.kind, lot.prompt, lot.value, lot.reserve


def _rows(tasks: Sequence[_Came], solved_at: float) -> Floats:
    import numpy as np

    rows = [came.row(solved_at) for came in tasks]
    return np.array(rows, dtype=np.float64).reshape(-1, len(QUANTITIES))


def _paired(mine: Floats, theirs: Floats, seed: int) -> dict[str, Contrast]:
    gaps = theirs - mine
    errors = bootstrap_errors(gaps, seed)
    return {
        name: Contrast(
            first=float(mine[:, at].mean()),
            second=float(theirs[:, at].mean()),
            difference=float(gaps[:, at].mean()),
            error=float(errors[at]),
            more=int((gaps[:, at] > 0).sum()),
            less=int((gaps[:, at] < 0).sum()),
        )
        for at, name in enumerate(QUANTITIES)
    }


def _unpaired(rest: Sequence[Floats], seed: int) -> dict[str, Contrast]:
    mine, theirs = rest
    errors = [bootstrap_errors(rows, seed + place) for place, rows in enumerate(rest)]
    return {
        name: Contrast(
            first=float(mine[:, at].mean()),
            second=float(theirs[:, at].mean()),
            difference=float(theirs[:, at].mean() - mine[:, at].mean()),
            error=sqrt(float(errors[0][at]) ** 2 + float(errors[1][at]) ** 2),
        )
        for at, name in enumerate(QUANTITIES)
    }
