"""Bundles: one price for several tasks together, all or nothing."""

from collections.abc import Mapping, Sequence
from typing import Annotated, NamedTuple

from pydantic import Field

from protocols.errors import MechanismError
from protocols.frozen import Frozen
from protocols.set_packing import pack, packed_worth
from protocols.units import Amount, Probability, TaskId, WorkerId


class BundleBid(Frozen):
    """A binding proposal for several tasks together.

    Attributes:
        worker: The bidder.
        tasks: The tasks, in the order of the probabilities; all or none of them are awarded.
        cost: What all of the work would cost the worker.
        probabilities: For each task the reported probability that it succeeds.
    """

    worker: WorkerId
    tasks: Annotated[tuple[TaskId, ...], Field(min_length=1)]
    cost: Amount
    probabilities: tuple[Probability, ...]


class Package(NamedTuple):
    """A bundle bid as the solver sees it: who, which tasks, and what it adds to the objective."""

    worker: str
    tasks: frozenset[str]
    score: int


class Packages(NamedTuple):
    """The optimum with its Clarke pivots.

    Attributes:
        chosen: Positions of the winning packages.
        welfare: The sum of their scores.
        pivots: For each winner ``W(-i) - (W - w_i)``.
    """

    chosen: tuple[int, ...]
    welfare: int
    pivots: Mapping[str, int]


def best_packages(packages: Sequence[Package], *, exclusive: bool = True) -> tuple[int, ...]:
    """Return the positions of the packages with the largest sum of scores.

    No task is given twice. Packages with a negative score are never taken; equal sums are decided
    by the order of the packages.

    Args:
        packages: All of them.
        exclusive: Whether a worker wins at most one package (XOR) or any number (OR).

    Raises:
        InexactError: If no optimum is proven.
        MechanismError: If a package names no task.
    """
    able = [place for place, package in enumerate(packages) if package.score >= 0]
    scores = [packages[place].score for place in able]
    best = pack(scores, _needs([packages[place] for place in able], exclusive=exclusive))
    return tuple(able[item] for item in best.items)


def _needs(packages: Sequence[Package], *, exclusive: bool) -> list[list[int]]:
    """Give numbers to what the packages take: their tasks and, of an XOR bid, their worker."""
    numbers: dict[tuple[str, str], int] = {}
    needs: list[list[int]] = []
    for package in packages:
        if not package.tasks:
            raise MechanismError(f"worker {package.worker!r}: a bundle names at least one task")
        names = [("task", task) for task in sorted(package.tasks)]
        names += [("worker", package.worker)] * exclusive
        needs.append([numbers.setdefault(name, len(numbers)) for name in names])
    return needs


def solve_packages(packages: Sequence[Package], *, exclusive: bool = True) -> Packages:
    """Solve winner determination for packages, with every winner's Clarke pivot.

    One search for the optimum and one for each winner i, which starts from what is known of it,
    ``W - w_i <= W(-i) <= W``; losers need none.

    Raises:
        InexactError: If no optimum is proven.

    >>> packages = [Package("a", frozenset("tu"), 9), Package("b", frozenset("t"), 5)]
    >>> solve_packages([*packages, Package("c", frozenset("u"), 3)]).pivots
    {'a': 8}
    """
    chosen = best_packages(packages, exclusive=exclusive)
    welfare = sum(packages[place].score for place in chosen)
    pivots: dict[str, int] = {}
    for worker in dict.fromkeys(packages[place].worker for place in chosen):
        own = sum(packages[place].score for place in chosen if packages[place].worker == worker)
        others = [item for item in packages if item.worker != worker and item.score >= 0]
        scores = [package.score for package in others]
        needs = _needs(others, exclusive=exclusive)
        pivots[worker] = packed_worth(scores, needs, welfare - own, welfare) - (welfare - own)
    return Packages(chosen, welfare, pivots)
