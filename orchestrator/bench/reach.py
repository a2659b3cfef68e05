"""What an accuracy costs."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from orchestrator.drawing.plots import frontier

if TYPE_CHECKING:
    from collections.abc import Sequence


def cost_of(points: Sequence[tuple[float, float]], accuracy: float) -> float | None:
    """Return the least cost at which a way of choosing reaches an accuracy, mixtures allowed.

    Args:
        points: (cost, accuracy) of its settings.
        accuracy: The one to reach.

    >>> cost_of([(1.0, 0.5), (3.0, 1.0)], 0.75), cost_of([(1.0, 0.5)], 0.6)
    (2.0, None)
    """
    hull = frontier(points)
    if not hull or hull[-1][1] < accuracy:
        return None
    if hull[0][1] >= accuracy:
        return hull[0][0]
    for (cheap, low), (dear, high) in pairwise(hull):
        if high >= accuracy:
            return cheap + (dear - cheap) * (accuracy - low) / (high - low)
    return None
