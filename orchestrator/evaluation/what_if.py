"""What other mechanisms would have decided on the bids of a run, and what that would have brought."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from orchestrator.evaluation.decided import turns
from orchestrator.evaluation.evidence import Evidence
from orchestrator.evaluation.measures import NOTHING, Measures, measured
from orchestrator.evaluation.off_policy import ESTIMATORS, contributions
from orchestrator.evaluation.path import Path
from orchestrator.memory.journal import JournalError
from protocols.events import RoundClosed
from protocols.units import NANO
from protocols.worth import combine_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from orchestrator.evaluation.decided import Held
    from orchestrator.evaluation.off_policy import Estimator
    from orchestrator.evaluation.outcomes import Outcomes
    from orchestrator.evaluation.path import Fate
    from orchestrator.memory.record import Record
    from protocols.mechanism import Mechanism
    from protocols.units import Money, TaskId

    Floats = NDArray[np.float64]

QUANTITIES: Final = ("solved", "value", "cost", "paid", "surplus", "welfare")
"""What is compared: a count, and money in units of the currency."""

ACCEPTED: Final = (
    "this run asked price by price, so its bids are prices that were accepted and not costs"
)
TOGETHER: Final = (
    "joint-value takes the lots of an announcement for one task, and here each task counts alone"
)
FACT: Final = "known"
"""The word for numbers that nobody had to estimate."""


class Difference(NamedTuple):
    """A sum over tasks, less that of the run on the same tasks.

    Attributes:
        total: What the mechanism comes to.
        actual: What the run came to.
        difference: The first less the second.
        error: The standard error of the difference, over the tasks and what was drawn for them.
    """

    total: float
    actual: float
    difference: float
    error: float


@dataclass(frozen=True, slots=True)
class Row:
    """What one mechanism would have brought.

    Attributes:
        name: How it was asked for.
        tasks: How many tasks count.
        known: How many of them have an outcome on its path that is known.
        estimated: How many have one that is estimated from draws.
        unknown: How many have one that nobody can know, by reason.
        uncleared: How many announcements it could not clear.
        same: How many tasks come to exactly what they came to in the run.
        found: By estimator, or ``known`` where nothing is estimated: every quantity, over the tasks
            that are known or estimated.
    """

    name: str
    tasks: int
    known: int
    estimated: int
    unknown: Mapping[str, int]
    uncleared: int
    same: int
    found: Mapping[str, Mapping[str, Difference]]

    @property
    def whole(self) -> bool:
        """Whether something can be said about every task."""
        return not self.unknown

    @property
    def best(self) -> Mapping[str, Difference]:
        """The numbers to rely on."""
        return next(iter(self.found.values()))

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data; totals are ``null`` where part of them is unknown."""
        return {
            "mechanism": self.name,
            "tasks": self.tasks,
            "known": self.known,
            "estimated": self.estimated,
            "unknown": dict(self.unknown),
            "uncleared": self.uncleared,
            "same": self.same,
            "totals": {name: each.total for name, each in self.best.items()}
            if self.whole
            else None,
            "compared": {
                way: {name: _finite(each) for name, each in found.items()}
                for way, found in self.found.items()
            },
        }


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Other mechanisms next to the run; money in units of the currency.

    Attributes:
        tasks: How many tasks of the run have ended and were not called off.
        left_out: How many have not, or were.
        draws: How many settled awards of the run were drawn by lot.
        actual: What the run came to on them, by quantity.
        rows: The mechanisms.
    """

    tasks: int
    left_out: int
    draws: int
    actual: Mapping[str, float]
    rows: tuple[Row, ...]

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "tasks": self.tasks,
            "left_out": self.left_out,
            "draws": self.draws,
            "actual": dict(self.actual),
            "mechanisms": [row.to_data() for row in self.rows],
        }


def what_if(
    record: Record,
    mechanisms: Mapping[str, Mechanism],
    budget: Money | None,
    trials: Outcomes | None = None,
) -> WhatIf:
    """Let other mechanisms decide on the bids of a journal.

    Args:
        record: The journal.
        mechanisms: By the names that the rows get.
        budget: The most cash; ``None`` is no cap.
        trials: What every bidder would have brought, as far as workers can be asked again.

    Raises:
        JournalError: If the journal cannot be read, or says too little: answers were scored by
            peers, bids are answers to prices, or lots were or would be worth something only
            together.
    """
    evidence = Evidence(record, trials)
    for name, each in mechanisms.items():
        if reason := _unsayable(record, evidence.own, each):
            raise JournalError(
                f"{record.path}: what {name} would have brought is unknown: {reason}"
            )
    paths = {name: Path(each, evidence, budget) for name, each in mechanisms.items()}
    actual: dict[TaskId, Measures] = {}
    for turn in turns(record):
        if turn.stage == "closed" and turn.held is not None:
            _add_up(actual, turn.held, evidence.limits.solved_at)
        for path in paths.values():
            path.take(turn, actual)
    over = evidence.ended - evidence.cancelled
    counted = [task for task in evidence.needs if task in over]
    for path in paths.values():
        path.finish(actual)
    rows = [_row(name, path, counted, actual) for name, path in paths.items()]
    totals = _quantities([actual.get(task, NOTHING) for task in counted]).sum(axis=0)
    return WhatIf(
        tasks=len(counted),
        left_out=len(evidence.needs) - len(counted),
        draws=evidence.draws,
        actual=dict(zip(QUANTITIES, map(float, totals), strict=True)),
        rows=tuple(rows),
    )


def _unsayable(record: Record, own: Mechanism | None, mechanism: Mechanism) -> str:
    """Return why nothing can be said of a mechanism; empty where something can."""
    if own == mechanism:
        return ""
    if next(record.of(RoundClosed), None) is not None:
        return ACCEPTED
    return TOGETHER if combine_of(mechanism) or (own and combine_of(own)) else ""


def _add_up(actual: dict[TaskId, Measures], held: Held, solved_at: float) -> None:
    """Add what the awards of an announcement came to."""
    lots = held.lots
    for award in held.awards:
        ended = held.ended.get((award.task, award.worker))
        if ended is None:
            continue
        done = ended.settlement
        if done is None:
            came = Measures(cost=ended.cost or 0, paid=ended.owed + ended.bought)
        else:
            lot = lots[award.task]
            came = measured(lot, award.contract, done.success, done.cost, solved_at)
            came = came._replace(paid=done.payment)
        actual[award.task] = actual.get(award.task, NOTHING).plus(came)


def _row(name: str, path: Path, tasks: Iterable[TaskId], actual: Mapping[TaskId, Measures]) -> Row:
    known: list[tuple[Measures, Measures]] = []
    drawn: list[tuple[Fate, Measures]] = []
    unknown: Counter[str] = Counter()
    for task in tasks:
        fate, real = path.fates[task], actual.get(task, NOTHING)
        if fate.unknown is not None:
            unknown[fate.unknown] += 1
        elif fate.term is not None:
            drawn.append((fate, NOTHING if fate.actual is None else fate.actual))
        else:
            known.append((fate.sums, real))
    ways: tuple[Estimator | None, ...] = ESTIMATORS if drawn else (None,)
    return Row(
        name=name,
        tasks=len(known) + len(drawn) + unknown.total(),
        known=len(known),
        estimated=len(drawn),
        unknown=dict(unknown.most_common()),
        uncleared=path.uncleared,
        same=sum(mine == theirs for mine, theirs in known),
        found={way or FACT: _differences(known, drawn, way) for way in ways},
    )


def _differences(
    known: list[tuple[Measures, Measures]],
    drawn: list[tuple[Fate, Measures]],
    way: Estimator | None,
) -> dict[str, Difference]:
    """Return sums and paired differences of every quantity."""
    import numpy as np

    mine = _quantities([each for each, _ in known])
    theirs = _quantities([each for _, each in (*known, *drawn)])
    if way is not None:
        rows = contributions([fate.term for fate, _ in drawn if fate.term is not None], way)
        before = np.array([fate.sums for fate, _ in drawn], dtype=np.float64)
        mine = np.concatenate([mine, _derived(rows + before)])
    gaps = mine - theirs
    count = len(gaps)
    errors = gaps.std(axis=0, ddof=1) * sqrt(count) if count > 1 else np.full(6, np.nan)
    columns = zip(QUANTITIES, mine.sum(axis=0), theirs.sum(axis=0), errors, strict=True)
    return {
        name: Difference(float(own), float(other), float(own - other), float(error))
        for name, own, other, error in columns
    }


def _quantities(measures: Iterable[Measures]) -> Floats:
    """Return a row of all quantities for each task."""
    import numpy as np

    return _derived(np.array(list(measures), dtype=np.float64).reshape(-1, 4))


def _derived(four: Floats) -> Floats:
    """Return rows with surplus and welfare beside the four that they follow from; in units."""
    import numpy as np

    solved, value, cost, paid = four.T
    money = np.stack([value, cost, paid, value - paid, value - cost], axis=1) / NANO
    both: Floats = np.concatenate([solved[:, None], money], axis=1)
    return both


def _finite(found: Difference) -> dict[str, float | None]:
    """Return it as data; what is no number is ``null``."""
    return {key: each if each == each else None for key, each in found._asdict().items()}
