"""Log-odds, and a history of reports kept as a few cells on the log-odds scale.

A map from stated to true probability is fitted to this history. Cells make the work of a fit
independent of the length of the history, and lose almost nothing: each cell keeps the exact means
of what a map takes from its reports, and models state few different confidences anyway.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

CLIP = 0.02
"""Reports are moved into [0.02, 0.98] first: a stated certainty is not infinite evidence."""

CELLS = 20
"""How many cells a history has."""

_EDGE = math.log((1.0 - CLIP) / CLIP)
_PER_UNIT = CELLS / (2.0 * _EDGE)

Cell = tuple[float, float, float, float]
"""Reports that lie together: how many, how much success, mean ``ln p`` and mean ``-ln(1 - p)``.

The two means add up to the mean log-odds."""


def logit(probability: float) -> float:
    """Return the log-odds of a probability in [0, 1], after moving it into [0.02, 0.98].

    Raises:
        ValueError: If the probability is outside [0, 1].

    >>> logit(0.5), logit(1.0) == logit(0.98)
    (0.0, True)
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"a report must be in [0, 1], not {probability!r}")
    clipped = min(max(probability, CLIP), 1.0 - CLIP)
    return math.log(clipped / (1.0 - clipped))


def sigmoid(log_odds: float) -> float:
    """Return the probability with these log-odds.

    >>> sigmoid(0.0)
    0.5
    """
    if log_odds >= 0.0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    odds = math.exp(log_odds)
    return odds / (1.0 + odds)


def log_probability(log_odds: float) -> float:
    """Return the logarithm of the probability with these log-odds.

    >>> round(log_probability(0.0), 6)
    -0.693147
    """
    return -math.log1p(math.exp(-log_odds))


def cell_of(count: float, success: float, log_odds: float) -> Cell:
    """Return the cell of reports that all have the same log-odds.

    >>> cell_of(10, 5.0, 0.0)[:2]
    (10, 5.0)
    """
    ln_p = log_probability(log_odds)
    return count, success, ln_p, log_odds - ln_p


def cell_sums(
    workers: NDArray[np.intp],
    count: int,
    reports: NDArray[np.float64],
    outcomes: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum reports up by worker and cell.

    Args:
        workers: Of each report, from 0.
        count: How many workers there are.
        reports: In [0, 1].
        outcomes: In [0, 1].

    Returns:
        An array by worker, by number (count, success, ``ln p``, ``-ln(1 - p)``) and by cell.

    >>> import numpy as np
    >>> cell_sums(np.array([0, 0]), 1, np.array([0.5, 0.5]), np.array([1.0, 0.0]))[0, :2, CELLS // 2]
    array([2., 1.])
    """
    import numpy as np

    clipped = reports.clip(CLIP, 1.0 - CLIP)
    ln_p, minus_ln_q = np.log(clipped), -np.log1p(-clipped)
    cells = ((ln_p + minus_ln_q + _EDGE) * _PER_UNIT).astype(np.intp).clip(0, CELLS - 1)
    places, size = workers * CELLS + cells, count * CELLS
    columns = (np.ones_like(reports), outcomes, ln_p, minus_ln_q)
    sums = [np.bincount(places, weights=column, minlength=size) for column in columns]
    return np.stack(sums, axis=1, dtype=np.float64).T.reshape(4, count, CELLS).swapaxes(0, 1)


class History:
    """Reports and their outcomes, as sums in `CELLS` cells of equal width on the log-odds scale."""

    __slots__ = ("_cells", "_counts", "_ln_ps", "_minus_ln_qs", "_successes", "count")

    def __init__(self) -> None:
        self.count = 0
        self._counts = [0] * CELLS
        self._successes = [0.0] * CELLS
        self._ln_ps = [0.0] * CELLS
        self._minus_ln_qs = [0.0] * CELLS
        self._cells: list[Cell | None] = [None] * CELLS

    def add(self, log_odds: float, outcome: float) -> None:
        """Add one report, given as the log-odds that `logit` returns, and its outcome in [0, 1]."""
        cell = min(int((log_odds + _EDGE) * _PER_UNIT), CELLS - 1)
        self.count += 1
        ln_p = log_probability(log_odds)
        n = self._counts[cell] = self._counts[cell] + 1
        success = self._successes[cell] = self._successes[cell] + outcome
        up = self._ln_ps[cell] = self._ln_ps[cell] + ln_p
        down = self._minus_ln_qs[cell] = self._minus_ln_qs[cell] + (log_odds - ln_p)
        self._cells[cell] = n, success, up / n, down / n

    def add_sums(self, sums: Sequence[Sequence[float]]) -> None:
        """Add many reports at once, summed up by cell as `cell_sums` returns them."""
        counts, successes, ln_ps, minus_ln_qs = sums
        for cell, count in enumerate(counts):
            if count:
                n = self._counts[cell] = self._counts[cell] + int(count)
                success = self._successes[cell] = self._successes[cell] + successes[cell]
                up = self._ln_ps[cell] = self._ln_ps[cell] + ln_ps[cell]
                down = self._minus_ln_qs[cell] = self._minus_ln_qs[cell] + minus_ln_qs[cell]
                self._cells[cell] = n, success, up / n, down / n
                self.count += int(count)

    def cells(self) -> list[Cell]:
        """Return the cells that hold a report."""
        return [cell for cell in self._cells if cell]

    def cells_without(self, part: History) -> list[Cell]:
        """Return the cells of what is left when `part`, whose reports are all in here, is taken out."""
        here = zip(self._counts, self._successes, self._ln_ps, self._minus_ln_qs, strict=True)
        there = zip(part._counts, part._successes, part._ln_ps, part._minus_ln_qs, strict=True)
        return [
            (n - m, success - taken, (up - less_up) / (n - m), (down - less_down) / (n - m))
            for (n, success, up, down), (m, taken, less_up, less_down) in zip(
                here, there, strict=True
            )
            if n > m
        ]
