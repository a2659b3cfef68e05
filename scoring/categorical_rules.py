"""The proper scoring rules for several classes.

All but the ranked one look at a report through two numbers only: what it gave to the class that came,
and the sum of its powers.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from scoring.categorical import TOLERANCE, CategoricalRule
from scoring.elementwise import log, power
from scoring.rule import check_exponent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.categorical import Classes, Floats
    from scoring.elementwise import Number


class _Shape(Protocol):
    """A score as a function of what the report gave to the outcome and of its sum of powers."""

    def __call__(self, hit: Number, mass: Number, /) -> Number: ...


def _power_sum_rule(
    name: str, exponent: float, shape: _Shape, baseline: Sequence[float] | None = None
) -> CategoricalRule:
    """Return the rule ``shape(p_y, sum p_k**g)``; against a baseline q, ``p_k`` is ``p_k / q_k``."""

    def one(report: Sequence[float], outcome: int) -> float:
        if baseline is None:
            return shape(report[outcome], math.fsum([p**exponent for p in report]))
        _check_baseline(baseline, len(report))
        terms = [q * (p / q) ** exponent for p, q in zip(report, baseline, strict=True)]
        return shape(report[outcome] / baseline[outcome], math.fsum(terms))

    def many(reports: Floats, outcomes: Classes) -> Floats:
        import numpy as np

        hit = reports[np.arange(len(reports)), outcomes]
        if baseline is None:
            return shape(hit, (reports**exponent).sum(axis=1))
        _check_baseline(baseline, reports.shape[1])
        q = np.asarray(baseline)
        return shape(hit / q[outcomes], (q * (reports / q) ** exponent).sum(axis=1))

    def range_of(classes: int) -> tuple[float, float]:
        # Reports of one class alone decide: right for the highest score, wrong for the lowest.
        q = (1.0,) * classes if baseline is None else baseline
        _check_baseline(q, classes)
        mass = [power(share, 1.0 - exponent) for share in q]
        return min(shape(0.0, m) for m in mass), max(map(shape, (1.0 / share for share in q), mass))

    return CategoricalRule(name, one, many, range_of, strict=True)


def _check_baseline(baseline: Sequence[float], classes: int) -> None:
    if len(baseline) != classes:
        raise ValueError(f"the baseline has {len(baseline)} classes, the report {classes}")


def _quadratic(hit: Number, mass: Number) -> Number:
    return 2.0 * hit - mass


def _logarithmic(hit: Number, mass: Number) -> Number:
    del mass  # the rule looks at the outcome's probability alone
    return log(hit)


def _spherical(hit: Number, mass: Number) -> Number:
    return hit / power(mass, 0.5)


def _ranked_one(report: Sequence[float], outcome: int) -> float:
    score, below = 0.0, 0.0
    for k, p in enumerate(report[:-1]):
        below += p
        score -= (below - (outcome <= k)) ** 2
    return score


def _ranked_many(reports: Floats, outcomes: Classes) -> Floats:
    import numpy as np

    below: Floats = np.cumsum(reports[:, :-1], axis=1)
    thresholds = np.arange(reports.shape[1] - 1, dtype=np.intp)
    came: Floats = np.less_equal.outer(outcomes, thresholds).astype(np.float64)
    missed: Floats = ((below - came) ** 2).sum(axis=1)
    return -missed


CATEGORICAL_QUADRATIC = _power_sum_rule("quadratic", 2.0, _quadratic)
"""``2 p_y - sum p_k**2``, in [-1, 1]; ``G(p) = sum p_k**2``. Brier (1950)."""

CATEGORICAL_LOGARITHMIC = _power_sum_rule("logarithmic", 1.0, _logarithmic)
"""``ln p_y``, at most 0; the only rule that looks at the probability of the outcome alone."""

CATEGORICAL_SPHERICAL = _power_sum_rule("spherical", 2.0, _spherical)
"""``p_y / sqrt(sum p_k**2)``, in [0, 1]."""

RANKED_PROBABILITY = CategoricalRule(
    "ranked-probability",
    _ranked_one,
    _ranked_many,
    range_of=lambda classes: (1.0 - classes, 0.0),
    strict=True,
)
"""``-sum_{k < K} (p_1 + ... + p_k - 1[y <= k])**2`` for ordered classes: near misses cost less.

Epstein (1969), Murphy (1971)."""


def categorical_pseudo_spherical(
    exponent: float, baseline: Sequence[float] | None = None
) -> CategoricalRule:
    """Return ``(p_y / (sum p_k**g)**(1/g))**(g - 1)``.

    Args:
        exponent: ``g`` in (1, 50]; 2 is the spherical rule.
        baseline: A public distribution q without zeros; then p_k is ``p_k / q_k`` and the sum is
            weighted by q, so that the distance from q counts. None for no baseline.

    Raises:
        ValueError: If the exponent is outside (1, 50] or the baseline no distribution.

    Source: Jose, Nau and Winkler, "Scoring Rules, Generalized Entropy, and Utility Maximization",
    Operations Research 2008, and "Sensitivity to Distance and Baseline Distributions in Forecast
    Evaluation", Management Science 2009.

    >>> categorical_pseudo_spherical(2.0).score([0.6, 0.0, 0.8 - 0.4], 0) == 0.6 / 0.52**0.5
    True
    """
    g = _checked(exponent, baseline)

    def shape(hit: Number, mass: Number) -> Number:
        return power(hit, g - 1.0) / power(mass, 1.0 - 1.0 / g)

    return _power_sum_rule("pseudo-spherical", g, shape, baseline)


def categorical_power(exponent: float, baseline: Sequence[float] | None = None) -> CategoricalRule:
    """Return ``(p_y**(g - 1) - 1) / (g - 1) - (sum p_k**g - 1) / g``.

    Args:
        exponent: ``g`` in (1, 50]; 2 is half the quadratic rule, less 1/2.
        baseline: As for `categorical_pseudo_spherical`; reporting the baseline itself scores 0.

    Raises:
        ValueError: If the exponent is outside (1, 50] or the baseline no distribution.

    Source: As for `categorical_pseudo_spherical`.

    >>> categorical_power(1.5, baseline=(0.2, 0.8)).score([0.2, 0.8], 1)
    0.0
    """
    g = _checked(exponent, baseline)

    def shape(hit: Number, mass: Number) -> Number:
        return (power(hit, g - 1.0) - 1.0) / (g - 1.0) - (mass - 1.0) / g

    return _power_sum_rule("power", g, shape, baseline)


def _checked(exponent: float, baseline: Sequence[float] | None) -> float:
    check_exponent(exponent)
    if baseline is not None and not (
        min(baseline, default=0.0) > 0.0 and abs(math.fsum(baseline) - 1.0) <= TOLERANCE
    ):
        raise ValueError(f"a baseline must be above 0 and sum to 1, not {baseline!r}")
    return exponent
