"""Head to head: two workers compared on the tasks that both have done.

Mean scores over different tasks do not compare workers, because tasks differ in difficulty. On common
tasks the difference of two scores does, and its standard error says how far to trust it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Task = TypeVar("Task")


class HeadToHead(NamedTuple):
    """The comparison of one worker with another.

    Attributes:
        difference: Mean of (own score - the other's score); above 0 the first is better.
        standard_error: Of the difference, taking tasks as independent.
        tasks: The number of common tasks.
    """

    difference: float
    standard_error: float
    tasks: int


def head_to_head(scores: Mapping[Task, float], others: Mapping[Task, float]) -> HeadToHead:
    """Compare two workers by their scores on common tasks.

    Args:
        scores: Task -> score of the first worker; finite, higher is better.
        others: Task -> score of the second worker.

    Raises:
        ValueError: If fewer than two tasks are common (there is no standard error then) or a score on
            them is not finite.

    >>> head_to_head({"a": -0.25, "b": -0.5, "c": 0.0}, {"a": -0.75, "b": -0.5})
    HeadToHead(difference=0.25, standard_error=0.25, tasks=2)
    """
    differences = [score - others[task] for task, score in scores.items() if task in others]
    count = len(differences)
    if count < 2:
        raise ValueError(f"needs at least two common tasks, not {count}")
    if not all(map(math.isfinite, differences)):
        raise ValueError("every score must be finite")
    mean = math.fsum(differences) / count
    squares = math.fsum((difference - mean) ** 2 for difference in differences)
    return HeadToHead(mean, math.sqrt(squares / (count * (count - 1))), count)
