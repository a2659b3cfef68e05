"""Proper scoring rules for several classes: one probability per class against the class that came.

All are rewards: higher is better. A report is never renormalised: rescaling a vector that was clipped
breaks propriety from three classes on, so a sum other than 1 is an error of whoever reports.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.rule import Scores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Classes = NDArray[np.intp]

TOLERANCE = 1e-9
"""How far the probabilities of a report may sum from 1."""


@dataclass(frozen=True, slots=True)
class CategoricalRule:
    """A proper scoring rule for K classes, numbered from 0; higher is better.

    Attributes:
        name: The word by which a configuration asks for the rule.
        one: The score of one valid report.
        many: The scores of many valid reports, shape (n, K), and outcomes, shape (n,).
        range_of: The lowest and the highest score by the number of classes.
        strict: Whether honesty is the *only* best reply.

    >>> from scoring.categorical_rules import CATEGORICAL_QUADRATIC
    >>> CATEGORICAL_QUADRATIC.score([0.5, 0.3, 0.2], 0)
    0.62
    """

    name: str
    one: Callable[[Sequence[float], int], float]
    many: Callable[[Floats, Classes], Floats]
    range_of: Callable[[int], tuple[float, float]]
    strict: bool

    def bounds(self, classes: int) -> tuple[float, float]:
        """Return the lowest and the highest score with this many classes (at least 2).

        Raises:
            ValueError: If there are fewer than two classes.
        """
        if classes < 2:
            raise ValueError(f"needs at least two classes, not {classes}")
        return self.range_of(classes)

    def score(self, report: Sequence[float], outcome: int) -> float:
        """Return the score of one report.

        Args:
            report: One probability per class, at least 0, with a sum of 1 (within 1e-9).
            outcome: The class that came, from 0 to K - 1.

        Raises:
            ValueError: If the report is not a distribution or the outcome is not one of its classes.
        """
        if not (min(report, default=-1.0) >= 0.0 and abs(math.fsum(report) - 1.0) <= TOLERANCE):
            raise ValueError(f"probabilities must be at least 0 and sum to 1, not {list(report)!r}")
        if not 0 <= outcome < len(report):
            raise ValueError(
                f"the outcome must be a class from 0 to {len(report) - 1}, not {outcome}"
            )
        return self.one(report, outcome)

    def expected(self, report: Sequence[float]) -> float:
        """Return ``G(p)``: the mean score of somebody who reports `report` and believes it."""
        return math.fsum(p * self.score(report, k) for k, p in enumerate(report) if p)

    def score_many(
        self, reports: ArrayLike, outcomes: ArrayLike, *, base_rates: Sequence[float] | None = None
    ) -> Scores:
        """Score many reports at once.

        Args:
            reports: Shape (n, K); a row with a nan is missing.
            outcomes: The classes that came, whole numbers from 0 to K - 1, shape (n,).
            base_rates: One public base rate per class, which stands in for a missing report.

        Returns:
            The scores, shape (n,), and the rows that were missing and scored as the base rates.

        Raises:
            ValueError: If shapes differ, a row is not a distribution, an outcome is not a class, or a
                report is missing and there are no base rates.

        >>> from scoring.categorical_rules import CATEGORICAL_QUADRATIC
        >>> CATEGORICAL_QUADRATIC.score_many([[0.5, 0.3, 0.2], [0.0, 1.0, 0.0]], [0, 1]).values.tolist()
        [0.62, 1.0]
        """
        import numpy as np

        p = np.array(reports, dtype=np.float64)
        y = np.asarray(outcomes, dtype=np.float64)
        if p.ndim != 2 or y.shape != p.shape[:1]:
            raise ValueError(f"needs (n, K) reports and n outcomes, not {p.shape} and {y.shape}")
        missing = np.flatnonzero(np.isnan(p).any(axis=1))
        if missing.size:
            if base_rates is None:
                raise ValueError(f"report {missing[0]} is missing and there are no base rates")
            p[missing] = base_rates
        _check_rows(p, y)
        return Scores(self.many(p, y.astype(np.intp)), tuple(missing.tolist()))


def _check_rows(p: Floats, y: Floats) -> None:
    import numpy as np

    wrong = np.flatnonzero((p < 0.0).any(axis=1) | ~(abs(p.sum(axis=1) - 1.0) <= TOLERANCE))
    if wrong.size:
        row = wrong[0]
        raise ValueError(f"report {row} must be at least 0 and sum to 1, not {p[row].tolist()!r}")
    outside = np.flatnonzero(~((y >= 0.0) & (y < p.shape[1]) & (np.floor(y) == y)))
    if outside.size:
        raise ValueError(f"outcome {outside[0]} must be a class from 0 to {p.shape[1] - 1}")
