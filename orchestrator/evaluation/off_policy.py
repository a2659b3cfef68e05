"""Off-policy estimates: what a rule would have brought, from what another rule drew by lot.

Where a run drew the worker of a lot with chance e, and the other rule would have chosen worker b,
the outcome of b is seen if b was drawn. With w = 1/e then and w = 0 else, and q a model of the
outcome r of b that does not know this lot,

    inverse propensity     w r                       (Horvitz and Thompson 1952)
    self-normalised        n sum(w r) / sum(w)        (Hajek 1971; Swaminathan and Joachims 2015)
    doubly robust          q + w (r - q)             (Robins, Rotnitzky and Zhao 1994;
                                                     Dudik, Langford and Li 2011)

The first and the third are unbiased whatever q is, because E w = 1 given everything but the draw;
a good q makes the third vary less. The second is biased by the order of 1/n and varies less than
the first. All three assume that b could have been drawn, and that the draw hung on nothing but
what was known before the work.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Estimator = Literal["doubly-robust", "inverse-propensity", "self-normalised"]
ESTIMATORS: Final[tuple[Estimator, ...]] = get_args(Estimator)
"""The estimators, the one to rely on first."""

_STRENGTH = 2.0
"""So many outcomes the prior of the quality model is worth."""


class Term(NamedTuple):
    """What one draw says.

    Attributes:
        weight: One over the chance of the draw where it hit the worker asked about, else 0.
        seen: What that worker brought; anything where it was not drawn.
        model: What the model expects of it; same fields.
    """

    weight: float
    seen: Sequence[float]
    model: Sequence[float]


def contributions(terms: Sequence[Term], estimator: Estimator) -> Floats:
    """Return a row for each draw; the sums of the columns are the estimates.

    For the self-normalised estimate the rows are its linearisation: they add up to it, and their
    spread is its standard error by the delta method. Without a single hit they are no numbers.

    >>> hit, miss = Term(4.0, [1.0], [0.5]), Term(0.0, [0.0], [0.5])
    >>> {name: contributions([hit, miss], name).sum().item() for name in ESTIMATORS}
    {'doubly-robust': 3.0, 'inverse-propensity': 4.0, 'self-normalised': 2.0}
    """
    import numpy as np

    weights = np.array([[term.weight] for term in terms])
    seen = np.array([term.seen for term in terms], dtype=np.float64)
    rows: Floats
    if estimator == "doubly-robust":
        model = np.array([term.model for term in terms], dtype=np.float64)
        rows = model + weights * (seen - model)
    elif estimator == "inverse-propensity":
        rows = weights * seen
    else:
        total = weights.sum()
        if not total:
            return np.full_like(seen, np.nan)
        mean = (weights * seen).sum(axis=0) / total
        rows = mean + weights * (seen - mean) * (len(terms) / total)
    return rows


class Qualities:
    """A model of success by worker and kind of task, from outcomes that were drawn by lot.

    The mean of the worker at the kind, drawn towards the mean of everybody with the weight of two
    outcomes. Asked about a task it leaves out what was seen of that task, so that its errors are
    independent of the draw that they are weighed with.

    >>> model = Qualities()
    >>> model.note("ann", "sum", "t1", 1.0)
    >>> model.chance("ann", "sum", "t2"), model.chance("ann", "sum", "t1")
    (1.0, 0.5)
    """

    def __init__(self) -> None:
        self._sums: dict[tuple[str, str], tuple[int, float]] = {}
        self._all = (0, 0.0)
        self._of_task: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)

    def note(self, worker: str, kind: str, task: str, success: float) -> None:
        """Take in one outcome in [0, 1]."""
        count, total = self._sums.get((worker, kind), (0, 0.0))
        self._sums[worker, kind] = (count + 1, total + success)
        self._all = (self._all[0] + 1, self._all[1] + success)
        self._of_task[task].append((worker, kind, success))

    def chance(self, worker: str, kind: str, task: str) -> float:
        """Return the chance of success of a worker at a task, from all other tasks."""
        (count, total), (everybody, overall) = self._sums.get((worker, kind), (0, 0.0)), self._all
        for other, sort, success in self._of_task.get(task, ()):
            everybody, overall = everybody - 1, overall - success
            if (other, sort) == (worker, kind):
                count, total = count - 1, total - success
        prior = overall / everybody if everybody else 0.5
        return (total + _STRENGTH * prior) / (count + _STRENGTH)
