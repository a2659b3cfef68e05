"""Single numbers that say how far reports are from calibrated.

They are for auditing. None of them is a reward: a constant report at the base rate is perfectly
calibrated and says nothing, so paying for calibration pays for silence.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from scoring.sample import sample

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from scoring.rule import Outcomes, Reports


class CalibrationTest(NamedTuple):
    """A test of the hypothesis that the reports are calibrated.

    Attributes:
        z: About standard normal if the reports are calibrated.
        p_value: Two-sided probability of a z this far from 0 if they are.
    """

    z: float
    p_value: float


def spiegelhalter(reports: Reports, outcomes: Outcomes) -> CalibrationTest:
    """Test whether reports are calibrated; it needs no bins and works from some ten outcomes on.

    Args:
        reports: Probabilities in [0, 1]; at least one. Reports of 0, 1/2 and 1 carry no information.
        outcomes: Outcomes, each 0 or 1, as many.

    Returns:
        ``z = sum (x - p)(1 - 2p) / sqrt(sum (1 - 2p)**2 p (1 - p))``: above 0 when reports are too
        extreme (overconfident), below 0 when they are too timid.

    Raises:
        ValueError: If the inputs are invalid, or no report carries information.

    Source: Spiegelhalter, "Probabilistic prediction in patient management and clinical trials",
    Statistics in Medicine 1986.

    >>> result = spiegelhalter([0.9] * 10, [1] * 5 + [0] * 5)
    >>> round(result.z, 3), round(result.p_value, 5)
    (4.216, 2e-05)
    """
    p, x = _events(reports, outcomes)
    variance = float(((1.0 - 2.0 * p) ** 2 * p * (1.0 - p)).sum())
    if variance == 0.0:
        raise ValueError("reports of 0, 1/2 and 1 alone cannot be tested")
    z = float(((x - p) * (1.0 - 2.0 * p)).sum()) / math.sqrt(variance)
    return CalibrationTest(z, math.erfc(abs(z) / math.sqrt(2.0)))


def debiased_calibration_error(reports: Reports, outcomes: Outcomes, bins: int = 10) -> float:
    """Estimate the mean squared calibration error over bins of equal count, without the plug-in bias.

    A binned error is too large by about ``bins / n`` because a bin's share of successes is noisy; this
    estimator takes that noise off, so it can be below 0.

    Args:
        reports: Probabilities in [0, 1].
        outcomes: Outcomes, each 0 or 1, as many; at least two a bin.
        bins: How many bins; equal reports always share a bin.

    Returns:
        ``sum n_b / n ((p_b - x_b)**2 - x_b (1 - x_b) / (n_b - 1))``, 0 for calibrated reports.

    Raises:
        ValueError: If the inputs are invalid or there are fewer than two reports a bin.

    Source: Kumar, Liang and Ma, "Verified Uncertainty Calibration", NeurIPS 2019.

    >>> round(debiased_calibration_error([0.5] * 8, [0, 1] * 4, bins=1), 4)
    -0.0357
    """
    import numpy as np

    p, x = _events(reports, outcomes)
    if bins < 1 or p.size < 2 * bins:
        raise ValueError(f"needs two reports a bin, not {p.size} reports for {bins} bins")
    ranked = np.sort(p)
    edges = np.unique(ranked[(np.arange(1, bins) * p.size) // bins])
    position = np.searchsorted(edges, p, side="right")
    counts = np.bincount(position)
    held = counts > 1  # ties can leave a bin of one report, which cannot be debiased
    weights = counts[held]
    mean_report = np.bincount(position, weights=p)[held] / weights
    mean_outcome = np.bincount(position, weights=x)[held] / weights
    noise = mean_outcome * (1.0 - mean_outcome) / (weights - 1)
    return float(np.average((mean_report - mean_outcome) ** 2 - noise, weights=weights))


def _events(
    reports: Reports, outcomes: Outcomes
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a sample in which everything has happened or has not."""
    p, x = sample(reports, outcomes)
    if not ((x == 0.0) | (x == 1.0)).all():
        raise ValueError("every outcome must be 0 or 1")
    return p, x
