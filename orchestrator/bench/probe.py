"""Paying for a cheap answer first, and what its confidence says of everybody's chances.

After a probe the answers of the probed workers are there and cost nothing more; what their
confidence, and whether they agree, says of the chance of each worker is learned from the first part.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from orchestrator.bench.belief import Belief, table_belief
from scoring.log_odds import logit

if TYPE_CHECKING:
    from orchestrator.bench.dataset import Dataset, Floats

CHEAP: Final = 4
"""Pairs are probed among so many of the cheapest workers."""

_STEPS: Final = 50
_CLOSE: Final = 1e-8
_FLAT: Final = 1e-6
_MOST: Final = 30.0

_WEAK: Final = 0.25
_FIRM: Final = 1.0
"""Precisions of the prior: of the intercept, and of the other weights."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Workers that are paid for an answer before anything is decided.

    Attributes:
        columns: Their places: one or two.
        words: How they are named for people.
    """

    columns: tuple[int, ...]
    words: str


def probes(fit: Dataset) -> list[Probe]:
    """Return what can be probed: workers that state confidences, and pairs of cheap ones."""
    known = fit.known
    stating = (np.isfinite(fit.confidence) & known).sum(axis=0) * 2 > len(fit)
    answering = ((fit.answer >= 0) & known).sum(axis=0) * 2 > len(fit)
    useful = np.flatnonzero(stating | answering)
    cheap = useful[np.argsort(mean_costs(fit)[useful], kind="stable")][:CHEAP]
    columns: list[tuple[int, ...]] = [(int(one),) for one in np.flatnonzero(stating)]
    columns += [(int(one), int(other)) for one, other in combinations(cheap, 2)]
    return [Probe(each, " and ".join(fit.workers[one] for one in each)) for each in columns]


def mean_costs(fit: Dataset) -> Floats:
    """Return the mean cost of each worker; infinite where it has no record."""
    known = fit.known
    counts = known.sum(axis=0)
    means: Floats = np.where(
        counts > 0, np.where(known, fit.cost, 0.0).sum(axis=0) / np.maximum(counts, 1), np.inf
    )
    return means


def spent_on(asked: Dataset, probe: Probe) -> Floats:
    """Return what a probe costs on each question: nothing where a worker has no record."""
    cost = np.where(asked.known, asked.cost, 0.0)
    spent: Floats = cost[:, list(probe.columns)].sum(axis=1)
    return spent


class Reading:
    """What the answers of a probe say of every worker, fitted on the first part.

    The chance of each worker at each kind is a logistic regression on the log-odds of the stated
    confidences, on which answers are missing, and on whether two agree. Its intercept is drawn
    towards the rate of the worker at the kind, its other weights towards 0.

    Args:
        fit: The first part.
        probe: Who is paid for an answer.
    """

    def __init__(self, fit: Dataset, probe: Probe) -> None:
        self._fit, self._probe = fit, probe
        signs = _signs(fit, probe)
        self._center = signs.mean(axis=0)
        spread = signs.std(axis=0)
        self._scale = np.where(spread > _FLAT, spread, 1.0)
        signs = self._scaled(signs)
        rates = table_belief(fit, fit).chance
        self._weights: dict[tuple[int, int], tuple[float, Floats]] = {}
        for kind in np.unique(fit.kind).tolist():
            for column in range(len(fit.workers)):
                rows = (fit.kind == kind) & fit.known[:, column]
                if rows.any():
                    rate = logit(float(rates[rows, column][0]))
                    weights = logistic(signs[rows], fit.success[rows, column], rate)
                    self._weights[column, kind] = rate, weights

    def belief(self, asked: Dataset) -> Belief:
        """Return the chances of all workers once the probe has answered, and what is still to pay."""
        table = table_belief(self._fit, asked)
        signs = self._scaled(_signs(asked, self._probe))
        chance, cost = table.chance.copy(), table.cost.copy()
        for (column, kind), (rate, weights) in self._weights.items():
            rows = asked.kind == kind
            chance[rows, column] = _chances(signs[rows], weights, rate)
        cost[:, list(self._probe.columns)] = 0.0
        return Belief(table.known, chance, cost)

    def _scaled(self, signs: Floats) -> Floats:
        scaled: Floats = (signs - self._center) / self._scale
        return np.column_stack([np.ones(len(signs)), scaled])


def _signs(asked: Dataset, probe: Probe) -> Floats:
    """Return what bought answers tell, a row of numbers for each question."""
    columns: list[Floats] = []
    for one in probe.columns:
        stated = np.nan_to_num(asked.confidence[:, one], nan=0.5)
        columns.append(np.array([logit(each) for each in stated.tolist()]))
        columns.append((~asked.answered[:, one]).astype(np.float64))
    for one, other in combinations(probe.columns, 2):
        here, there = asked.answer[:, one], asked.answer[:, other]
        columns.append(((here >= 0) & (here == there)).astype(np.float64))
    return np.stack(columns, axis=1)


def logistic(signs: Floats, success: Floats, rate: float) -> Floats:
    """Return the weights of a logistic regression by Newton's method, with a Gaussian prior.

    Args:
        signs: A row for each question; the first column is 1.
        success: What came of it, in [0, 1].
        rate: The log-odds that hold where nothing else is known.
    """
    precision = np.full(signs.shape[1], _FIRM)
    precision[0] = _WEAK
    weights = np.zeros(signs.shape[1])
    for _ in range(_STEPS):
        chance = _chances(signs, weights, rate)
        slope = signs.T @ (chance - success) + precision * weights
        bend = (signs.T * (chance * (1.0 - chance))) @ signs + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        longest = float(np.abs(step).max())
        weights = weights - step / max(longest, 1.0)
        if longest < _CLOSE:
            break
    return weights


def _chances(signs: Floats, weights: Floats, rate: float) -> Floats:
    chances: Floats = 1.0 / (1.0 + np.exp(-np.clip(signs @ weights + rate, -_MOST, _MOST)))
    return chances
