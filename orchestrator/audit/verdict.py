"""What an audit says: gains and losses with their errors, in units of the currency per lot."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import inf, isfinite, sqrt
from statistics import fmean, stdev
from typing import Any, Final

from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.study import Played
from protocols.units import NANO, WorkerId

WINDOWS: Final = 10
"""Into so many parts the course of a replication is cut, to see whether a loss fades."""

FADED: Final = 0.25
"""A platform has recovered when its loss is below this share of the first loss, and stays there."""

SURE: Final = 2.0
"""A gain counts when it is larger than so many standard errors."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over replications and its standard error; the error of a single one is infinite."""

    mean: float
    error: float

    @property
    def sure(self) -> bool:
        """Whether it is above 0 by more than chance explains."""
        return self.mean > SURE * self.error and self.mean > 1.0 / NANO

    def to_data(self) -> dict[str, float | None]:
        """Return it as plain data."""
        return {"mean": self.mean, "error": self.error if isfinite(self.error) else None}


@dataclass(frozen=True, slots=True)
class LieFound:
    """What one lie does under one mechanism, per lot put up.

    Attributes:
        name: Its word.
        gain: What each liar gets more than for the truth.
        loss: What the coordinator gets less.
        others: What each honest worker gets less.
        recovery: After which share of the auctions the loss has faded for good; 0 where there
            never was one, ``None`` where it stays.
    """

    name: str
    gain: Estimate
    loss: Estimate
    others: Estimate
    recovery: float | None


@dataclass(frozen=True, slots=True)
class RuleFound:
    """What an audit says of one mechanism; money in units of the currency per lot put up.

    Attributes:
        rule: Its name.
        surplus: What the coordinator keeps when everybody is honest.
        paid_per_cost: What it pays for one unit of true cost; ``None`` where no work was done.
        efficiency: The welfare in shares of that of knowing everything.
        worst: The utility of the honest worker that fares worst; below 0 it had better stay away.
        deficits: The share of replications in which the coordinator ended with a loss.
        refused: The share of auctions that the mechanism could not clear.
        regret: What the worker that can gain most gains by the lie that pays it best: chosen on
            one half of the replications, measured on the other, so that the best of many is no
            artefact of chance.
        best_lie: That lie; ``None`` where none pays more than chance explains.
        liar: Who gains by it.
        lies: All lies that were tried.
        anarchy: The welfare of knowing everything over that where best responses rest.
        settled: Whether they came to rest.
        strategies: What the workers do there.
    """

    rule: str
    surplus: Estimate
    paid_per_cost: float | None
    efficiency: float
    worst: float
    deficits: float
    refused: float
    regret: Estimate
    best_lie: str | None
    liar: str | None
    lies: tuple[LieFound, ...]
    anarchy: float | None = None
    settled: bool | None = None
    strategies: dict[str, str] | None = None

    def to_data(self) -> dict[str, Any]:
        """Return it as plain data; an infinite price of anarchy is ``null``."""
        data = asdict(self)
        if self.anarchy is not None and not isfinite(self.anarchy):
            data["anarchy"] = None
        data["surplus"], data["regret"] = self.surplus.to_data(), self.regret.to_data()
        data["lies"] = {
            lie.name: {
                "gain": lie.gain.to_data(),
                "loss": lie.loss.to_data(),
                "others": lie.others.to_data(),
                "recovery": lie.recovery,
            }
            for lie in self.lies
        }
        return data


def judge(played: Played) -> RuleFound:
    """Say what the replications of one mechanism show."""
    rounds = played.replications
    costs, optima = fmean(each.cost for each in rounds), fmean(played.optima)
    best, liar, regret = _regret(played)
    rest = played.rest
    return RuleFound(
        rule=played.rule,
        surplus=estimate([each.surplus for each in rounds]),
        paid_per_cost=fmean(each.paid for each in rounds) / costs if costs else None,
        efficiency=fmean(each.welfare for each in rounds) / optima if optima else 0.0,
        worst=fmean(each.worst for each in rounds) / NANO,
        deficits=fmean(each.surplus < 0 for each in rounds),
        refused=fmean(each.refused for each in rounds),
        regret=regret,
        best_lie=best if regret.sure else None,
        liar=str(liar) if regret.sure else None,
        lies=tuple(_lie(name, played) for name in _tried(played)),
        anarchy=None if rest is None else rest.anarchy,
        settled=None if rest is None else rest.settled,
        strategies=None if rest is None else {str(k): v for k, v in rest.strategies.items()},
    )


def estimate(amounts: Sequence[float]) -> Estimate:
    """Return mean and standard error of some nano-units, in units.

    >>> estimate([2e9, 2e9])
    Estimate(mean=2.0, error=0.0)
    """
    if not amounts:
        return Estimate(0.0, inf)
    error = stdev(amounts) / sqrt(len(amounts)) if len(amounts) > 1 else inf
    return Estimate(fmean(amounts) / NANO, error / NANO)


def _tried(played: Played) -> list[str]:
    return [
        name for name in MISREPORTS if any(name in each.effects for each in played.replications)
    ]


def _lie(name: str, played: Played) -> LieFound:
    effects = [each.effects[name] for each in played.replications if name in each.effects]
    loss = estimate([each.loss for each in effects])
    return LieFound(
        name=name,
        gain=estimate([each.gain for each in effects]),
        loss=loss,
        others=estimate([each.others for each in effects]),
        recovery=recovery([each.course for each in effects]) if loss.sure else 0.0,
    )


def recovery(courses: Sequence[Sequence[float]]) -> float | None:
    """Return after which share of the auctions a loss has faded for good.

    Args:
        courses: The loss in each auction, one row per replication.

    Returns:
        A share of the auctions; 0 where there was no loss at first, ``None`` where it stays.

    >>> recovery([[8, 8, 8, 8, 1, 0, 1, 0, 0, 1]])
    0.4
    """
    shortest = min(len(course) for course in courses)
    windows = min(WINDOWS, shortest)
    edges = [round(shortest * part / windows) for part in range(windows + 1)]
    means = [
        fmean(fmean(course[start:end]) for course in courses) for start, end in pairwise(edges)
    ]
    if means[0] <= 0:
        return 0.0
    faded = len(means)
    while faded and means[faded - 1] < FADED * means[0]:
        faded -= 1
    return None if faded == len(means) else faded / len(means)


def _regret(played: Played) -> tuple[str | None, WorkerId | None, Estimate]:
    """Choose the worker and the lie by every second replication, measure them on the others."""
    gains: dict[tuple[str, WorkerId], list[float]] = {}
    for each in played.replications:
        for name, effect in each.effects.items():
            if MISREPORTS[name].group == "one":
                gains.setdefault((name, effect.liars[0]), []).append(effect.gain)
    chosen = {key: fmean(values[::2]) for key, values in gains.items() if len(values) > 1}
    best = max(chosen, key=lambda key: chosen[key], default=None)
    if best is None or chosen[best] <= 0:
        return None, None, Estimate(0.0, 0.0)
    return *best, estimate(gains[best][1::2])
