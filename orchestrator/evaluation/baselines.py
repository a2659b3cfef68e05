"""What other ways of choosing a worker would have brought on the same tasks.

Every rule chooses one bid of the first announcement of each task, or none. Its utility is ``V x - c``:
the value times the verified success, less the metered cost of the work; what asking for bids costs
is the same for all and left out, and so are budget and capacities. Between equal bids a rule gets
the mean of them, so nothing is drawn at random.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.drawing.display import finite
from orchestrator.evaluation.alternatives import RULES, always, decided_field
from orchestrator.evaluation.outcomes import gather
from orchestrator.evaluation.resampling import bootstrap_errors
from protocols.units import NANO, WorkerId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.evaluation.alternatives import Field
    from orchestrator.evaluation.outcomes import Outcomes
    from orchestrator.memory.record import Record
    from protocols.units import TaskId
    from workers.ports import Verifier, Worker

    Floats = NDArray[np.float64]

MARKET: Final = "market-first"
"""The row that all others are compared with: the market's choice on the same bids."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What one rule would have brought, as means per task; money in units of the currency.

    Attributes:
        rule: Its word.
        label: Its name for people.
        accuracy: The mean verified success; a task that nobody gets counts as 0.
        awarded: The share of tasks that somebody gets.
        cost: The mean metered cost.
        utility: The mean of ``V x - c``; higher is better.
        difference: The utility less that of the market's first attempt.
        error: The standard error of the difference, from a paired bootstrap over tasks; no number
            for a single task.
    """

    rule: str
    label: str
    accuracy: float
    awarded: float
    cost: float
    utility: float
    difference: float
    error: float

    def to_data(self) -> dict[str, Any]:
        """Return the row as plain data."""
        data = {name: getattr(self, name) for name in self.__slots__}
        return {**data, "error": finite(self.error)}


@dataclass(frozen=True, slots=True)
class Baselines:
    """All rules side by side on the same tasks.

    Attributes:
        tasks: How many tasks are compared.
        left_out: How many tasks had bids and cannot be compared: no verifier, or no end.
        absent: The workers whose outcomes are unknown because they cannot be called again.
        rows: The rules, the market first.
        singles: For each worker what giving it everything that it bid on would have brought.
    """

    tasks: int
    left_out: int
    absent: tuple[WorkerId, ...]
    rows: tuple[Baseline, ...]
    singles: tuple[Baseline, ...]

    def row(self, rule: str) -> Baseline:
        """Return the row of a rule.

        Raises:
            KeyError: If there is no such rule, or nothing to compare.
        """
        return {row.rule: row for row in self.rows}[rule]

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data; money in units of the currency, per task."""
        return {
            "tasks": self.tasks,
            "left_out": self.left_out,
            "absent": list(self.absent),
            "rules": [row.to_data() for row in self.rows],
            "single_workers": [row.to_data() for row in self.singles],
        }


async def compare(
    record: Record,
    workers: Iterable[Worker],
    verifiers: Mapping[TaskId, Verifier],
    *,
    seed: int = 0,
) -> Baselines:
    """Compare the market of a journal with other rules on the same bids and tasks.

    Args:
        record: The journal.
        workers: The workers of the run, as they were at its start; those that are not `repeatable`
            are left out and named.
        verifiers: Who judges, by task.
        seed: Of the bootstrap.

    Raises:
        JournalError: If the journal cannot be read.
    """
    return baselines(await gather(record, workers, verifiers), seed=seed)


def baselines(outcomes: Outcomes, *, seed: int = 0) -> Baselines:
    """Compare the market with other rules on known outcomes; see `compare`."""
    import numpy as np

    absent = tuple(outcomes.absent)
    field = decided_field(outcomes) if outcomes.workers else None
    if field is None or not len(field.values):
        return Baselines(0, len(outcomes.tasks), absent, (), ())
    results = _results(outcomes.workers, field)
    differences = np.stack([result.utilities for result in results.values()], axis=1)
    differences -= results[MARKET].utilities[:, None]
    columns = zip(
        results, differences.mean(axis=0), bootstrap_errors(differences, seed), strict=True
    )
    rows = {
        rule: _row(rule, results[rule], float(difference), float(error))
        for rule, difference, error in columns
    }
    singles = [rows.pop(f"single:{name}") for name in outcomes.workers]
    ordered = [rows.pop(MARKET), rows.pop("market"), _best(singles), *rows.values()]
    count = len(field.values)
    left_out = len(outcomes.tasks) - count
    return Baselines(count, left_out, absent, tuple(ordered), tuple(singles))


# The arithmetic -------------------------------------------------------------------------------


class _Result(NamedTuple):
    label: str
    utilities: Floats
    successes: Floats
    costs: Floats
    awarded: Floats


def _results(workers: Sequence[WorkerId], field: Field) -> dict[str, _Result]:
    results = {
        MARKET: _of_market("market, first attempt", field.first, field),
        "market": _of_market("market, as run", field.run, field),
    }
    for column, name in enumerate(workers):
        results[f"single:{name}"] = _of_choice(name, always(column, field), field)
    for rule, (label, choose) in RULES.items():
        results[rule] = _of_choice(label, choose(field), field)
    return results


def _of_market(label: str, got: Floats, field: Field) -> _Result:
    successes, costs = got[:, 0], got[:, 1]
    return _Result(label, field.values * successes - costs, successes, costs, field.awarded)


def _of_choice(label: str, shares: Floats, field: Field) -> _Result:
    return _Result(
        label,
        (shares * field.utilities).sum(axis=1),
        (shares * field.successes).sum(axis=1),
        (shares * field.costs).sum(axis=1),
        shares.sum(axis=1),
    )


def _row(rule: str, result: _Result, difference: float, error: float) -> Baseline:
    return Baseline(
        rule=rule,
        label=result.label,
        accuracy=float(result.successes.mean()),
        awarded=float(result.awarded.mean()),
        cost=float(result.costs.mean()) / NANO,
        utility=float(result.utilities.mean()) / NANO,
        difference=difference / NANO,
        error=error / NANO,
    )


def _best(singles: list[Baseline]) -> Baseline:
    best = max(singles, key=lambda row: row.utility)
    label = f"best single worker, in hindsight: {best.label}"
    return replace(best, rule="best-single", label=label)
