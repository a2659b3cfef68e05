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
from protocols.tie_break import earliest_optimum

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

    Among equal optima the first task goes to the earliest worker in the market's order, then the
    second task, and so on (``protocols.tie_break``).

    Raises:
        MonopolyError: If a task without an outside option depends on a single worker.
        MechanismError: If such a task cannot be done by anybody.
        InexactError: If the sum of costs could exceed 2**53, or the optimum cannot be proven.
    """
    import numpy as np

    count = len(market.workers)
    costs = np.full((count + 1, len(market.tasks)), FAR, dtype=np.int64)
    for task, (row, outside) in enumerate(zip(market.costs, market.outside, strict=True)):
        costs[list(row.keys()), task] = list(row.values())
        if outside is not None:
            costs[count, task] = outside
    capacities = np.array(market.capacities, dtype=np.int64)
    holders = optimum(costs, capacities)
    own = costs[holders, np.arange(len(holders))]
    if (own == FAR).any():
        task = int(own.argmax())
        raise MechanismError(
            f"task {market.tasks[task]!r} has no worker with room, and no value or reserve"
        )
    potentials = Potentials(costs, capacities, holders)
    prices: dict[int, int] = {}
    positions: list[int] = potentials.holders.tolist()
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
    """Return for each task the row of its holder, at the least total cost.

    Args:
        costs: (workers + 1) x tasks, integers; the last row is the outside option, ``FAR`` an
            impossible pair.
        capacities: The most tasks that each worker can take.

    Raises:
        InexactError: If the sum of costs could exceed 2**53.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    outside, tasks = costs.shape[0] - 1, costs.shape[1]
    largest = max(-int(costs.min(initial=0)), int(costs.max(initial=0)))
    if largest >= FAR:
        largest = int(np.abs(costs[costs < FAR]).max(initial=0))
    if 2 * (tasks + 2) * (largest + 1) >= EXACT:
        raise InexactError(
            f"{tasks} tasks at costs up to {largest} nano-units could add up beyond 2**53, where"
            " the optimum is not certain: announce fewer tasks at a time"
        )
    seats, table = _seats(costs, capacities, 2 * (tasks + 1) * (largest + 1))
    # with the workers as rows it is up to 1.6 times faster, unless they are the longer side
    if len(seats) > tasks:
        chosen = linear_sum_assignment(table.T)[1]
    else:
        rows, columns = linear_sum_assignment(table)
        chosen = rows[np.argsort(columns)]
    holders: Integers = seats[chosen]
    own: Integers = costs[holders, np.arange(tasks)]
    return np.where(own <= costs[outside], holders, outside)


def _seats(costs: Integers, capacities: Integers, beyond: int) -> tuple[Integers, Integers]:
    """Return whose seat each row is and what each task costs there above its best seat.

    Seats of the outside option fill up the table where the workers have too few, so that every
    task is matched and its best may be taken off: the solver is then up to 14 times faster.
    """
    import numpy as np

    outside, tasks = costs.shape[0] - 1, costs.shape[1]
    seats: Integers = np.arange(outside, dtype=np.int64).repeat(np.minimum(capacities, tasks))
    table = costs[seats] if len(seats) != outside else costs[:outside]
    # a pair dearer than the outside option is the outside option
    dearest: Integers = np.minimum(costs[outside], beyond)
    table = np.minimum(table, dearest)
    if len(seats) < tasks:
        missing = tasks - len(seats)
        seats = np.concatenate([seats, np.full(missing, outside, dtype=np.int64)])
        table = np.vstack([table, np.broadcast_to(dearest, (missing, tasks))])
    table -= table.min(axis=0)
    return seats, table


class Potentials:
    """The proof that an assignment is an optimum, and the Clarke prices that follow from it.

    Args:
        costs: As for ``optimum``.
        capacities: As for ``optimum``.
        holders: An optimum. Among equal ones the attribute ``holders`` is the one that serves the
            earliest workers.

    Raises:
        InexactError: If the assignment is no optimum.
    """

    def __init__(self, costs: Integers, capacities: Integers, holders: Integers) -> None:
        import numpy as np

        self.costs = costs
        self.holders = holders
        endless = np.array([costs.shape[1] + 1], dtype=np.int64)
        self.room: Integers = np.concatenate([capacities, endless])
        self.held: Integers = np.bincount(holders, minlength=len(costs)).astype(np.int64)
        self._settle()
        self._break_ties()

    def _settle(self) -> None:
        """Lower the price of every task until no move between workers is cheaper."""
        import numpy as np

        own = self.costs[self.holders, np.arange(len(self.holders))]
        full = self.held >= self.room
        prices: Integers = self.costs[~full].min(axis=0)
        # what each task would cost in the place of each other one, above what that one costs there
        moves = self.costs.take(self.holders, axis=0)
        moves -= own[:, None]
        changed: Integers = np.arange(len(own), dtype=np.int64)
        for _ in range(len(own) + 1):
            through = moves.take(changed, axis=0)
            through += prices.take(changed)[:, None]
            reached: Integers = through.min(axis=0)
            changed = (reached < prices).nonzero()[0]
            if not changed.size:
                break
            prices = np.minimum(prices, reached)
        else:
            raise InexactError("the optimum could not be proven: an improving cycle is left")
        self.prices = prices
        self.worth: Integers = np.where(full, np.int64(FAR), np.int64(0))
        crowded = full[self.holders].nonzero()[0]
        np.minimum.at(self.worth, self.holders[crowded], (prices - own)[crowded])
        # a task beyond reach has a price without bound, and nobody is told an optimum then
        loose = prices != own + self.worth[self.holders]
        if (self.worth < 0).any() or (loose & (prices < FAR // 2)).any():
            raise InexactError("the optimum could not be proven: an improving move is left")

    def _break_ties(self) -> None:
        """Choose among equal optima."""
        import numpy as np

        tight = self.costs + self.worth[:, None] == self.prices
        full = self.held >= self.room
        ties = np.count_nonzero(tight) - len(self.holders)
        # each full worker sets its price by one other pair: no more of them, no other optimum
        if ties == np.count_nonzero(full) and (self.worth[full] > 0).all():
            return
        possible = (tight & (self.costs < FAR)).T
        options: list[list[int]] = [task.nonzero()[0].tolist() for task in possible]
        rooms: list[int] = self.room.tolist()
        idle: list[int] = (self.worth == 0).nonzero()[0].tolist()
        found = earliest_optimum(self.holders.tolist(), options, rooms, idle)
        self.holders = np.array(found, dtype=np.int64)
        self.held = np.bincount(self.holders, minlength=len(self.room)).astype(np.int64)

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

        distance: Integers = self.costs[:, task] + self.worth
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
                start = length - int(self.costs[worker, moving] + self.worth[worker])
                through: Integers = self.costs[:, moving] + self.worth + start
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
