"""CORP: calibration and discrimination of probability forecasts without bins.

The forecasts are recalibrated by isotonic regression (pool adjacent violators), the only choice that
needs no tuning, and the mean score is split by what recalibration gains. The recalibrated
probability against the forecast is the reliability diagram.

Source: Dimitriadis, Gneiting and Jordan, "Stable reliability diagrams for probabilistic classifiers",
PNAS 2021.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.binary import QUADRATIC
from scoring.sample import sample

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from scoring.rule import Outcomes, Reports, ScoringRule


@dataclass(frozen=True, slots=True)
class Block:
    """One flat step of the reliability diagram.

    Attributes:
        low: The lowest report in the block.
        high: The highest report in the block.
        recalibrated: The share of successes in the block: what these reports should have been.
        count: The number of reports in the block.
    """

    low: float
    high: float
    recalibrated: float
    count: int


@dataclass(frozen=True, slots=True)
class Corp:
    """The decomposition ``mean_score = discrimination - miscalibration - uncertainty``.

    Attributes:
        mean_score: The mean score of the reports; higher is better.
        miscalibration: What recalibration would gain, at least 0; 0 is best.
        discrimination: What the recalibrated reports gain over the base rate, at least 0; more is
            better.
        uncertainty: The loss of the base rate itself, ``-G(base_rate)``: how hard the tasks were to
            foresee, whoever reports.
        base_rate: The share of successes.
        count: The number of reports.
        blocks: The steps of the reliability diagram, from the lowest report to the highest.
    """

    mean_score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    base_rate: float
    count: int
    blocks: tuple[Block, ...]


def corp_decomposition(reports: Reports, outcomes: Outcomes, rule: ScoringRule = QUADRATIC) -> Corp:
    """Split the mean score of the reports into miscalibration, discrimination and uncertainty.

    Args:
        reports: Probabilities in [0, 1]; at least one.
        outcomes: Outcomes in [0, 1], as many.
        rule: Any proper rule. The diagram does not depend on it.

    Returns:
        The decomposition and the data of the reliability diagram.

    Raises:
        ValueError: If the inputs are empty, differ in length or leave [0, 1].

    >>> result = corp_decomposition([0.1, 0.3, 0.3, 0.8], [0, 1, 0, 1])
    >>> result.blocks
    (Block(low=0.1, high=0.1, recalibrated=0.0, count=1), \
Block(low=0.3, high=0.3, recalibrated=0.5, count=2), Block(low=0.8, high=0.8, recalibrated=1.0, count=1))
    >>> round(result.discrimination - result.miscalibration - result.uncertainty, 6)
    -0.1575
    """
    import numpy as np

    p, x = sample(reports, outcomes)
    points, position, counts = np.unique(p, return_inverse=True, return_counts=True)
    means = np.bincount(position, weights=x) / counts
    blocks = tuple(pooled(zip(points.tolist(), means.tolist(), counts.tolist(), strict=True)))
    per_point = np.repeat([b.recalibrated for b in blocks], _points_per_block(blocks, points))
    recalibrated = np.clip(per_point, 0.0, 1.0)[position]
    base_rate = float(x.mean())
    mean_score = float(rule.score_many(p, x).values.mean())
    best = float(rule.score_many(recalibrated, x).values.mean())
    baseline = rule.expected(base_rate)
    return Corp(
        mean_score, best - mean_score, best - baseline, -baseline, base_rate, p.size, blocks
    )


def pooled(points: Iterable[tuple[float, float, int]]) -> list[Block]:
    """Pool adjacent violators: the non-decreasing step function nearest to the means.

    Args:
        points: (report, mean outcome, count), sorted by report, each report once.

    Returns:
        The steps, from the lowest report to the highest.
    """
    blocks: list[Block] = []
    for point, mean, count in points:
        block = Block(point, point, mean, count)
        while blocks and blocks[-1].recalibrated >= block.recalibrated:
            left = blocks.pop()
            count = left.count + block.count
            mean = (left.count * left.recalibrated + block.count * block.recalibrated) / count
            block = Block(left.low, block.high, mean, count)
        blocks.append(block)
    return blocks


def _points_per_block(blocks: tuple[Block, ...], points: NDArray[np.float64]) -> NDArray[np.intp]:
    import numpy as np

    ends = np.searchsorted(points, [block.high for block in blocks], side="right")
    return np.diff(ends, prepend=0)
