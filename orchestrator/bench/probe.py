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
from scoring import platt
from scoring.log_odds import History, logit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from orchestrator.bench.dataset import Dataset, Floats

CHEAP: Final = 4
"""Pairs are probed among so many of the cheapest workers."""

_STEPS: Final = 12
_WEAK: Final = 0.25
_FIRM: Final = 16.0
"""Precisions of the prior: of a worker's map over all kinds, and of the one at a kind around it."""

Coefficients = tuple[float, float]


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

    Args:
        fit: The first part.
        probe: Who is paid for an answer.
    """

    def __init__(self, fit: Dataset, probe: Probe) -> None:
        self._fit, self._probe = fit, probe
        self._cells, self._reports = _cell(fit, probe), _report(fit, probe)
        self._maps = {
            (column, kind, cell): found
            for column in range(len(fit.workers))
            for kind, cell, found in self._fitted(column)
        }

    def belief(self, asked: Dataset) -> Belief:
        """Return the chances of all workers once the probe has answered, and what is still to pay."""
        table = table_belief(self._fit, asked)
        cells, reports = _cell(asked, self._probe), _report(asked, self._probe)
        chance, cost = table.chance.copy(), table.cost.copy()
        for (column, kind, cell), (slope, intercept) in self._maps.items():
            rows = (asked.kind == kind) & (cells == cell)
            chance[rows, column] = 1.0 / (1.0 + np.exp(-slope * reports[rows] - intercept))
        cost[:, list(self._probe.columns)] = 0.0
        return Belief(table.known, chance, cost)

    def _fitted(self, column: int) -> Iterator[tuple[int, int, Coefficients]]:
        """Yield the map of a worker at each kind, drawn towards its map over all kinds."""
        known = self._fit.known[:, column]
        success = self._fit.success[:, column]
        for cell in np.unique(self._cells):
            here = known & (self._cells == cell)
            if not here.any():
                continue
            rate = float(success[here].mean())
            flat = (0.5, logit(min(max(rate, 0.0), 1.0)))
            wide = _most_probable(self._reports[here], success[here], flat, _WEAK)
            for kind in range(len(self._fit.kinds)):
                rows = here & (self._fit.kind == kind)
                found = wide
                if rows.any():
                    found = _most_probable(self._reports[rows], success[rows], wide, _FIRM)
                yield kind, int(cell), found


def _cell(asked: Dataset, probe: Probe) -> NDArray[np.int64]:
    """Return 1 where two probed answers agree, 2 where they differ, 0 where that is not known."""
    if len(probe.columns) < 2:
        return np.zeros(len(asked), dtype=np.int64)
    one, other = (asked.answer[:, column] for column in probe.columns)
    return np.where((one < 0) | (other < 0), 0, np.where(one == other, 1, 2))


def _report(asked: Dataset, probe: Probe) -> Floats:
    """Return the log-odds of the mean stated confidence; 0 where none is stated."""
    stated = asked.confidence[:, list(probe.columns)]
    counts = np.isfinite(stated).sum(axis=1)
    sums = np.where(np.isfinite(stated), stated, 0.0).sum(axis=1)
    means = np.where(counts > 0, sums / np.maximum(counts, 1), 0.5)
    return np.array([logit(float(mean)) for mean in means])


def _most_probable(
    reports: Floats, outcomes: Floats, prior: Sequence[float], precision: float
) -> Coefficients:
    """Return the slope and the intercept of a Platt map with a Gaussian prior."""
    history = History()
    for report, outcome in zip(reports.tolist(), outcomes.tolist(), strict=True):
        history.add(report, outcome)
    cells = history.cells()
    at = (prior[0], prior[1])
    for _ in range(_STEPS):
        at = platt.step(cells, at, prior, precision)
    return at
