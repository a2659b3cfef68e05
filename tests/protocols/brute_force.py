"""Optima by trying everything, against which the fast code is checked."""

from collections.abc import Mapping, Sequence
from functools import cache


def best_welfare(
    scores: Sequence[Mapping[str, int]], limits: Mapping[str, int], without: str | None = None
) -> int:
    """Return the optimum of winner determination by trying every assignment.

    Args:
        scores: For each lot the score of each worker that may win it.
        limits: The capacities; a worker that is not named has none.
        without: A worker that is left out.
    """
    workers = sorted({worker for row in scores for worker in row} - {without})

    @cache
    def best(lot: int, room: tuple[int, ...]) -> int:
        if lot == len(scores):
            return 0
        top = best(lot + 1, room)
        for index, worker in enumerate(workers):
            if room[index] and worker in scores[lot]:
                rest = (*room[:index], room[index] - 1, *room[index + 1 :])
                top = max(top, scores[lot][worker] + best(lot + 1, rest))
        return top

    return best(0, tuple(limits.get(worker, len(scores)) for worker in workers))
