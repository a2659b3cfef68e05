"""Proper scoring rules for one event: a probability of success against success or failure.

All are rewards (higher is better) and linear in the outcome; see `scoring.rule`. The quadratic rule
is the one to pay by: bounded, symmetric, and its loss from a misreport, ``(p - q)**2``, is the same
everywhere. The logarithmic rule has no floor, so it is for audits only unless reports are clipped.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scoring.elementwise import clip, power, times_log
from scoring.rule import ScoringRule

if TYPE_CHECKING:
    from scoring.elementwise import Number


def _quadratic(p: Number, x: Number) -> Number:
    # Equal to -(x - p)**2 at x = 0 and x = 1, and linear between them.
    return p * (2.0 * x - p) - x


def _logarithmic(p: Number, x: Number) -> Number:
    return times_log(x, p) + times_log(1.0 - x, 1.0 - p)


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
