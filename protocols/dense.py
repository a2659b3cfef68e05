"""Assignment with capacities and all Clarke prices from one solve, for large markets.

One run of scipy's ``linear_sum_assignment`` finds the optimum. What it costs the others to do a
task t is then a shortest path, because the optimum leaves no improving cycle (Leonard 1983; Demange,
Gale and Sotomayor 1986; Bikhchandani and Ostroy 2002):

    p_t = min over workers j of (c_tj + v_j),    v_j = 0 where j has room, else p_s - c_sj

for the tasks s that j holds. For a worker that can take one task, p_t *is* its Clarke price. A
winner with room for more is taken out and its tasks are inserted again, guided by the same
potentials, in one augmenting path each.

The optimum comes from floating point, so it is proven afterwards in 64-bit integers: potentials
that leave no reduced cost negative and those of the assigned pairs zero exist only for an optimum
(complementary slackness). No proof, no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from protocols.errors import InexactError, MechanismError, MonopolyError
from protocols.market import Assignment, Market

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

FAR: Final = 2**60
"""The cost of an impossible pair: beyond every sum of real costs."""

EXACT: Final = 2**53
"""The sum of all costs on a path stays below this, where floating point still counts in ones."""


def assign(market: Market) -> Assignment:
    """Solve a market exactly, with the Clarke price of every winner.

    Equal costs are decided by the order of the market's workers.

    Raises:
        MonopolyError: If a task without an outside option depends on a single worker.
        MechanismError: If such a task cannot be done by anybody.
        InexactError: If the sum of costs could exceed 2**53, or the optimum cannot be proven.
    """
    import numpy as np

    count = len(market.workers)
    costs = np.full((len(market.tasks), count + 1), FAR, dtype=np.int64)
    for task, (row, outside) in enumerate(zip(market.costs, market.outside, strict=True)):
        costs[task, list(row.keys())] = list(row.values())
        if outside is not None:
            costs[task, count] = outside
    capacities = np.array(market.capacities, dtype=np.int64)
    holders = optimum(costs, capacities)
    own = costs[np.arange(len(costs)), holders]
    if (own == FAR).any():
        task = int(own.argmax())
        raise MechanismError(
            f"task {market.tasks[task]!r} has no worker with room, and no value or reserve"
        )
    potentials = Potentials(costs, capacities, holders)
    prices: dict[int, int] = {}
    positions: list[int] = holders.tolist()
    for worker in sorted(set(positions) - {count}):
        price, task = potentials.price(worker)
        if price >= FAR // 2:
            raise MonopolyError(market.workers[worker], market.tasks[task])
        prices[worker] = price
    return Assignment(
        tuple(None if holder == count else holder for holder in positions),
        int(own.sum()),
        prices,
    )


def optimum(costs: Integers, capacities: Integers) -> Integers:
    """Return for each task the column of its holder, at the least total cost.

    Args:
        costs: Tasks x (workers + 1), integers; the last column is the outside option, ``FAR`` an
            impossible pair.
        capacities: The most tasks that each worker can take.

    Raises:
        InexactError: If the sum of costs could exceed 2**53.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    tasks, outside = costs.shape[0], costs.shape[1] - 1
    largest = max(-int(costs.min(initial=0)), int(costs.max(initial=0, where=costs < FAR)))
    if 2 * (tasks + 2) * (largest + 1) >= EXACT:
        raise InexactError(
            f"{tasks} tasks at costs up to {largest} nano-units could add up beyond 2**53, where"
            " the optimum is not certain: announce fewer tasks at a time"
        )
    slots: Integers = np.arange(outside, dtype=np.int64).repeat(np.minimum(capacities, tasks))
    table = costs[:, slots] if len(slots) != outside else costs[:, :outside]
    # a pair dearer than the outside option is the outside option
    table = np.minimum(table, np.minimum(costs[:, outside:], 2 * (tasks + 1) * (largest + 1)))
    if len(slots) < tasks:
        spare = np.broadcast_to(costs[:, outside:], (tasks, tasks - len(slots)))
        table = np.hstack([table, np.minimum(spare, 2 * (tasks + 1) * (largest + 1))])
    # every task is matched, so its best may be taken off: the solver is then up to 14 times faster
    table = table - table.min(axis=1, keepdims=True)
    _, columns = linear_sum_assignment(table)
    padding = np.full(max(tasks - len(slots), 0), outside, dtype=np.int64)
    holders: Integers = np.concatenate([slots, padding])[columns]
    rows: Integers = np.arange(tasks, dtype=np.int64)
    return np.where(costs[rows, holders] <= costs[:, outside], holders, outside)


class Potentials:
    """The proof that an assignment is an optimum, and the Clarke prices that follow from it.

    Args:
        costs: As for ``optimum``.
        capacities: As for ``optimum``.
        holders: The optimum.

    Raises:
        InexactError: If the assignment is no optimum.
    """

    def __init__(self, costs: Integers, capacities: Integers, holders: Integers) -> None:
        import numpy as np

        self.costs = costs
        self.holders = holders
        endless = np.array([len(costs) + 1], dtype=np.int64)
        self.room: Integers = np.concatenate([capacities, endless])
        self.held: Integers = np.bincount(holders, minlength=costs.shape[1]).astype(np.int64)
        self.own: Integers = costs[np.arange(len(costs)), holders]
        self._settle()

    def _settle(self) -> None:
        """Lower the price of every task until no move between workers is cheaper."""
        import numpy as np

        full = self.held >= self.room
        by_worker = np.ascontiguousarray(self.costs.T)
        self.worth: Integers = np.where(full, np.int64(FAR), np.int64(0))
        self.prices: Integers = by_worker[~full].min(axis=0)
        crowded = full[self.holders]
        changed: Integers = (crowded & (self.prices < FAR // 2)).nonzero()[0]
        for _ in range(len(self.costs) + 1):
            if not changed.size:
                break
            workers = self.holders[changed]
            np.minimum.at(self.worth, workers, self.prices[changed] - self.own[changed])
            reached: Integers = (by_worker[workers] + self.worth[workers, None]).min(axis=0)
            closer = (reached < self.prices) & (reached < FAR // 2)
            self.prices[closer] = reached[closer]
            changed = (closer & crowded).nonzero()[0]
        else:
            raise InexactError("the optimum could not be proven: an improving cycle is left")
        # a task beyond reach has a price without bound, and nobody is told an optimum then
        loose = self.prices != self.own + self.worth[self.holders]
        if (self.worth < 0).any() or (loose & (self.prices < FAR // 2)).any():
            raise InexactError("the optimum could not be proven: an improving move is left")

    def price(self, worker: int) -> tuple[int, int]:
        """Return what it would cost the others to do a worker's tasks, and the dearest task."""
        import numpy as np

        tasks = np.flatnonzero(self.holders == worker)
        if self.room[worker] == 1:
            return int(self.prices[tasks[0]]), int(tasks[0])
        state = self.worth, self.holders, self.held
        self.worth, self.holders, self.held = state[0].copy(), state[1].copy(), state[2].copy()
        costs = [(self._insert(int(task), worker), int(task)) for task in tasks]
        self.worth, self.holders, self.held = state
        return sum(cost for cost, _ in costs), max(costs)[1]

    def _insert(self, task: int, without: int) -> int:
        """Insert a task along the cheapest chain of moves that avoids one worker."""
        import numpy as np

        distance: Integers = self.costs[task] + self.worth
        distance[without] = FAR
        via: Integers = np.full(len(distance), task, dtype=np.int64)
        frontier = distance.copy()
        settled: list[int] = []
        while True:
            worker = int(frontier.argmin())
            length = int(distance[worker])
            if length >= FAR // 2:
                return length
            if self.held[worker] < self.room[worker]:
                break
            settled.append(worker)
            frontier[worker] = 2 * FAR
            for moving in np.flatnonzero(self.holders == worker):
                start = length - int(self.costs[moving, worker] + self.worth[worker])
                through: Integers = self.costs[moving] + self.worth + start
                through[without] = FAR
                closer = through < distance
                distance[closer] = frontier[closer] = through[closer]
                via[closer] = moving
        self.worth[settled] += length - distance[settled]
        self._shift(task, worker, via)
        return length

    def _shift(self, task: int, worker: int, via: Integers) -> None:
        """Move every task of the chain one place on."""
        self.held[worker] += 1
        moving = int(via[worker])
        while moving != task:
            worker, self.holders[moving] = int(self.holders[moving]), worker
            moving = int(via[worker])
        self.holders[task] = worker
