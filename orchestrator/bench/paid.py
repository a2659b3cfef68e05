"""The regime in which every call is paid: cascades, and the market after a probe."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from orchestrator.bench.belief import table_belief
from orchestrator.bench.choice import NOBODY, Came, best, came
from orchestrator.bench.probe import Probe, Reading, probes, spent_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.bench.belief import Belief
    from orchestrator.bench.dataset import Dataset

_STEPS: Final = 20
"""So many thresholds are tried for each pair of workers."""


class Cascade(NamedTuple):
    """Keep the answer of the first worker if it is sure enough, else hire the second.

    Attributes:
        first: The place of who answers first.
        second: The place of who is hired then.
        threshold: How sure is sure enough; above 1 the second is always hired.
    """

    first: int
    second: int
    threshold: float


class Paid:
    """What can be done where every call is paid; everything is chosen on the first part.

    Args:
        fit: The first part.
    """

    def __init__(self, fit: Dataset) -> None:
        self._fit = fit
        self._readings = {probe: Reading(fit, probe) for probe in probes(fit)}
        self._beliefs = {probe: each.belief(fit) for probe, each in self._readings.items()}

    @property
    def possible(self) -> bool:
        """Whether a paid answer says anything: by its confidence, or by an agreement."""
        return bool(self._readings)

    def probe(self, value: float) -> Probe | None:
        """Return whom to probe when a success is worth so much; nobody if that is best."""
        blind = table_belief(self._fit, self._fit)
        found: list[tuple[float, Probe | None]] = [
            (_mean(came(self._fit, best(blind, value)), value), None)
        ]
        for probe, belief in self._beliefs.items():
            played = came(after(self._fit, probe), best(belief, value), spent_on(self._fit, probe))
            found.append((_mean(played, value), probe))
        return max(found, key=lambda each: each[0])[1]

    def belief(self, asked: Dataset, probe: Probe | None) -> Belief:
        """Return what is believed of everybody once a probe has answered."""
        if probe is None:
            return table_belief(self._fit, asked)
        return self._readings[probe].belief(asked)

    def cascade(self, value: float) -> Cascade | None:
        """Return the cascade that is best at this value; nothing where nobody states confidences."""
        return max(
            self._cascades(),
            key=lambda option: _mean(cascaded(self._fit, option), value),
            default=None,
        )

    def _cascades(self) -> Iterator[Cascade]:
        shares = np.linspace(0.0, 1.0, _STEPS)
        for probe in self._readings:
            first, *more = probe.columns
            if more:
                continue
            stated = self._fit.confidence[:, first]
            steps = np.unique(np.quantile(stated[np.isfinite(stated)], shares)).tolist()
            for second in range(len(self._fit.workers)):
                if second != first:
                    yield from (Cascade(first, second, step) for step in (*steps, 2.0))


def after(asked: Dataset, probe: Probe) -> Dataset:
    """Return the questions as they are once a probe is paid: its answers cost nothing more."""
    cost = asked.cost.copy()
    columns = list(probe.columns)
    cost[:, columns] = np.where(np.isfinite(cost[:, columns]), 0.0, cost[:, columns])
    return replace(asked, cost=cost)


def cascaded(asked: Dataset, option: Cascade) -> Came:
    """Return what a cascade comes to; where one of the two has no record, the other one decides."""
    known = asked.known
    first, second = known[:, option.first], known[:, option.second]
    sure = np.nan_to_num(asked.confidence[:, option.first], nan=-1.0) >= option.threshold
    keeps = first & (sure | ~second)
    choice = np.where(keeps, option.first, np.where(second, option.second, NOBODY))
    probed = np.where(first & ~keeps, np.where(first, asked.cost[:, option.first], 0.0), 0.0)
    return came(asked, choice, probed)


def _mean(played: Came, value: float) -> float:
    return float(played.utility(value).mean())
