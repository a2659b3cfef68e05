"""Which of several optimal assignments counts: the one that serves the earliest workers.

Optimal duals are the same for every optimum: an assignment is optimal exactly if it uses *tight*
pairs only, whose cost and place together equal the price of the task, and fills every worker whose
place is worth something (complementary slackness). So all optima can be walked through without
looking at costs again, and the answer does not depend on the solver that found the first one.
"""

from collections.abc import Collection, Sequence


def earliest_optimum(
    holders: Sequence[int],
    tight: Sequence[Collection[int]],
    capacities: Sequence[int],
    idle: Collection[int],
) -> list[int]:
    """Return the optimum whose first task has the earliest worker, then its second task, and so on.

    Args:
        holders: An optimum: for each task the position of its worker.
        tight: For each task all workers that hold it in some optimum, or seem to by their price;
            its holder among them.
        capacities: The most tasks that each worker can take.
        idle: The workers whose place is worth nothing, which need not be full.

    Returns:
        For each task the position of its worker.

    >>> earliest_optimum([1, 0], [[0, 1], [0, 1]], [1, 1], [])
    [0, 1]
    """
    found = list(holders)
    movable: list[set[int]] = [set() for _ in capacities]
    spare = list(capacities)
    for task, holder in enumerate(found):
        movable[holder].add(task)
        spare[holder] -= 1
    for task, options in enumerate(tight):
        movable[found[task]].discard(task)
        dead: set[int] = set()
        for worker in sorted(options):
            if worker == found[task]:
                break
            path = _path(worker, found[task], tight, movable, spare, idle, dead)
            if path is not None:
                _move([(task, worker), *path], found, movable, spare)
                break
        movable[found[task]].discard(task)
    return found


def _path(
    start: int,
    goal: int,
    tight: Sequence[Collection[int]],
    movable: Sequence[set[int]],
    spare: Sequence[int],
    idle: Collection[int],
    dead: set[int],
) -> list[tuple[int, int]] | None:
    """Return moves that make room at one worker and end by filling the place left at another.

    A chain may also end at a worker with room if another begins at one that need not be full.
    Workers that lead nowhere are added to ``dead``.
    """
    if start in dead:
        return None
    came: dict[int, tuple[int, int]] = {}
    frontier = [start]
    dead.add(start)
    opened = False
    for worker in frontier:
        if worker == goal:
            return _trace(came, start, goal)
        if spare[worker] > 0 and not opened:
            opened = True
            for other in idle:
                if other not in dead:
                    came[other] = worker, -1
                    dead.add(other)
                    frontier.append(other)
        for task in sorted(movable[worker]):
            for other in tight[task]:
                if other not in dead:
                    came[other] = worker, task
                    dead.add(other)
                    frontier.append(other)
    return None


def _trace(came: dict[int, tuple[int, int]], start: int, goal: int) -> list[tuple[int, int]]:
    """Return the moves of a path, each as a task and where it goes."""
    moves: list[tuple[int, int]] = []
    worker = goal
    while worker != start:
        before, task = came[worker]
        if task >= 0:
            moves.append((task, worker))
        worker = before
    return moves


def _move(
    moves: list[tuple[int, int]],
    found: list[int],
    movable: list[set[int]],
    spare: list[int],
) -> None:
    for task, worker in moves:
        movable[found[task]].discard(task)
        spare[found[task]] += 1
        found[task] = worker
        movable[worker].add(task)
        spare[worker] -= 1
