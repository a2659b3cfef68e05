"""What the cells of a sweep came to, and how they differ on the same tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from orchestrator.drawing.display import finite
from orchestrator.evaluation.resampling import bootstrap_errors
from orchestrator.evaluation.summary import Summary
from orchestrator.sweep.grid import SEED
from protocols.events import Announced, Finished, Settled, TaskAdded, TaskEnded, Verified
from protocols.units import NANO

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.memory.record import Record
    from orchestrator.sweep.grid import Cell
    from protocols.events import Event
    from protocols.units import TaskId

SEEDS: Final = 3
"""From so many seeds on, intervals are over seeds; before, over tasks."""

_CONFIDENCE: Final = 0.95
_TWO_SIDED: Final = 1.959963984540054


class Outcome(NamedTuple):
    """What became of one task: its verified success, and in units its worth and its cost."""

    success: float
    value: float
    cost: float

    @property
    def utility(self) -> float:
        """The value of the success less the cost of the work and of verdicts."""
        return self.value * self.success - self.cost


@dataclass(slots=True)
class Measured:
    """What one cell came to: a fold over the events of its journal.

    Attributes:
        summary: The totals of the run.
        tasks: What became of each task.
    """

    summary: Summary = field(default_factory=Summary)
    tasks: dict[TaskId, Outcome] = field(default_factory=dict["TaskId", Outcome])
    _origins: dict[TaskId, TaskId] = field(default_factory=dict["TaskId", "TaskId"])
    _copied: set[TaskId] = field(default_factory=set["TaskId"])

    def note(self, event: Event) -> None:
        """Take one event in."""
        self.summary.note(event)
        match event:
            case TaskAdded(lot=lot, copies=copies):
                self.tasks[lot.task] = Outcome(0.0, lot.value / NANO, 0.0)
                if copies > 1:
                    self._copied.add(lot.task)
            case Announced(announcement=call):
                copies_of = {lot.task: lot.origin for lot in call.lots if lot.group is not None}
                self._origins.update(copies_of)
            case Finished(report=report):
                self._cost(report.task, report.cost)
            case Verified(outcome=outcome, cost=cost):
                self._cost(outcome.task, cost)
            case Settled(settlement=done) if done.task in self.tasks:
                self._success(done.task, done.success)
            case TaskEnded(task=task, state=state) if task in self._copied:
                self._success(task, float(state == "solved"))
            case _:
                pass

    def _cost(self, task: TaskId, cost: int) -> None:
        task = self._origins.get(task, task)
        outcome = self.tasks[task]
        self.tasks[task] = outcome._replace(cost=outcome.cost + cost / NANO)

    def _success(self, task: TaskId, success: float) -> None:
        self.tasks[task] = self.tasks[task]._replace(success=success)


def measure(record: Record) -> Measured:
    """Fold a journal into what its cell came to."""
    measured = Measured()
    for entry in record.entries():
        measured.note(entry.event)
    return measured


@dataclass(frozen=True, slots=True)
class Arm:
    """One setting over all its seeds; means per task, money in units.

    Attributes:
        name: The setting, for people.
        settings: The same as data.
        seeds: How many seeds it was run with.
        tasks: How many tasks it had over all of them.
        success: The mean verified success.
        cost: The mean cost of work and verdicts.
        paid: The mean of what contracts paid.
        cash: The mean cash that was spent, bids and plans included.
        utility: The mean of value times success less cost.
        paired: How many tasks it shares with the first arm, seed by seed.
        difference: Its utility less that of the first arm on those; ``None`` if there are none.
        low: The lower end of the 95 % interval of the difference; ``None`` for a single task.
        high: The upper end.
        over: Over what the interval is: ``seeds`` or ``tasks``; empty for the first arm.
    """

    name: str
    settings: dict[str, Any]
    seeds: int
    tasks: int
    success: float
    cost: float
    paid: float
    cash: float
    utility: float
    paired: int
    difference: float | None
    low: float | None
    high: float | None
    over: str

    def to_data(self) -> dict[str, Any]:
        """Return the row as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}


def arms(found: Sequence[tuple[Cell, Measured]]) -> list[Arm]:
    """Return one row for each setting; cells that differ in the seed alone are one row.

    Differences are paired: seed by seed and task by task, as far as both arms have the task. With
    three seeds or more the interval is Student's over the means of the seeds, because the tasks of
    one run share what the market learned; with fewer it is by a bootstrap over tasks and says
    nothing of other seeds.

    Args:
        found: The cells in their order; the first one is what the others are compared with.
    """
    grouped: dict[str, list[tuple[Cell, Measured]]] = {}
    for cell, measured in found:
        grouped.setdefault(_key(cell), []).append((cell, measured))
    rows = list(grouped.values())
    return [_arm(cells, rows[0]) for cells in rows]


def _key(cell: Cell) -> str:
    return str({path: value for path, value in cell.settings.items() if path != SEED})


def _arm(cells: Sequence[tuple[Cell, Measured]], first: Sequence[tuple[Cell, Measured]]) -> Arm:
    outcomes = [one for _, measured in cells for one in measured.tasks.values()]
    totals = [measured.summary for _, measured in cells]
    count = max(len(outcomes), 1)
    by_seed = [] if cells is first else list(_differences(cells, first))
    difference, half, over = _interval(by_seed)
    return Arm(
        name=cells[0][0].arm,
        settings={k: v for k, v in cells[0][0].settings.items() if k != SEED},
        seeds=len(cells),
        tasks=len(outcomes),
        success=sum(one.success for one in outcomes) / count,
        cost=sum(one.cost for one in outcomes) / count,
        paid=sum(each.paid for each in totals) / NANO / count,
        cash=sum(each.cash for each in totals) / NANO / count,
        utility=sum(one.utility for one in outcomes) / count,
        paired=sum(len(each) for each in by_seed),
        difference=difference,
        low=None if difference is None else finite(difference - half),
        high=None if difference is None else finite(difference + half),
        over=over,
    )


def _differences(
    cells: Iterable[tuple[Cell, Measured]], first: Iterable[tuple[Cell, Measured]]
) -> Iterable[list[float]]:
    """Yield for each seed that both have the differences in utility on the tasks that both have."""
    others = {cell.settings.get(SEED): measured.tasks for cell, measured in first}
    for cell, measured in cells:
        other = others.get(cell.settings.get(SEED), {})
        shared = [task for task in measured.tasks if task in other]
        if shared:
            yield [measured.tasks[task].utility - other[task].utility for task in shared]


def _interval(by_seed: Sequence[Sequence[float]]) -> tuple[float | None, float, str]:
    """Return the mean difference, half the width of its interval, and over what that is."""
    if not by_seed:
        return None, 0.0, ""
    if len(by_seed) >= SEEDS:
        from scipy.special import stdtrit

        means = np.array([np.mean(each) for each in by_seed])
        spread = float(means.std(ddof=1)) / sqrt(len(means))
        times = float(stdtrit(len(means) - 1, (1 + _CONFIDENCE) / 2))
        return float(means.mean()), times * spread, "seeds"
    pooled = np.array([each for one in by_seed for each in one])
    error = float(bootstrap_errors(pooled[:, None])[0])
    return float(pooled.mean()), _TWO_SIDED * error, "tasks"
