"""Scores of many reports and labels at once, and of one outcome at a time while a market runs.

Reports are uniform, outcomes 0 or 1. Labels are those of 500 workers who are right with 60 to 90 %;
every worker is its own owner and family. Dawid-Skene takes more rounds the less the labels tell, and
a hundred at most. crowd-kit is not measured beside it: it is not among the development dependencies.
"""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measure import cpu_seconds, interleaved, table
from scoring.aggregation import dawid_skene
from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL
from scoring.correlated_agreement import correlated_agreement
from scoring.dawid_skene import fit
from scoring.panel import Panel, panel_of
from scoring.peer import PeerReport
from scoring.recalibration import Recalibrator
from scoring.reputation import Standing

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS = 1_000_000
WORKERS = 500
SHAPES = ((20_000, 5, 2), (20_000, 5, 4), (2_500, 40, 2))
"""Tasks, labels for each, classes."""
SEED = 20240229

RIVAL: Any = import_module("scoringrules")


def reports_table() -> str:
    """Measure a million reports against the expression without any check."""
    draw = np.random.default_rng(SEED)
    p = draw.random(REPORTS)
    x = (draw.random(REPORTS) < p).astype(float)
    cells: dict[str, Callable[[], object]] = {
        "`-((x - p) ** 2)`, nothing checked (floor)": lambda: -((x - p) ** 2),
        "quadratic": lambda: QUADRATIC.score_many(p, x),
        "quadratic, a missing report allowed": lambda: QUADRATIC.score_many(p, x, base_rate=0.5),
        "scoringrules.brier_score": lambda: RIVAL.brier_score(x, p),
        "spherical": lambda: SPHERICAL.score_many(p, x),
        "logarithmic": lambda: LOGARITHMIC.score_many(p, x),
    }
    times = interleaved(cells, rounds=25)
    floor = next(iter(times.values()))
    rows: list[tuple[object, ...]] = [
        (name, f"{time * 1e3:.1f}", f"{time / floor:.1f}") for name, time in times.items()
    ]
    return table(("a million reports scored", "ms", "times the floor"), rows)


def crowd(tasks: int, labels: int, classes: int) -> list[PeerReport]:
    """Return the labels of a crowd."""
    draw = np.random.default_rng(SEED)
    accuracy = draw.uniform(0.6, 0.9, WORKERS)
    truth = draw.integers(classes, size=tasks)
    found: list[PeerReport] = []
    for task in range(tasks):
        for worker in draw.choice(WORKERS, labels, replace=False).tolist():
            wrong = draw.random() >= accuracy[worker]
            label = (truth[task] + wrong * draw.integers(1, classes)) % classes
            name = f"w{worker}"
            found.append(PeerReport(f"t{task}", name, name, name, str(label)))
    return found


def labels_table() -> str:
    """Measure 100,000 labels through an aggregator and a peer mechanism."""
    rows: list[tuple[object, ...]] = []
    for tasks, labels, classes in SHAPES:
        given = crowd(tasks, labels, classes)
        panel = panel_of(given)
        rounds = fit(panel.task, panel.worker, panel.label, len(panel.classes)).rounds
        # a mechanism is given a fresh panel, for a panel keeps what it has counted
        cells: dict[str, Callable[[], object]] = {
            "labels to arrays (`panel_of`)": partial(panel_of, given),
            f"Dawid-Skene, the fit ({rounds} rounds)": partial(
                fit, panel.task, panel.worker, panel.label, len(panel.classes)
            ),
            "Dawid-Skene, one answer per task": partial(dawid_skene, panel),
            "Correlated Agreement, all workers": partial(_agreement, panel),
        }
        times = interleaved(cells, rounds=5)
        shape = f"{tasks:,} x {labels}, {classes}"
        rows += [(name, shape, f"{time * 1e3:.0f}") for name, time in times.items()]
    return table(("100,000 labels", "tasks x labels, classes", "ms"), rows)


def _agreement(panel: Panel) -> object:
    return correlated_agreement(panel.where(np.ones(len(panel.reports), dtype=bool)), assigned=True)


def updates_table(updates: int = 20_000) -> str:
    """Measure one outcome at a time; the history is long when the measurement ends."""
    draw = np.random.default_rng(SEED)
    reports = draw.random(updates).tolist()
    outcomes = (draw.random(updates) < 0.5).astype(float).tolist()
    names = [f"w{worker}" for worker in draw.integers(10, size=updates).tolist()]

    def recalibrate(family: str) -> None:
        maps = Recalibrator(family)
        for worker, report, outcome in zip(names, reports, outcomes, strict=True):
            maps.observe(worker, report, outcome)

    def remember() -> None:
        standing = Standing()
        for outcome in outcomes:
            standing = standing.updated(outcome)

    def trust() -> None:
        standing = Standing(12.0, 5.0, 17)
        for _ in range(updates):
            standing.trust()

    def score() -> None:
        for report, outcome in zip(reports, outcomes, strict=True):
            QUADRATIC.score(report, outcome)

    cells: dict[str, Callable[[], object]] = {
        "a quadratic score": score,
        "recalibration, Platt's maps": partial(recalibrate, "platt"),
        "recalibration, beta maps": partial(recalibrate, "beta"),
        "reputation, an outcome": remember,
        "reputation, the lower quantile to route by": trust,
    }
    rows: list[tuple[object, ...]] = [
        (name, f"{min(cpu_seconds(work) for _ in range(3)) / updates * 1e6:.2f}")
        for name, work in cells.items()
    ]
    return table((f"one of {updates:,} in turn, ten workers", "us"), rows)


def report() -> str:
    """Return the tables."""
    return "\n\n".join((reports_table(), labels_table(), updates_table()))


if __name__ == "__main__":
    print(report())
