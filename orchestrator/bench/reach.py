"""What it costs to be as right as the best single worker."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from orchestrator.bench.choice import came, single
from orchestrator.bench.grouped import grouped_draws
from orchestrator.bench.probe import mean_costs
from orchestrator.drawing.plots import frontier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from orchestrator.bench.belief import Belief
    from orchestrator.bench.choice import Came
    from orchestrator.bench.dataset import Dataset, Floats

SHARES: Final = (0.95, 0.99, 1.0)
"""Shares of the accuracy of the best single worker."""


class Need(NamedTuple):
    """What a share of the accuracy of the best single worker costs, over what that one costs.

    Attributes:
        cost: That; ``None`` where the accuracy is never reached.
        error: The standard error, over the resamples that reach it; ``None`` if fewer than two do.
        missed: The share of resamples that never reach it.
    """

    cost: float | None
    error: float | None
    missed: float


class Reach(NamedTuple):
    """What a way of choosing needs to be as right as the best single worker.

    Attributes:
        name: Its word.
        regime: What it may use.
        needs: For each share of that accuracy, what it costs.
        best: The highest accuracy that it reaches.
    """

    name: str
    regime: str
    needs: dict[str, Need]
    best: float


def reaches(
    fit: Dataset,
    asked: Dataset,
    table: Belief,
    settings: Mapping[tuple[str, str], Sequence[Came]],
    seed: int,
) -> Iterator[Reach]:
    """Yield what each way of choosing needs, with errors by a bootstrap over groups.

    The best worker is the most accurate one of the first part. It is drawn again with the others,
    so the errors are those of the ratio.

    Args:
        fit: The first part.
        asked: The questions that were judged.
        table: Who can be given each of them.
        settings: By name and regime, what came of a way of choosing at each value.
        seed: Of the draws.
    """
    singles = [came(asked, single(table, column)) for column in range(len(asked.workers))]
    accuracy = np.where(fit.known, fit.success, 0.0).mean(axis=0)
    cheap = mean_costs(fit)
    model = max(range(len(singles)), key=lambda each: (accuracy[each], -cheap[each]))
    found = {("mixing", "blind"): singles, **settings}
    columns = [each for points in found.values() for each in points]
    costs, right = (
        np.stack([getattr(each, name) for each in columns], axis=1) for name in ("cost", "success")
    )
    drawn = [grouped_draws(each, asked.group, seed) for each in (costs, right)]
    means = [
        np.concatenate([each.mean(axis=0)[None], more])
        for each, more in zip((costs, right), drawn, strict=True)
    ]
    start = 0
    for (name, regime), points in found.items():
        own = slice(start, start + len(points))
        start += len(points)
        needed = _needs(means[0][:, own], means[1][:, own], means[0][:, model], means[1][:, model])
        best = float(means[1][0, own].max())
        yield Reach(
            name, regime, dict(zip(map("{:.0%}".format, SHARES), needed, strict=True)), best
        )


def _needs(costs: Floats, right: Floats, price: Floats, goal: Floats) -> Iterator[Need]:
    """Yield what each share costs; the first row is the questions as they are, the others resamples."""
    found = np.full((len(costs), len(SHARES)), np.nan)
    for row in range(len(costs)):
        if price[row] > 0:
            hull = frontier(zip(costs[row].tolist(), right[row].tolist(), strict=True))
            for column, share in enumerate(SHARES):
                cost = cost_of(hull, share * float(goal[row]))
                found[row, column] = np.nan if cost is None else cost / price[row]
    for column in range(len(SHARES)):
        fact, drawn = found[0, column], found[1:, column]
        reached = drawn[np.isfinite(drawn)]
        error = float(reached.std(ddof=1)) if len(reached) > 1 else None
        yield Need(float(fact) if fact == fact else None, error, 1.0 - len(reached) / len(drawn))


def cost_of(hull: Sequence[tuple[float, float]], accuracy: float) -> float | None:
    """Return the least cost at which a way of choosing reaches an accuracy, mixtures allowed.

    Args:
        hull: (cost, accuracy) of the corners of its frontier.
        accuracy: The one to reach.

    >>> cost_of([(1.0, 0.5), (3.0, 1.0)], 0.75), cost_of([(1.0, 0.5)], 0.6)
    (2.0, None)
    """
    if not hull or hull[-1][1] < accuracy:
        return None
    if hull[0][1] >= accuracy:
        return hull[0][0]
    for (cheap, low), (dear, high) in pairwise(hull):
        if high >= accuracy:
            return cheap + (dear - cheap) * (accuracy - low) / (high - low)
    return None
