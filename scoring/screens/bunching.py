"""Bunching: too many numbers lie just where they begin to pay."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scoring.screens.significance import binomial_tail, fisher_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 0.05
"""How wide the window beside the edge is."""

STEEPEST = 2.0
"""An honest density may be so many times as high in one window as in the next."""

FEWEST = 10
"""So many numbers near the edge are needed to say something."""


class Bunching(NamedTuple):
    """How many numbers lie on the side that pays.

    Attributes:
        share: Of the numbers near the edge, the part on the side that pays.
        error: Its standard error.
        expected: The part that is usual.
        p_value: How likely an honest worker would have so many there, or more.
        near: How many numbers lie near the edge on either side.
        places: Which numbers lie on the side that pays.
    """

    share: float
    error: float
    expected: float
    p_value: float
    near: int
    places: tuple[int, ...]


def below_edge(
    ratios: Sequence[float], *, width: float = WIDTH, steepest: float = STEEPEST
) -> Bunching | None:
    """Look for prices bunched just below 1, such as bids in parts of the reserve.

    The window ``[1 - width, 1]`` is compared with the one below it. Where the prices have a density
    that is not more than `steepest` times as high in the one as in the other, and are independent,
    the p-value holds: it is the binomial tail at that ratio.

    Args:
        ratios: The prices in parts of the edge, at least 0.
        width: Of each window.
        steepest: See above, at least 1.

    Returns:
        The comparison; None with fewer than `FEWEST` prices near the edge.

    >>> below_edge([0.99] * 20).p_value < 0.001, below_edge([0.93] * 20).p_value
    (True, 1.0)
    """
    hugging = tuple(n for n, each in enumerate(ratios) if 1 - width <= each <= 1)
    beside = sum(1 - 2 * width <= each < 1 - width for each in ratios)
    usual = steepest / (1 + steepest)
    return _bunching(
        hugging, beside, usual, binomial_tail(len(hugging), len(hugging) + beside, usual)
    )


def above_threshold(
    grades: Sequence[float],
    others: Sequence[float],
    threshold: float,
    *,
    width: float = WIDTH,
) -> Bunching | None:
    """Look for grades bunched just at or above the threshold, compared with those of other workers.

    Among the grades near the threshold, the part on its upper side is compared by Fisher's exact
    test with that of the others at the same kinds of task. So coarse grades, or a verifier that
    rounds, are no finding. It assumes that the densities of honest workers have one shape there.

    Args:
        grades: Of the worker, in [0, 1].
        others: Of all others.
        threshold: From which grade on a success counts.
        width: How far from the threshold is near.

    Returns:
        The comparison; None with fewer than `FEWEST` grades near the threshold on either hand.

    >>> others = [0.46, 0.48, 0.51, 0.53] * 10
    >>> above_threshold([0.50, 0.51, 0.52] * 6, others, 0.5).p_value < 0.001
    True
    """
    passing = tuple(n for n, each in enumerate(grades) if threshold <= each < threshold + width)
    failing = sum(threshold - width <= each < threshold for each in grades)
    above = sum(threshold <= each < threshold + width for each in others)
    total = above + sum(threshold - width <= each < threshold for each in others)
    if total < FEWEST:
        return None
    mine = len(passing) + failing
    p_value = fisher_tail(len(passing), mine, len(passing) + above, mine + total)
    return _bunching(passing, failing, above / total, p_value)


def _bunching(
    paying: tuple[int, ...], beside: int, expected: float, p_value: float
) -> Bunching | None:
    near = len(paying) + beside
    if near < FEWEST:
        return None
    share = len(paying) / near
    return Bunching(share, (share * (1 - share) / near) ** 0.5, expected, p_value, near, paying)
