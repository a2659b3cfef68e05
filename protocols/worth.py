"""What the lots of an announcement are worth: each its own value, or all together one."""

from collections.abc import Mapping, Sequence
from typing import Literal

from protocols.mechanism import Mechanism
from protocols.messages import Lot
from protocols.units import TaskId

Combine = Literal["any", "all"]
"""``any``: the lots are attempts at one task. ``all``: the task is done when every lot is."""


def combine_of(mechanism: Mechanism) -> Combine | None:
    """Return how a mechanism takes the lots of an announcement together; ``None``: not at all."""
    combine: Combine | None = getattr(mechanism, "combine", None)
    return combine


def chance_of(combine: Combine, chances: Sequence[float]) -> float:
    """Return the chance that the whole succeeds, from the independent chances of its parts.

    >>> chance_of("any", [0.5, 0.5]), chance_of("all", [0.5, 0.5])
    (0.75, 0.25)
    """
    failing = 1.0
    for chance in chances:
        failing *= (1.0 - chance) if combine == "any" else chance
    return 1.0 - failing if combine == "any" else failing


def worth(lots: Sequence[Lot], chances: Mapping[TaskId, float], combine: Combine | None) -> float:
    """Return the expected value of lots that are done with these chances, independently.

    Args:
        lots: The lots of one announcement.
        chances: With which chance each is done; 0 where it is not given.
        combine: How they make one value, the largest of theirs; ``None`` where each has its own.
    """
    if combine is None:
        return sum(lot.value * chances.get(lot.task, 0.0) for lot in lots)
    value = max(lot.value for lot in lots)
    return value * chance_of(combine, [chances.get(lot.task, 0.0) for lot in lots])
