"""Assignment with capacities by shortest augmenting paths, in plain Python.

Integers of any size, no rounding, nothing to import: the solver for markets of everyday size, and
the reference for the fast one in ``protocols.dense``.

The method is successive shortest paths with potentials on the graph of workers (Edmonds and Karp
1972; Ahuja, Magnanti and Orlin 1993, section 9.7). Each task is inserted along the cheapest chain
of moves that ends at a worker with room. The same step gives the Clarke price of a winner: take
the worker out, insert its tasks again among the others, and add up what that costs.
"""

from heapq import heappop, heappush

from protocols.errors import MechanismError, MonopolyError
from protocols.market import Assignment, Market
from protocols.tie_break import earliest_optimum


def assign(market: Market) -> Assignment:
    """Solve a market exactly, with the Clarke price of every winner.

    Among equal optima the first task goes to the earliest worker in the market's order, then the
    second task, and so on (``protocols.tie_break``).

    Raises:
        MonopolyError: If a task without an outside option depends on a single worker.
        MechanismError: If such a task cannot be done by anybody.

    >>> market = Market(("t",), ("a", "b"), ({0: 3, 1: 5},), (9,), (1, 1))
    >>> assign(market).holders, assign(market).prices
    ((0,), {0: 5})
    """
    chains = _Chains(market)
    for task in range(len(market.tasks)):
        chains.insert(task)
    chains.break_ties()
    nobody = len(market.workers)
    holders = tuple(chains.holder)
    cost = sum(chains.costs[task][worker] for task, worker in enumerate(holders))
    winners = sorted(set(holders) - {nobody})
    prices = {worker: chains.price(worker) for worker in winners}
    return Assignment(
        tuple(None if worker == nobody else worker for worker in holders), cost, prices
    )


class _Chains:
    """An optimal assignment of the tasks inserted so far, and the potentials that prove it.

    The potential of a worker is what a place with it is worth: zero while it has room. No task
    could move at a reduced cost ``cost + potential`` below that of its own place, so the assignment
    is an optimum. The outside option is one more worker whose room never ends.
    """

    def __init__(self, market: Market) -> None:
        self.market = market
        nobody = len(market.workers)
        self.costs = [
            dict(row) if outside is None else {**row, nobody: outside}
            for row, outside in zip(market.costs, market.outside, strict=True)
        ]
        self.room = [*market.capacities, len(market.tasks) + 1]
        self.potential = [0] * (nobody + 1)
        self.held: list[set[int]] = [set() for _ in range(nobody + 1)]
        self.holder = [nobody] * len(market.tasks)

    def insert(self, task: int, without: int = -1) -> int:
        """Insert a task along the cheapest chain of moves; return what it costs in total."""
        distance: dict[int, int] = {}
        via: dict[int, int] = {}
        frontier: list[tuple[int, int]] = []
        settled: dict[int, int] = {}

        def reach(moving: int, so_far: int) -> None:
            for worker, cost in self.costs[moving].items():
                length = so_far + cost + self.potential[worker]
                if worker != without and length < distance.get(worker, length + 1):
                    distance[worker] = length
                    via[worker] = moving
                    heappush(frontier, (length, worker))

        reach(task, 0)
        while frontier:
            length, worker = heappop(frontier)
            if worker in settled:
                continue
            if len(self.held[worker]) < self.room[worker]:
                for other, reached in settled.items():
                    self.potential[other] += length - reached
                self._shift(task, worker, via)
                return length
            settled[worker] = length
            for moving in self.held[worker]:
                reach(moving, length - self.costs[moving][worker] - self.potential[worker])
        name = self.market.tasks[task]
        if without < 0:
            raise MechanismError(f"task {name!r} has no worker with room, and no value or reserve")
        raise MonopolyError(self.market.workers[without], name)

    def break_ties(self) -> None:
        """Turn the optimum into the one that serves the earliest workers."""
        tight = [
            [
                worker
                for worker, cost in row.items()
                if cost + self.potential[worker] == row[holder] + self.potential[holder]
            ]
            for row, holder in zip(self.costs, self.holder, strict=True)
        ]
        idle = [worker for worker, worth in enumerate(self.potential) if not worth]
        self.holder = earliest_optimum(self.holder, tight, self.room, idle)
        self.held = [set() for _ in self.room]
        for task, worker in enumerate(self.holder):
            self.held[worker].add(task)

    def _shift(self, task: int, worker: int, via: dict[int, int]) -> None:
        """Move every task of the chain one place on, from its end back to the inserted task."""
        while True:
            moving = via[worker]
            left = self.holder[moving]
            self.holder[moving] = worker
            self.held[worker].add(moving)
            if moving == task:
                return
            self.held[left].discard(moving)
            worker = left

    def price(self, worker: int) -> int:
        """Return what it would cost the others to do the tasks of a worker."""
        saved = list(self.potential), [set(tasks) for tasks in self.held], list(self.holder)
        total = 0
        for task in sorted(self.held[worker]):
            total += self.insert(task, without=worker)
        self.potential, self.held, self.holder = saved
        return total
