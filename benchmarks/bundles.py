"""XOR bundles by the search near the bound of the linear program, and by an integer program alone.

Medians, and in brackets the longest, of ten draws; the integer program takes the first three.
"""

from __future__ import annotations

from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measure import cpu_seconds, table
from protocols.bundles import Package, best_packages, solve_packages
from protocols.packing import Limit, choose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VALUE = 10**9
DRAWS = 10


def draw(seed: int, workers: int, tasks: int, each: int) -> list[Package]:
    """Return XOR bids on one to five tasks drawn at random, the tasks worth about the same."""
    chance = np.random.default_rng(seed)
    packages: list[Package] = []
    for worker in range(workers):
        for _ in range(each):
            chosen = chance.permutation(tasks)[: chance.integers(1, 6)]
            score = int(chance.integers(VALUE // 2, VALUE, len(chosen)).sum())
            packages.append(Package(f"w{worker}", frozenset(f"t{task}" for task in chosen), score))
    return packages


def integer_program(packages: Sequence[Package], without: str = "") -> int:
    """Return the welfare by the integer program alone, without one worker."""
    able = [package for package in packages if package.worker != without]
    users: dict[str, dict[int, int]] = {}
    for item, package in enumerate(able):
        for name in (*sorted(package.tasks), package.worker):
            users.setdefault(name, {})[item] = 1
    return choose(
        [package.score for package in able], [Limit(uses, 1) for uses in users.values()]
    ).worth


def pivots_by_integer_program(packages: Sequence[Package]) -> None:
    """Solve the optimum and that without each winner, from nothing every time."""
    for name in ("", *solve_packages(packages).pivots):
        integer_program(packages, name)


def timings(workers: int, tasks: int, each: int) -> tuple[object, ...]:
    """Measure draws of one size, and the integer program on the first three of them."""
    draws = [draw(seed, workers, tasks, each) for seed in range(DRAWS)]
    cells: list[tuple[Callable[[list[Package]], object], int]] = [
        (best_packages, DRAWS),
        (solve_packages, DRAWS),
        (integer_program, 3),
        (pivots_by_integer_program, 3),
    ]
    best_packages(draws[0])
    shown: list[str] = []
    for work, count in cells:
        times = [cpu_seconds(partial(work, packages)) for packages in draws[:count]]
        shown.append(f"{median(times) * 1e3:.0f} ({max(times) * 1e3:.0f})")
    return (workers, tasks, each, *shown)


def report() -> str:
    """Return the table of all sizes."""
    header = (
        "workers",
        "tasks",
        "bundles each",
        "winners, ms",
        "and every pivot, ms",
        "by the integer program alone, ms",
        "and every pivot, ms",
    )
    return table(header, [timings(30, 30, 10)])


if __name__ == "__main__":
    print(report())
