"""The problem that winner determination reduces to: tasks, workers with capacities, integer costs."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """Give each task to at most one worker at the least total cost.

    Attributes:
        tasks: Their names, for messages.
        workers: Their names, in the order that decides between equals: earlier wins.
        costs: For each task the integer cost by position of the worker; a pair that is absent is
            impossible. Costs may be negative: a score to maximise is a cost with its sign turned.
        outside: For each task what it costs to do without a worker; ``None`` where it must be
            done by one.
        capacities: The most tasks that each worker can take.
    """

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    costs: tuple[Mapping[int, int], ...]
    outside: tuple[int | None, ...]
    capacities: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """An optimum with its Clarke prices.

    Attributes:
        holders: For each task the position of its worker, or ``None`` for the outside option.
        cost: The total cost of the optimum, outside options included.
        prices: For each winner what the others would have to pay to do its tasks,
            ``C(-i) - (C - c_i)``: in procurement exactly its Clarke payment.
    """

    holders: tuple[int | None, ...]
    cost: int
    prices: Mapping[int, int]
