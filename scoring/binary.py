"""Proper scoring rules for one event: a probability of success against success or failure.

All are rewards (higher is better) and linear in the outcome; see `scoring.rule`. The quadratic rule
is the one to pay by: bounded, symmetric, and its loss from a misreport, ``(p - q)**2``, is the same
everywhere. The logarithmic rule has no floor, so it is for audits only unless reports are clipped.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scoring.elementwise import clip, log, power, times, where
from scoring.rule import ScoringRule, check_exponent

if TYPE_CHECKING:
    from scoring.elementwise import Number


def _quadratic(p: Number, x: Number) -> Number:
    # Equal to -(x - p)**2 at x = 0 and x = 1, and linear between them.
    return p * (2.0 * x - p) - x


def _logarithmic(p: Number, x: Number) -> Number:
    return times(x, log(p)) + times(1.0 - x, log(1.0 - p))


def _spherical(p: Number, x: Number) -> Number:
    q = 1.0 - p
    return (x * p + (1.0 - x) * q) / power(p * p + q * q, 0.5)


QUADRATIC = ScoringRule("quadratic", _quadratic, bounds=(-1.0, 0.0), strict=True)
"""``S(p, x) = -(x - p)**2`` for x in {0, 1}; ``G(p) = -p (1 - p)``. Brier (1950), half form."""

LOGARITHMIC = ScoringRule("logarithmic", _logarithmic, bounds=(-math.inf, 0.0), strict=True)
"""``S(p, x) = x ln p + (1 - x) ln(1 - p)``; unbounded below. Good (1952)."""

SPHERICAL = ScoringRule("spherical", _spherical, bounds=(0.0, 1.0), strict=True)
"""``S(p, 1) = p / sqrt(p**2 + (1 - p)**2)``; ``G(p) = sqrt(p**2 + (1 - p)**2)``. Roby (1965)."""


def clipped_logarithmic(margin: float) -> ScoringRule:
    """Return the logarithmic rule on the report moved into ``[margin, 1 - margin]``.

    Clipping the *report* leaves the rule proper, but weakly so: beliefs beyond the margin are not told
    apart. (A floor on the *score* is not proper: it invites reports of 0 and 1.)

    Args:
        margin: In (0, 1/2).

    Raises:
        ValueError: If the margin is outside (0, 1/2).

    >>> clipped_logarithmic(0.02).bounds
    (-3.912023005428146, -0.02020270731751945)
    """
    if not 0.0 < margin < 0.5:
        raise ValueError(f"the margin must be in (0, 1/2), not {margin!r}")

    def formula(p: Number, x: Number) -> Number:
        return _logarithmic(clip(p, margin, 1.0 - margin), x)

    bounds = (math.log(margin), math.log1p(-margin))
    return ScoringRule("clipped-logarithmic", formula, bounds, strict=False)


def pseudo_spherical(exponent: float) -> ScoringRule:
    """Return ``S(p, 1) = p**(g - 1) / (p**g + (1 - p)**g)**((g - 1) / g)``, in [0, 1].

    Args:
        exponent: ``g`` in (1, 50]; 2 is the spherical rule, and towards 1 it resembles the
            logarithmic.

    Raises:
        ValueError: If the exponent is outside (1, 50].

    Source: Good (1971); Gneiting and Raftery (2007), example 2.

    >>> pseudo_spherical(2.0).score(0.6, 1.0) == SPHERICAL.score(0.6, 1.0)
    True
    """
    check_exponent(exponent)

    def formula(p: Number, x: Number) -> Number:
        q = 1.0 - p
        hit = x * power(p, exponent - 1.0) + (1.0 - x) * power(q, exponent - 1.0)
        return hit / power(power(p, exponent) + power(q, exponent), 1.0 - 1.0 / exponent)

    return ScoringRule("pseudo-spherical", formula, bounds=(0.0, 1.0), strict=True)


def power_rule(exponent: float) -> ScoringRule:
    """Return ``S(p, 1) = (p**(g - 1) - 1) / (g - 1) - (p**g + (1 - p)**g - 1) / g``.

    Args:
        exponent: ``g`` in (1, 50]; 2 is the quadratic rule, and towards 1 it becomes the
            logarithmic.

    Raises:
        ValueError: If the exponent is outside (1, 50].

    Source: Tsallis entropy's rule; Jose, Nau and Winkler, "Scoring Rules, Generalized Entropy, and
    Utility Maximization", Operations Research 2008.

    >>> round(power_rule(2.0).score(0.75, 1.0), 12) == QUADRATIC.score(0.75, 1.0)
    True
    """
    check_exponent(exponent)
    g = exponent

    def formula(p: Number, x: Number) -> Number:
        q = 1.0 - p
        hit = x * power(p, g - 1.0) + (1.0 - x) * power(q, g - 1.0)
        return (hit - 1.0) / (g - 1.0) - (power(p, g) + power(q, g) - 1.0) / g

    return ScoringRule("power", formula, bounds=(-1.0 / (g - 1.0), 0.0), strict=True)


def asymmetric(base_rate: float, rule: ScoringRule = QUADRATIC) -> ScoringRule:
    """Return Winkler's rule: 0 for repeating the base rate, 1 for a certain and right report.

    Scores on tasks of unequal difficulty become comparable: whatever the base rate, 0 is no skill.

    Args:
        base_rate: The base rate ``c``, in (0, 1).
        rule: The strictly proper rule ``S0`` to transform, which tells ``c`` from 0 and from 1.

    Returns:
        ``(S0(p, x) - S0(c, x)) / T(p)`` with ``T(p) = S0(1, 1) - S0(c, 1)`` for a report of at least
        ``c`` and ``S0(0, 0) - S0(c, 0)`` below it.

    Raises:
        ValueError: If the base rate is outside (0, 1), or the rule does not tell it from 0 or 1.

    Source: Winkler, "Evaluating Probabilities: Asymmetric Scoring Rules", Management Science 1994.

    >>> asymmetric(0.2).score(0.2, 1.0), asymmetric(0.2).score(1.0, 1.0)
    (0.0, 1.0)
    """
    if not 0.0 < base_rate < 1.0:
        raise ValueError(f"the base rate must be in (0, 1), not {base_rate!r}")
    failure, success = rule.score(base_rate, 0.0), rule.score(base_rate, 1.0)
    above, below = rule.score(1.0, 1.0) - success, rule.score(0.0, 0.0) - failure
    if not (above > 0.0 and below > 0.0):
        raise ValueError(f"the {rule.name} rule does not tell {base_rate!r} from 0 or from 1")

    def formula(p: Number, x: Number) -> Number:
        gain = rule.formula(p, x) - (failure + (success - failure) * x)
        return where(p, base_rate, below=gain / below, above=gain / above)

    worst = min((rule.score(0.0, 1.0) - success) / below, (rule.score(1.0, 0.0) - failure) / above)
    return ScoringRule("asymmetric", formula, bounds=(worst, 1.0), strict=rule.strict)


def threshold_weighted(low: float, high: float, outside: float = 0.1) -> ScoringRule:
    """Return a quadratic rule that pays attention to beliefs between two thresholds.

    It is for decisions: if tasks are awarded at a chance of success of about 0.8, precision matters
    there. The weight belongs on the *report*; to score only the tasks with extreme *outcomes* instead
    would not be proper.

    Args:
        low: Where the region begins, in [0, 1).
        high: Where it ends, in (low, 1].
        outside: The weight of everything else, in [0, 1]; above 0 keeps the rule strictly proper.

    Raises:
        ValueError: If a number is out of range.

    Source: Schervish, "A General Method for Comparing Probability Assessors", Annals of Statistics
    1989 (a proper rule is a mixture of decisions at thresholds).

    >>> rule = threshold_weighted(0.5, 1.0, outside=0.0)
    >>> rule.score(0.1, 0.0) == rule.score(0.4, 0.0), rule.score(0.75, 1.0)
    (True, -0.0625)
    """
    if not (0.0 <= low < high <= 1.0 and 0.0 <= outside <= 1.0):
        raise ValueError(
            "needs 0 <= low < high <= 1 and outside in [0, 1], "
            f"not {low!r}, {high!r} and {outside!r}"
        )
    on_failure, on_success = QUADRATIC.score(low, 0.0), QUADRATIC.score(high, 1.0)

    def formula(p: Number, x: Number) -> Number:
        best = (
            on_failure + (on_success - on_failure) * x
        )  # so that a certain and right report has 0
        inside = _quadratic(clip(p, low, high), x) - best
        return outside * _quadratic(p, x) + (1.0 - outside) * inside

    worst = min(formula(0.0, 1.0), formula(1.0, 0.0))
    return ScoringRule("threshold-weighted", formula, (worst, 0.0), strict=outside > 0.0)
