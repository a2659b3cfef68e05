"""Recalibration: the forecast that a worker's stated confidence deserves, learned one outcome at a time.

Models state confidences that are far too high, in a way that differs by model and settles over some
twenty outcomes. The map of each worker is fitted around a prior that is itself fitted, to the
outcomes of all *other* workers: a newcomer is read like its peers, a veteran like itself.

Forecasts are for routing and for show. Settlement scores the *raw* report: were a worker paid on the
forecast, it would invert its own map, and could train the map by early misreports.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring import beta_calibration, platt
from scoring.log_odds import History, cell_sums, logit, sigmoid

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.log_odds import Cell

    Coefficients = tuple[float, ...]

PRIOR_SD = 0.25
"""Default standard deviation of a worker's coefficients around the map of the others.

On three sets of stated confidences (11, 48 and 5 language models) 0.25 forecasts best, or as well as
any, up to ten outcomes; at 0.5 the first five outcomes of a worker make its forecasts worse than the
map of the others alone.
"""

# How firmly the map of all workers is held at "changes nothing".
_POOL_PRECISION = 0.5**-2.0
# What one outcome adds to the precision of the pooled intercept: about p (1 - p).
_INFORMATION = 0.2


@dataclass(frozen=True, slots=True)
class Family:
    """A family of maps: the map that changes nothing, its log-odds, and its Newton step."""

    identity: Coefficients
    log_odds: Callable[[Sequence[float], float], float]
    step: Callable[[Sequence[Cell], Sequence[float], Sequence[float], float], Coefficients]


FAMILIES: Mapping[str, Family] = {
    "platt": Family(platt.IDENTITY, platt.log_odds, platt.step),
    "beta": Family(beta_calibration.IDENTITY, beta_calibration.log_odds, beta_calibration.step),
}
"""Configuration name -> family of maps. Platt's is the one to use; beta needs more outcomes."""


@dataclass(frozen=True, slots=True)
class Recalibration:
    """A fitted map; call it with a report in [0, 1] to get the forecast.

    Attributes:
        family: The name of its family.
        coefficients: Its numbers: see the family's file.
        count: The outcomes of this worker that it has learned from.

    >>> round(Recalibration("platt", (0.5, -1.0), count=0)(0.9), 3)
    0.525
    """

    family: str
    coefficients: Coefficients
    count: int

    def __call__(self, report: float) -> float:
        """Return the forecast for a report in [0, 1]; raises ValueError outside."""
        return sigmoid(FAMILIES[self.family].log_odds(self.coefficients, logit(report)))


@dataclass(slots=True)
class _Fit:
    """What is known of one worker: its history, the prior from the others, its own map."""

    history: History
    prior: Coefficients
    own: Coefficients


class Recalibrator:
    """The maps of all workers, updated by one outcome at a time with bounded work.

    The state depends on the sequence of outcomes alone, never on when it was read, so folding the same
    journal gives the same maps. Reading is a look-up.

    Args:
        family: A name in `FAMILIES`.
        prior_sd: Standard deviation of a worker's coefficients around its prior, above 0.

    Raises:
        ValueError: If the family is unknown or `prior_sd` is not above 0.

    >>> maps = Recalibrator()
    >>> for _ in range(30):
    ...     maps.observe("boaster", 0.95, outcome=0.0)
    >>> maps.recalibration("boaster")(0.95) < maps.recalibration("newcomer")(0.95) < 0.2
    True
    """

    def __init__(self, family: str = "platt", *, prior_sd: float = PRIOR_SD) -> None:
        if family not in FAMILIES:
            raise ValueError(f"unknown family {family!r}; there are {', '.join(FAMILIES)}")
        if not 0.0 < prior_sd < float("inf"):
            raise ValueError(f"the prior's deviation must be above 0, not {prior_sd!r}")
        self._name, self._family = family, FAMILIES[family]
        self._variance = prior_sd**2.0
        self._everybody = History()
        self._pooled: Coefficients = self._family.identity
        self._fits: dict[str, _Fit] = {}
        self._order: list[str] = []

    def observe(self, worker: str, report: float, outcome: float) -> None:
        """Learn from one outcome.

        It moves three fits by one Newton step each: the pool, this worker, and one worker in turn with
        its prior. The work grows neither with the history nor with the number of workers.

        Args:
            worker: Who reported.
            report: The raw report, in [0, 1].
            outcome: What happened, in [0, 1].

        Raises:
            ValueError: If the report or the outcome is outside [0, 1].
        """
        if not 0.0 <= outcome <= 1.0:
            raise ValueError(f"an outcome must be in [0, 1], not {outcome!r}")
        log_odds = logit(report)
        fit = self._fit(worker)
        fit.history.add(log_odds, outcome)
        self._everybody.add(log_odds, outcome)
        self._pooled = self._moved(self._everybody.cells(), self._pooled)
        self._refit(fit)
        self._refit_with_prior(self._fits[self._order[self._everybody.count % len(self._order)]])

    def observe_many(
        self,
        names: Sequence[str],
        workers: NDArray[np.intp],
        reports: NDArray[np.float64],
        outcomes: NDArray[np.float64],
    ) -> None:
        """Learn from many outcomes at once.

        It moves the pool and each of the workers by one Newton step, however many outcomes there
        are: take no more at once than a small part of those learned before.

        Args:
            names: The workers.
            workers: Who reported, as places in `names`; not empty.
            reports: The raw reports, in [0, 1].
            outcomes: What happened, in [0, 1].

        Raises:
            ValueError: If a report or an outcome is outside [0, 1].
        """
        import numpy as np

        both = np.stack([reports, outcomes])
        if not ((both >= 0.0) & (both <= 1.0)).all():
            raise ValueError("reports and outcomes must be in [0, 1]")
        present, places = np.unique(workers, return_inverse=True)
        sums = cell_sums(places, len(present), reports, outcomes)
        who: list[int] = present.tolist()
        fits = [self._fit(names[place]) for place in who]
        for fit, mine in zip(fits, sums.tolist(), strict=True):
            fit.history.add_sums(mine)
        self._everybody.add_sums(sums.sum(axis=0).tolist())
        self._pooled = self._moved(self._everybody.cells(), self._pooled)
        for fit in fits:
            self._refit_with_prior(fit)

    def recalibration(self, worker: str) -> Recalibration:
        """Return the current map of a worker; of a newcomer, the map of everybody else."""
        fit = self._fits.get(worker)
        if fit is None:
            return Recalibration(self._name, self._pooled, 0)
        return Recalibration(self._name, fit.own, fit.history.count)

    def _fit(self, worker: str) -> _Fit:
        fit = self._fits.get(worker)
        if fit is None:
            fit = self._fits[worker] = _Fit(History(), self._pooled, self._pooled)
            self._order.append(worker)
        return fit

    def _refit_with_prior(self, fit: _Fit) -> None:
        fit.prior = self._moved(self._everybody.cells_without(fit.history), fit.prior)
        self._refit(fit)

    def _refit(self, fit: _Fit) -> None:
        # A prior fitted to few outcomes of others is itself uncertain: its variance adds to the spread
        # of workers around it.
        others = self._everybody.count - fit.history.count
        variance = self._variance + 1.0 / (_POOL_PRECISION + _INFORMATION * others)
        fit.own = self._family.step(fit.history.cells(), fit.own, fit.prior, 1.0 / variance)

    def _moved(self, cells: list[Cell], at: Coefficients) -> Coefficients:
        return self._family.step(cells, at, self._family.identity, _POOL_PRECISION)
