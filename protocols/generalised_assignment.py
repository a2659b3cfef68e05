"""Assignment with sizes: a task takes up part of a worker's capacity, and how much differs."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from protocols.packing import Choice, Limit, choose


class Pair(NamedTuple):
    """A worker that could do a task.

    Attributes:
        task: The task.
        worker: The worker.
        score: What the pair adds to the objective, in nano-units.
        size: How much of the worker's capacity the task takes up.
    """

    task: str
    worker: str
    score: int
    size: int


class SizedAssignment(NamedTuple):
    """The optimum with its Clarke pivots.

    Attributes:
        pairs: The pairs that are chosen.
        welfare: The sum of their scores.
        pivots: For each winner ``W(-i) - (W - w_i)``.
    """

    pairs: tuple[Pair, ...]
    welfare: int
    pivots: Mapping[str, int]


def assign_sized(
    pairs: Sequence[Pair], capacities: Mapping[str, int], *, every_task: bool = False
) -> SizedAssignment:
    """Solve the generalised assignment problem exactly, with every winner's Clarke pivot.

    One integer program for the optimum and one for each winner; losers need none. Of equal optima
    the solver chooses one, the same for the same pairs in the same order; what each worker gains
    by it, ``w_i`` less its pivot, is the same for all of them.

    Args:
        pairs: Who could do what; a task is done by at most one worker.
        capacities: How much each worker can take.
        every_task: Whether every task must be done; the pivots are left out then, because a
            winner that cannot be replaced would have no price.

    Raises:
        InexactError: If the scores add up to more than 2**43 nano-units, or no optimum is proven.
        MechanismError: If every task must be done and that is impossible.

    >>> pairs = [Pair("t", "a", 9, 2), Pair("u", "a", 8, 2), Pair("t", "b", 5, 1)]
    >>> assign_sized(pairs, {"a": 2, "b": 1}).welfare
    13
    """
    best = _solve(pairs, capacities, every_task=every_task)
    chosen = tuple(pairs[item] for item in best.items)
    pivots: dict[str, int] = {}
    for worker in () if every_task else dict.fromkeys(pair.worker for pair in chosen):
        own = sum(pair.score for pair in chosen if pair.worker == worker)
        others = [pair for pair in pairs if pair.worker != worker]
        pivots[worker] = _solve(others, capacities).worth - (best.worth - own)
    return SizedAssignment(chosen, best.worth, pivots)


def _solve(
    pairs: Sequence[Pair], capacities: Mapping[str, int], *, every_task: bool = False
) -> Choice:
    tasks: dict[str, dict[int, int]] = {}
    workers: dict[str, dict[int, int]] = {}
    for place, pair in enumerate(pairs):
        tasks.setdefault(pair.task, {})[place] = 1
        workers.setdefault(pair.worker, {})[place] = pair.size
    limits = [Limit(uses, 1, every_task) for uses in tasks.values()]
    limits += [Limit(uses, capacities[worker]) for worker, uses in workers.items()]
    return choose([pair.score for pair in pairs], limits)
