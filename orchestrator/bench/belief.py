"""What the first part of a table teaches: how good and dear each worker is, and what its word is worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from scoring.corp import pooled

if TYPE_CHECKING:
    from orchestrator.bench.dataset import Dataset, Floats

WEIGHT: Final = 2.0
"""A worker's rate over all kinds counts as so many outcomes at each kind."""

_ENOUGH: Final = 25
"""So many outcomes at a kind make a recalibration curve of their own."""


@dataclass(frozen=True, slots=True)
class Belief:
    """What is known in advance of every worker on every question.

    Attributes:
        known: Whether there is a bid.
        chance: The probability of success; 0 where there is no bid.
        cost: The expected cost, in units; never that of the very question.
    """

    known: Floats
    chance: Floats
    cost: Floats


def table_belief(fit: Dataset, asked: Dataset) -> Belief:
    """Return the table per worker and kind: the smoothed share of successes, and the mean cost."""
    rates, costs = _by_kind(fit, fit.success, WEIGHT), _by_kind(fit, fit.cost, 0.0)
    return Belief(asked.known.astype(np.float64), rates[asked.kind], costs[asked.kind])


def stated_belief(fit: Dataset, asked: Dataset) -> Belief:
    """Return the stated confidences as they are; the table where none is stated."""
    table = table_belief(fit, asked)
    stated = np.where(np.isfinite(asked.confidence), asked.confidence, table.chance)
    return Belief(table.known, stated, table.cost)


def recalibrated_belief(fit: Dataset, asked: Dataset) -> Belief:
    """Return the stated confidences through an isotonic curve for each worker and kind."""
    table = table_belief(fit, asked)
    chance = table.chance.copy()
    for column in range(len(fit.workers)):
        for kind in range(len(fit.kinds)):
            rows = (asked.kind == kind) & np.isfinite(asked.confidence[:, column])
            if rows.any() and (curve := _curve(fit, column, kind)) is not None:
                chance[rows, column] = np.interp(asked.confidence[rows, column], *curve)
    return Belief(table.known, chance, table.cost)


def _by_kind(fit: Dataset, values: Floats, weight: float) -> Floats:
    """Return means by kind and worker, drawn towards the worker's mean over all kinds."""
    known = fit.known
    kinds = np.arange(len(fit.kinds))[:, None] == fit.kind[None, :]
    counts = kinds.astype(np.float64) @ known
    sums = kinds.astype(np.float64) @ np.where(known, values, 0.0)
    total, count = sums.sum(axis=0), counts.sum(axis=0)
    everybody = float(total.sum() / max(float(count.sum()), 1.0))
    whole: Floats = (total + weight * everybody) / np.maximum(count + weight, 1.0)
    drawn: Floats = (sums + weight * whole) / np.maximum(counts + weight, 1.0)
    unseen: Floats = np.where(count > 0, whole, everybody)
    return np.where(counts > 0, drawn, unseen)


def _curve(fit: Dataset, column: int, kind: int) -> tuple[list[float], list[float]] | None:
    """Return an isotonic curve as corners: of the kind, or of all kinds where there is too little."""
    stated = fit.known[:, column] & np.isfinite(fit.confidence[:, column])
    rows = stated & (fit.kind == kind)
    if rows.sum() < _ENOUGH:
        rows = stated
    if not rows.any():
        return None
    reports, outcomes = fit.confidence[rows, column], fit.success[rows, column]
    points, place, counts = np.unique(reports, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=outcomes) / counts
    rate = float(outcomes.mean())
    across: list[float] = []
    up: list[float] = []
    for block in pooled(zip(points.tolist(), means.tolist(), counts.tolist(), strict=True)):
        drawn = (block.count * block.recalibrated + WEIGHT * rate) / (block.count + WEIGHT)
        across += [block.low, block.high]
        up += [drawn, drawn]
    return across, up
