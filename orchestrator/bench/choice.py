"""Ways of choosing a worker for each question, and what a choice came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from orchestrator.bench.belief import Belief
    from orchestrator.bench.dataset import Dataset, Floats

    Choice = NDArray[np.int64]

NOBODY: Final = -1


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one way of choosing, by question; money in units.

    Attributes:
        success: The verified success of whoever was chosen; 0 where nobody was.
        cost: The recorded cost of every call that was made.
        paid: What contracts paid and calls before them cost; equal to the cost where no rule pays.
    """

    success: Floats
    cost: Floats
    paid: Floats

    def utility(self, value: float) -> Floats:
        """Return the value of the successes less the cost."""
        gained: Floats = value * self.success - self.cost
        return gained


def averaged(several: Sequence[Came]) -> Came:
    """Return the mean of several goes at the same questions."""
    return Came(
        *(
            np.mean([getattr(each, name) for each in several], axis=0)
            for name in ("success", "cost", "paid")
        )
    )


def came(asked: Dataset, choice: Choice, before: Floats | None = None) -> Came:
    """Return what a choice came to.

    Args:
        asked: The questions.
        choice: By question, the place of the worker; `NOBODY` for none.
        before: What was spent on each question before the choice.
    """
    success, cost = taken(asked.success, choice), taken(asked.cost, choice)
    cost = cost if before is None else cost + before
    return Came(success, cost, cost)


def taken(values: Floats, choice: Choice) -> Floats:
    """Return the value of whoever is chosen; 0 where nobody is."""
    rows = np.arange(len(choice))
    found: Floats = np.where(choice >= 0, values[rows, np.maximum(choice, 0)], 0.0)
    return found


def best(belief: Belief, value: float) -> Choice:
    """Choose the highest ``value * chance - cost`` above 0."""
    return _highest(value * belief.chance - belief.cost, belief, 0.0)


def most_confident(belief: Belief) -> Choice:
    """Choose the highest chance, whatever it costs; of equal ones the cheapest."""
    return _highest(belief.chance - 1e-9 * belief.cost / max(belief.cost.max(), 1e-300), belief)


def single(belief: Belief, column: int) -> Choice:
    """Give everything to one worker; nobody gets what it has no record of."""
    return np.where(belief.known[:, column] > 0, column, NOBODY)


def oracle(asked: Dataset, value: float) -> Choice:
    """Choose the highest realised utility, or nobody."""
    gained = np.where(asked.known, value * asked.success - asked.cost, -np.inf)
    chosen = gained.argmax(axis=1)
    return np.where(gained.max(axis=1) > 0, chosen, NOBODY)


def _highest(merit: Floats, belief: Belief, least: float = -np.inf) -> Choice:
    merit = np.where(belief.known > 0, merit, -np.inf)
    chosen = merit.argmax(axis=1)
    return np.where(merit.max(axis=1) > least, chosen, NOBODY)
