"""What it takes to be as right as the best model, where every answer is paid for, as tables.

The records are not part of this repository: they are read from the folder that TRUTHBID_RECORDS
names, else from ``../shared/data``.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

import numpy as np

from benchmarks.measure import table
from scripts.paid_answers import Answers, Floats, answers
from scripts.paid_policies import Escalating, Outcome, Policy, paid_probe, table_by_kind
from scripts.public_records import CLOSE_KINDS

VALUES = np.geomspace(1e-4, 3.0, 20)
"""What a right answer is worth, in USD: each policy is asked with all of these."""

TARGETS = (0.95, 0.99, 1.0)
CHOSEN_FOR = 0.99
RESAMPLES = 400
COINCIDENCE = 0.5

PROBE = "paid probe, set chosen"

Curve = list[Outcome]
"""Spending and success on every question, at each value."""

Made = Callable[[tuple[int, ...], bool], Policy]
"""Makes a policy from a set of models, for the questions that are learned from or for the others."""


def needs(curve: Curve, single: Outcome, weights: Floats) -> tuple[list[float], float]:
    """Return what reaching each target costs, and how far a curve goes, in parts of the best model.

    A mixture of two points of the curve can be had too.

    Args:
        curve: The points.
        single: What the best model does.
        weights: How often each question counts.
    """
    price, goal = (float(each @ weights) for each in single)
    points = [(0.0, 0.0)]
    points += [(float(c @ weights) / price, float(r @ weights) / goal) for c, r in curve]
    return [_least(points, target) for target in TARGETS], max(height for _, height in points)


def _least(points: Sequence[tuple[float, float]], target: float) -> float:
    below = [point for point in points if point[1] < target]
    best = float("inf")
    for cost, height in points:
        if height >= target:
            best = min(best, cost)
            for other, lower in below:
                share = (target - lower) / (height - lower)
                best = min(best, other + share * (cost - other))
    return best


def front(data: Answers) -> list[int]:
    """Return the models that no cheaper one beats, by what is learned; the cheapest first."""
    costs = data.costs[data.learned].mean(axis=0)
    right = data.right[data.learned].mean(axis=0)
    found: list[int] = []
    for model in np.argsort(costs):
        if not found or right[model] > right[found[-1]]:
            found.append(int(model))
    return found


def best_single(data: Answers) -> int:
    """Return the model that is right most often, by what is learned."""
    return int(np.argmax(data.right[data.learned].mean(axis=0)))


def chosen(data: Answers, sets: Iterable[tuple[int, ...]], make: Made) -> Curve:
    """Return the curve of the set of models that needs least, for `CHOSEN_FOR`, on what is learned."""
    learned, single = data.learned.astype(np.float64), best_single(data)
    model = data.costs[:, single], data.right[:, single]

    def price(models: tuple[int, ...]) -> float:
        found, _ = needs(curve_of(make(models, True)), model, learned)
        return found[TARGETS.index(CHOSEN_FOR)]

    return curve_of(make(min(sets, key=price), False))


def curve_of(policy: Policy) -> Curve:
    """Return what a policy does at each value."""
    return [policy(float(value)) for value in VALUES]


def curves(data: Answers) -> dict[str, Curve]:
    """Return what is compared, for the questions that are reported on."""
    everybody = range(len(data.models))
    some, single = front(data), best_single(data)

    def escalating(coincidence: float | None) -> Made:
        return lambda boxes, learned: Escalating(data, boxes, coincidence, learned=learned)

    sets = [each for size in (1, 2, 3) for each in combinations(some, size)]
    cheap = [each for each in sets if single not in each and len(each) < 3]
    return {
        "best single model": [(data.costs[:, single], data.right[:, single])],
        "mixing of single models": [
            (data.costs[:, each], data.right[:, each]) for each in everybody
        ],
        "table per kind": curve_of(table_by_kind(data)),
        PROBE: chosen(data, cheap, lambda models, _: paid_probe(data, models)),
        "escalation, all models": curve_of(Escalating(data, everybody)),
        "escalation, all models, answers compared": curve_of(
            Escalating(data, everybody, COINCIDENCE)
        ),
        "escalation, set chosen": chosen(data, sets, escalating(None)),
        "escalation, set chosen, answers compared": chosen(data, sets, escalating(COINCIDENCE)),
    }


def report(title: str, data: Answers) -> str:
    """Return the table of one set of records."""
    size = len(data.kinds)
    found: dict[str, Curve] = {}
    for part in data.rotated():
        for name, curve in curves(part).items():
            sums = found.setdefault(name, [(np.zeros(size), np.zeros(size)) for _ in curve])
            for (costs, right), (more, success) in zip(sums, curve, strict=True):
                costs += np.where(part.learned, 0.0, more)
                right += np.where(part.learned, 0.0, success)
    (single,) = found["best single model"]
    groups, inverse = np.unique(data.groups, return_inverse=True)
    draw = np.random.default_rng(0)
    samples = [
        np.bincount(draw.integers(len(groups), size=len(groups)), minlength=len(groups))[
            inverse
        ].astype(np.float64)
        for _ in range(RESAMPLES)
    ]
    drawn = {
        name: np.array([needs(curve, single, each)[0] for each in samples])
        for name, curve in found.items()
    }
    column = TARGETS.index(CHOSEN_FOR)
    rows: list[tuple[object, ...]] = []
    for name, curve in found.items():
        reached, most = needs(curve, single, np.ones(size))
        cells = [_cell(need, drawn[name][:, place]) for place, need in enumerate(reached)]
        gap = drawn[name][:, column] - drawn[PROBE][:, column]
        other = needs(found[PROBE], single, np.ones(size))[0]
        error = 100 * gap[np.isfinite(gap)].std()
        less = f"{100 * (reached[column] - other[column]):+.0f} ± {error:.0f}"
        rows.append((name, *cells, f"{100 * most:.1f} %", "" if name == PROBE else less))
    price, goal = (float(each.sum()) / (2 * size) for each in single)
    head = (
        f"{title}: {size:,} questions, the best single model is right on {goal:.1%} at"
        f" {1000 * price:.3f} USD per thousand."
    )
    targets = (f"{target:.0%}" for target in TARGETS)
    columns = ("what is done", *targets, "most", f"{CHOSEN_FOR:.0%}, less the probe")
    return f"{head}\n\n{table(columns, rows)}"


def _cell(need: float, drawn: Floats) -> str:
    """Write a need and its standard error; in how many samples a target is missed, if in some."""
    reached = drawn[np.isfinite(drawn)]
    missed = 1.0 - len(reached) / len(drawn)
    text = f"{100 * need:.0f} %" if np.isfinite(need) else "never"
    if len(reached) > 1 and reached.std():
        text += f" ± {100 * reached.std():.0f}"
    return f"{text} ({missed:.0%} never)" if missed >= 0.005 else text


def main() -> None:
    """Print both tables."""
    print(report("conf11", answers("conf11", "cost_usd_scenario", CLOSE_KINDS)), end="\n\n")
    print(report("mmlupro29", answers("mmlupro29", "cost_usd_est")))


if __name__ == "__main__":
    main()
