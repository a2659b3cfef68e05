"""Murphy's binned decomposition of the quadratic score, for comparison with older reports.

It depends on the bins; `scoring.corp` does not and is the one to read.

Source: Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology 1973;
the within-bin term: Stephenson, Coelho and Jolliffe, "Two extra components in the Brier score
decomposition", Weather and Forecasting 2008.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.binary import QUADRATIC
from scoring.sample import sample

if TYPE_CHECKING:
    from scoring.rule import Outcomes, Reports


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of reports: its mean report, mean outcome and number of reports."""

    report: float
    outcome: float
    count: int


@dataclass(frozen=True, slots=True)
class Murphy:
    """``mean_score = resolution - reliability - uncertainty + within_bins``.

    Attributes:
        mean_score: The mean quadratic score of the reports, in [-1, 0].
        reliability: Mean squared distance of a bin's report from its outcome; 0 is best.
        resolution: Mean squared distance of a bin's outcome from the base rate; more is better.
        uncertainty: ``base_rate (1 - base_rate)``.
        within_bins: What the bins blur; 0 if all reports in a bin are equal.
        bins: The bins that hold a report, lowest first.
    """

    mean_score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float
    bins: tuple[Bin, ...]


def murphy_decomposition(reports: Reports, outcomes: Outcomes, bins: int = 10) -> Murphy:
    """Split the mean quadratic score over equally wide bins of the reports.

    Args:
        reports: Probabilities in [0, 1]; at least one.
        outcomes: Outcomes in [0, 1], as many.
        bins: How many bins of equal width; at least 1.

    Raises:
        ValueError: If the inputs are empty, differ in length, leave [0, 1], or `bins` is below 1.

    >>> result = murphy_decomposition([0.2, 0.2, 0.8, 0.8], [0, 1, 1, 1])
    >>> round(result.reliability, 4), round(result.resolution, 4), result.uncertainty
    (0.065, 0.0625, 0.1875)
    """
    import numpy as np

    if bins < 1:
        raise ValueError(f"needs at least one bin, not {bins}")
    p, x = sample(reports, outcomes)
    position = np.minimum((p * bins).astype(np.intp), bins - 1)
    counts = np.bincount(position, minlength=bins)
    held = counts > 0
    weights = counts[held]
    mean_report = np.bincount(position, weights=p, minlength=bins)[held] / weights
    mean_outcome = np.bincount(position, weights=x, minlength=bins)[held] / weights
    base_rate = float(x.mean())
    reliability = float(np.average((mean_report - mean_outcome) ** 2, weights=weights))
    resolution = float(np.average((mean_outcome - base_rate) ** 2, weights=weights))
    uncertainty = base_rate * (1.0 - base_rate)
    mean_score = float(QUADRATIC.score_many(p, x).values.mean())
    within = mean_score - (resolution - reliability - uncertainty)
    columns = (mean_report.tolist(), mean_outcome.tolist(), weights.tolist())
    shown = tuple(Bin(*row) for row in zip(*columns, strict=True))
    return Murphy(mean_score, reliability, resolution, uncertainty, within, shown)
