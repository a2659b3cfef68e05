"""Competitive pools: several workers report on the same event and share a fixed sum.

Every mechanism here is proper because each worker's own score enters linearly. A prize for the *best*
score is not: of ten forecasters who all believe 0.7, the one who says 0.8 takes the prize of twenty
events in a quarter of all cases instead of a tenth.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def kilgour_gerchak(scores: Sequence[float]) -> list[float]:
    """Pay everybody its score less the mean score of the others.

    Args:
        scores: One proper score per worker, finite; at least two.

    Returns:
        One payment per worker; they sum to 0. Truthful. A worker can lose.

    Raises:
        ValueError: If there are fewer than two scores or one is not finite.

    Source: Kilgour and Gerchak, "Elicitation of Probabilities Using Competitive Scoring Rules",
    Decision Analysis 2004.

    >>> [round(pay, 3) for pay in kilgour_gerchak([-0.01, -0.16, -0.49])]
    [0.315, 0.09, -0.405]
    """
    if len(scores) < 2 or not all(map(math.isfinite, scores)):
        raise ValueError("needs at least two finite scores")
    total, others = math.fsum(scores), len(scores) - 1
    return [score - (total - score) / others for score in scores]


def weighted_score_wagering(wagers: Sequence[float], scores: Sequence[float]) -> list[float]:
    """Share out wagers by how each score compares with the wager-weighted mean score.

    It is the one family with all of: budget balance, truthfulness, no loss in expectation, anonymity,
    and no gain from playing under several names. Nobody ever loses more than the wager.

    Args:
        wagers: What each worker puts in, above 0.
        scores: One proper score per worker, scaled to [0, 1].

    Returns:
        What each gets back, ``m_i (1 + s_i - sum m_j s_j / sum m_j)``: at least 0, the sum of all
        wagers in total.

    Raises:
        ValueError: If there are no workers, lengths differ, a wager is not above 0 or a score is
            outside [0, 1].

    Source: Lambert, Langford, Wortman, Chen, Reeves, Shoham and Pennock, "Self-financed wagering
    mechanisms for forecasting", EC 2008.

    >>> paid = weighted_score_wagering([1.0, 2.0, 1.0], [0.96, 0.81, 0.48])
    >>> [round(pay, 3) for pay in paid]
    [1.195, 2.09, 0.715]
    """
    if len(wagers) != len(scores) or not wagers:
        raise ValueError(f"needs a wager for every score, not {len(wagers)} for {len(scores)}")
    if not all(0.0 < wager < math.inf for wager in wagers):
        raise ValueError("every wager must be above 0")
    _check_unit(scores)
    mean = math.fsum(m * s for m, s in zip(wagers, scores, strict=True)) / math.fsum(wagers)
    return [m * (1.0 + s - mean) for m, s in zip(wagers, scores, strict=True)]


def elf_chances(scores: Sequence[float]) -> list[float]:
    """Return everybody's chance to win the lottery of one event.

    Args:
        scores: One proper score per worker, scaled to [0, 1]; at least two.

    Returns:
        ``1/n + (s_i - mean of the others' scores) / n``: probabilities that sum to 1.

    Raises:
        ValueError: If there are fewer than two scores or one is outside [0, 1].

    Source: Witkowski, Freeman, Wortman Vaughan, Pennock and Krause, "Incentive-Compatible Forecasting
    Competitions", Management Science 2023 (Event Lotteries Forecasting, ELF).

    >>> [round(chance, 3) for chance in elf_chances([0.99, 0.84, 0.51])]
    [0.438, 0.363, 0.198]
    """
    _check_unit(scores)
    return [(1.0 + difference) / len(scores) for difference in kilgour_gerchak(scores)]


def elf_winner(
    scores: Sequence[Sequence[float]], draws: Sequence[float], *, tie_draw: float
) -> int:
    """Return who takes a single prize: the winner of most event lotteries.

    Truthful if beliefs about the events are independent; as events grow in number, the best forecaster
    wins.

    Args:
        scores: For each event, one proper score per worker, scaled to [0, 1].
        draws: For each event a number uniform in [0, 1), fixed before the reports.
        tie_draw: Another such number, which decides among equals.

    Returns:
        The position of the winner.

    Raises:
        ValueError: If there is no event, lengths differ, or a number is out of range.

    >>> elf_winner([[1.0, 0.0], [1.0, 0.0]], [0.4, 0.9], tie_draw=0.5)
    0
    """
    if len(scores) != len(draws) or not scores or len({len(row) for row in scores}) != 1:
        raise ValueError("needs the same workers for every event, and a draw")
    if not all(0.0 <= draw < 1.0 for draw in (*draws, tie_draw)):
        raise ValueError("every draw must be in [0, 1)")
    wins = [0] * len(scores[0])
    for row, draw in zip(scores, draws, strict=True):
        wins[_drawn(elf_chances(row), draw)] += 1
    leaders = [worker for worker, won in enumerate(wins) if won == max(wins)]
    return leaders[int(tie_draw * len(leaders))]


def _drawn(chances: Sequence[float], draw: float) -> int:
    """Return the position whose stretch of [0, 1) holds the draw."""
    passed = 0.0
    for position, chance in enumerate(chances):
        passed += chance
        if draw < passed:
            return position
    return max(position for position, chance in enumerate(chances) if chance > 0.0)


def _check_unit(scores: Sequence[float]) -> None:
    if not all(0.0 <= score <= 1.0 for score in scores):
        raise ValueError(f"scores must be scaled to [0, 1], not {list(scores)!r}")
